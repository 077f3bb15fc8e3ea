"""The only module that spells a namespace or mints an IRI."""

from collections.abc import Iterable
from dataclasses import dataclass

ONTOLOGY = "https://w3id.org/kg-claims/ontology"
KG = f"{ONTOLOGY}#"
CONCEPT = "https://w3id.org/kg-claims/concept/"

CC = "http://creativecommons.org/ns#"
CITO = "http://purl.org/spar/cito/"
DCTERMS = "http://purl.org/dc/terms/"
EDTF = "http://id.loc.gov/datatypes/edtf/"
OA = "http://www.w3.org/ns/oa#"
OWL = "http://www.w3.org/2002/07/owl#"
PROV = "http://www.w3.org/ns/prov#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SCHEMA = "https://schema.org/"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
VANN = "http://purl.org/vocab/vann/"
XSD = "http://www.w3.org/2001/XMLSchema#"

VOCABULARIES = {
    "cc": CC,
    "cito": CITO,
    "dcterms": DCTERMS,
    "edtf": EDTF,
    "kg": KG,
    "oa": OA,
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "sh": SH,
    "skos": SKOS,
    "vann": VANN,
    "xsd": XSD,
}
"""Prefix to namespace, for every vocabulary that this package writes or asks for."""

ENTITY_KINDS = ("person", "party", "body", "event", "place", "work", "text")
"""What a claim can be about, each the first part of a reference such as `person/ada-lovelace`."""

RECORD_KINDS = ("assertion", "voice", "name", "passage", "reading")
"""What the dataset keeps about a text, numbered within it: `assertion/000/0042`."""


@dataclass(frozen=True, slots=True)
class Base:
    """The IRI under which everything of one dataset stands; it ends with a slash."""

    iri: str

    def mint(self, reference: str) -> str:
        """Give the IRI of a reference such as `person/ada-lovelace` or `assertion/000/0042`."""
        return f"{self.iri}{reference}"

    def reference(self, iri: str) -> str | None:
        """Give the reference that `iri` was minted from, or None where it is not of this dataset."""
        return iri.removeprefix(self.iri) if iri.startswith(self.iri) else None

    def graph(self, name: str) -> str:
        """Give the IRI of a named graph: a text's id, `entities` or `concepts`."""
        return self.mint(f"graph/{name}")

    def prefixes(self, schemes: Iterable[str]) -> dict[str, str]:
        """Give the prefixes of the dataset's entities, graphs, matches and concept schemes."""
        kinds = {kind: self.mint(f"{kind}/") for kind in (*ENTITY_KINDS, "graph", "match")}
        return kinds | {scheme: self.mint(f"concept/{scheme}/") for scheme in schemes}

    def record_prefixes(self, text: str) -> dict[str, str]:
        """Give the prefixes of the records of one text."""
        return {kind: self.mint(f"{kind}/{text}/") for kind in RECORD_KINDS}


def concept_prefixes(schemes: Iterable[str]) -> dict[str, str]:
    """Give the prefixes of the ontology's own concept schemes."""
    return {scheme: f"{CONCEPT}{scheme}/" for scheme in schemes}
