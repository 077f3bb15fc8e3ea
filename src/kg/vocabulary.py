"""What the ontology declares: the properties that can be asserted, and the concepts of records."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kg.names import CONCEPT, KG, RDF, RDFS, SCHEMA, SKOS

AGENTS = frozenset({"person", "party", "body"})
ENTITIES = AGENTS | {"event", "place", "work", "text"}

KINDS = {
    "Entity": ENTITIES,
    "Agent": AGENTS,
    "Work": frozenset({"work", "text"}),
    "Concept": frozenset({"concept"}),
}


@dataclass(frozen=True, slots=True)
class Property:
    """A property that can be asserted.

    `value_kind` is entity, date, quantity, text or statement; `subjects` and `objects` are kinds of
    reference (`person`, `event` ...); `distinguished_by` names the qualifiers on which two claims
    must agree to answer the same question.
    """

    name: str
    label: str
    value_kind: str
    single: bool
    subjects: frozenset[str]
    objects: frozenset[str]
    distinguished_by: frozenset[str]
    tolerance: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The assertable properties by name, and the concepts of each scheme."""

    properties: Mapping[str, Property]
    concepts: Mapping[str, frozenset[str]]


_Facts = Mapping[str, list[str]]


def read_vocabulary(folder: Path) -> Vocabulary:
    """Read the ontology's Turtle files."""
    subjects: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(folder.glob("*.ttl")):
        for quad in parse(path=path, format=RdfFormat.TURTLE):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                subjects[quad.subject.value][quad.predicate.value].append(quad.object.value)
    return Vocabulary(_read_properties(subjects), _read_concepts(subjects))


def _read_properties(subjects: Mapping[str, _Facts]) -> dict[str, Property]:
    return {
        iri.removeprefix(KG): _read_property(iri.removeprefix(KG), facts)
        for iri, facts in sorted(subjects.items())
        if f"{KG}AssertableProperty" in facts[f"{RDF}type"]
    }


def _read_property(name: str, facts: _Facts) -> Property:
    return Property(
        name=name,
        label=facts[f"{RDFS}label"][0],
        value_kind=facts[f"{KG}valueKind"][0].rpartition("/")[2],
        single=facts[f"{KG}singleValued"] == ["true"],
        subjects=_kinds(facts[f"{SCHEMA}domainIncludes"]),
        objects=_kinds(facts[f"{SCHEMA}rangeIncludes"]),
        distinguished_by=frozenset(q.removeprefix(KG) for q in facts[f"{KG}distinguishedBy"]),
        tolerance=float((facts[f"{KG}tolerance"] or ["0"])[0]),
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
