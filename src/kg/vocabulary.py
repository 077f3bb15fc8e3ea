"""What the ontology declares: the properties that can be asserted, and the concepts of records."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.errors import DataError, OutsideError, Place, Problem
from kg.names import CONCEPT, KG, RDF, RDFS, SCHEMA, SKOS

AGENTS = frozenset({"person", "party", "body"})
ENTITIES = AGENTS | {"event", "place", "work", "text"}

KINDS = {
    "Entity": ENTITIES,
    "Agent": AGENTS,
    "Work": frozenset({"work", "text"}),
    "Concept": frozenset({"concept"}),
}

VALUE_KINDS = ("entity", "date", "quantity", "text", "statement")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Property:
    """A property that can be asserted.

    `value_kind` is one of VALUE_KINDS; `subjects` and `objects` are kinds of reference (`person`,
    `event` ...); `distinguished_by` names the qualifiers on which two claims must agree to answer
    the same question; what `disputes` says that the claim which is its object is wrong.
    """

    name: str
    label: str
    value_kind: str
    single: bool
    subjects: frozenset[str]
    objects: frozenset[str]
    distinguished_by: frozenset[str]
    tolerance: float
    disputes: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The assertable properties by name, and the concepts of each scheme."""

    properties: Mapping[str, Property]
    concepts: Mapping[str, frozenset[str]]


_Facts = Mapping[str, list[str]]


def read_vocabulary(folder: Path) -> Vocabulary:
    """Read the ontology's Turtle files; raises DataError, or OutsideError where there is none."""
    subjects: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    paths = sorted(folder.glob("*.ttl"))
    if not paths:
        raise OutsideError(f"{folder} holds no ontology in Turtle (*.ttl)")
    for path in paths:
        for quad in _parse(path):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                subjects[quad.subject.value][quad.predicate.value].append(quad.object.value)
    return Vocabulary(_read_properties(subjects), _read_concepts(subjects))


def _parse(path: Path) -> Iterator[Quad]:
    try:
        yield from parse(path=path, format=RdfFormat.TURTLE)
    except SyntaxError as error:
        place = Place(path.name, error.lineno or 0)
        raise DataError([Problem(place, "turtle", f"is not Turtle: {error.msg}; mend it")]) from None
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror}") from None


def _read_properties(subjects: Mapping[str, _Facts]) -> dict[str, Property]:
    return {
        iri.removeprefix(KG): _read_property(iri.removeprefix(KG), facts)
        for iri, facts in sorted(subjects.items())
        if f"{KG}AssertableProperty" in facts[f"{RDF}type"]
    }


def _read_property(name: str, facts: _Facts) -> Property:
    labels, kinds = facts[f"{RDFS}label"], [iri.rpartition("/")[2] for iri in facts[f"{KG}valueKind"]]
    tolerance = (facts[f"{KG}tolerance"] or ["0"])[0]
    if not labels or len(kinds) != 1 or kinds[0] not in VALUE_KINDS or not _DECIMAL.fullmatch(tolerance):
        message = (
            f"needs a label, a decimal if it has a kg:tolerance, and as kg:valueKind one of {', '.join(VALUE_KINDS)}"
        )
        raise DataError([Problem(Place("ontology", 0, name), "ontology", message)])
    return Property(
        name=name,
        label=labels[0],
        value_kind=kinds[0],
        single=facts[f"{KG}singleValued"] == ["true"],
        subjects=_kinds(facts[f"{SCHEMA}domainIncludes"]),
        objects=_kinds(facts[f"{SCHEMA}rangeIncludes"]),
        distinguished_by=frozenset(q.removeprefix(KG) for q in facts[f"{KG}distinguishedBy"]),
        tolerance=float(tolerance),
        disputes=facts[f"{KG}disputes"] == ["true"],
    )


def _kinds(classes: Iterable[str]) -> frozenset[str]:
    """Give the kinds of reference that are of one of some classes."""
    names = (iri.removeprefix(KG).removeprefix(SKOS) for iri in classes)
    return frozenset().union(*(KINDS.get(name, {name.lower()}) for name in names))


def _read_concepts(subjects: Mapping[str, _Facts]) -> dict[str, frozenset[str]]:
    schemes: dict[str, set[str]] = defaultdict(set)
    for iri, facts in subjects.items():
        for scheme in facts[f"{SKOS}inScheme"]:
            schemes[scheme.removeprefix(CONCEPT)].add(iri.rpartition("/")[2])
    return {scheme: frozenset(ids) for scheme, ids in schemes.items()}
