"""Profiles: what a page shows of a resource, put in order from what a worker tells (see kg.web.statements)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.names import DCTERMS, KG, ONTOLOGY, RDF, RDFS, SCHEMA, SKOS
from kg.web.addresses import Addresses

Term = Sequence[str]
"""A term as a worker tells it: its kind, its text, and the language or datatype of a literal."""
Told = Mapping[str, list[Term]]
"""What is told of a record: values by predicate."""

_LEADING = tuple(f"{RDF}{name}" for name in ("subject", "object")) + tuple(
    f"{KG}{name}" for name in ("toward", "part", "place")
)
LEADING = _LEADING
"""The predicates by which a claim leads to what plays a part in it."""
_DESCRIPTIONS = (f"{DCTERMS}description", f"{SKOS}definition", f"{KG}gist")
_TYPES = {
    "Person": "Person",
    **dict.fromkeys(("Party", "Body"), "Organization"),
    **dict.fromkeys(("Work", "Text"), "CreativeWork"),
    "Event": "Event",
    "Place": "Place",
    "Assertion": "Claim",
    "Concept": "DefinedTerm",
}
"""What schema.org calls a kind; any other is a Thing."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value as a page shows it: its text, where it leads, its language, and whether it is described here."""

    text: str
    href: str = ""
    language: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """What is said by one predicate: its label, the values, and for each the graphs in which it stands."""

    label: str
    values: tuple[tuple[Value, tuple[Value, ...]], ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim: its gist and address, the property, the voices, how the text stands to it, and both calendars."""

    gist: Value
    property: Value
    voices: str
    stance: str
    text: Value
    printed: str
    julian: str
    gregorian: str


@dataclass(frozen=True, slots=True)
class Name:
    """A form of a name: as printed, its language, what kind of name, and the record and text where it stands."""

    form: Value
    kind: str
    record: Value
    text: Value


@dataclass(frozen=True, slots=True)
class Section:
    """The answer to a saved question: its heading, columns with their meanings, and rows."""

    heading: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Value | None, ...], ...]


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """A term of the ontology: the anchor, what is said of it."""

    anchor: str
    label: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """All that a page shows of a resource; `more` counts records that refer to it and are not shown."""

    iri: str
    label: str
    kind: str
    description: str
    facts: tuple[Fact, ...]
    names: tuple[Name, ...]
    claims: tuple[Claim, ...]
    mentions: tuple[Claim, ...]
    records: tuple[tuple[str, tuple[Value, ...]], ...]
    sections: tuple[Section, ...]
    terms: tuple[OntologyTerm, ...]
    more: int

    def to_schema(self) -> dict[str, Any]:
        """Give what schema.org can say of it, as JSON-LD."""
        told = {
            "@context": SCHEMA.rstrip("/"),
            "@type": _TYPES.get(self.kind, "Thing"),
            "@id": self.iri,
            "name": self.label,
            "description": self.description,
            "alternateName": sorted({name.form.text for name in self.names}),
        }
        return {key: value for key, value in told.items() if value}


class Teller:
    """Turns what a worker told of a resource into a profile."""

    def __init__(self, iri: str, told: Mapping[str, Any], addresses: Addresses) -> None:
        """Take what was told of an IRI."""
        self._iri, self._told, self._addresses = iri, told, addresses
        self._labels: Mapping[str, str] = told["labels"]
        self._records: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, value, _ in told["quads"]:
            self._records[subject[1]][predicate[1]].append(value)

    def tell(self, sections: Iterable[Section]) -> Profile:
        """Give the profile, with the answers of saved questions as sections."""
        own = self._records[self._iri]
        others = {iri: record for iri, record in self._records.items() if iri != self._iri}
        ontology = self._iri == ONTOLOGY
        claims = {} if ontology else {iri: record for iri, record in others.items() if self._is(record, "Assertion")}
        names = {} if ontology else {iri: record for iri, record in others.items() if self._is(record, "NameForm")}
        rest = {} if ontology else {iri: others[iri] for iri in others if iri not in claims and iri not in names}
        about = {iri for iri, record in claims.items() if self._leads(record, f"{RDF}subject")}
        return Profile(
            iri=self._iri,
            label=self._name(self._iri),
            kind=self._find_kind(own),
            description=next((own[way][0][1] for way in _DESCRIPTIONS if own.get(way)), ""),
            facts=self._list_facts(self._iri),
            names=tuple(sorted((self._tell_name(*item) for item in names.items()), key=lambda name: name.form.text)),
            claims=tuple(self._tell_claim(*item) for item in claims.items() if item[0] in about),
            mentions=tuple(self._tell_claim(*item) for item in claims.items() if item[0] not in about),
            records=self._group(rest),
            sections=tuple(section for section in sections if section.rows),
            terms=tuple(self._tell_term(iri) for iri in sorted(others)) if ontology else (),
            more=self._told["more"],
        )

    def tell_value(self, term: Term) -> Value:
        """Give a term as a page shows it: a resource by its label, with a link."""
        if term[0] != "iri":
            language = term[2][1:] if len(term) > 2 and term[2].startswith("@") else ""
            return Value(term[1], language=language)
        return Value(self._name(term[1]), self._addresses.find(term[1]), own=self._addresses.is_own(term[1]))

    def _name(self, iri: str) -> str:
        reference = self._addresses.base.reference(iri)
        known = self._labels.get(iri) or reference
        return known or (iri.removeprefix(KG) if self._addresses.is_own(iri) else iri)

    def _name_predicate(self, iri: str) -> str:
        return self._labels.get(iri) or iri.rpartition("#")[2].rpartition("/")[2]

    def _is(self, record: Told, kind: str) -> bool:
        return any(term[1] == f"{KG}{kind}" for term in record.get(f"{RDF}type", ()))

    def _leads(self, record: Told, way: str) -> bool:
        return any(term[1] == self._iri for term in record.get(way, ()))

    def _find_kind(self, record: Told) -> str:
        kinds = [term[1] for term in record.get(f"{RDF}type", ())]
        best = next((kind for kind in kinds if kind.startswith(KG)), kinds[0] if kinds else "")
        return best.rpartition("#")[2].rpartition("/")[2]

    def _list_facts(self, subject: str) -> tuple[Fact, ...]:
        facts: dict[str, dict[tuple[str, ...], list[Value]]] = defaultdict(lambda: defaultdict(list))
        for begun, predicate, value, graph in self._told["quads"]:
            if begun[1] == subject and predicate[1] != f"{RDFS}label":
                facts[predicate[1]][tuple(value)].append(self.tell_value(graph))
        return tuple(
            Fact(
                self._name_predicate(predicate),
                tuple((self.tell_value(value), tuple(graphs)) for value, graphs in values.items()),
            )
            for predicate, values in facts.items()
        )

    def _first(self, record: Told, name: str) -> str:
        return next((self.tell_value(term).text for term in record.get(f"{KG}{name}", ())), "")

    def _link(self, record: Told, way: str) -> Value:
        return next((self.tell_value(term) for term in record.get(way, ())), Value(""))

    def _tell_claim(self, iri: str, record: Told) -> Claim:
        dates = {name: self._first(record, name) for name in ("datePrinted", "dateJulian", "dateGregorian")}
        return Claim(
            gist=self.tell_value(("iri", iri)),
            property=self._link(record, f"{RDF}predicate"),
            voices=self._first(record, "voice"),
            stance=self._first(record, "standing"),
            text=self._link(record, f"{KG}inText"),
            printed=dates["datePrinted"],
            julian=dates["dateJulian"],
            gregorian=dates["dateGregorian"],
        )

    def _tell_name(self, iri: str, record: Told) -> Name:
        form, reference = self._link(record, f"{KG}form"), self._addresses.base.reference(iri) or iri
        record_link = Value(reference, self._addresses.find(iri), own=True)
        return Name(form, self._first(record, "nameKind"), record_link, self._link(record, f"{KG}inText"))

    def _tell_term(self, iri: str) -> OntologyTerm:
        anchor = iri.removeprefix(KG) if iri.startswith(KG) else ""
        return OntologyTerm(anchor, self._name(iri), self._list_facts(iri))

    def _group(self, records: Mapping[str, Told]) -> tuple[tuple[str, tuple[Value, ...]], ...]:
        groups: dict[str, list[Value]] = defaultdict(list)
        for iri, record in records.items():
            groups[self._find_kind(record) or "Resource"].append(self.tell_value(("iri", iri)))
        return tuple((kind, tuple(values)) for kind, values in sorted(groups.items()))
