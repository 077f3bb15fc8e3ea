"""Addresses: where on the server a resource of the dataset or the ontology is described, and what an address names."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.names import CONCEPT, KG, ONTOLOGY, Base

_LINKED = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one dataset under the root of a server, which ends with a slash."""

    base: Base
    root: str

    def find(self, iri: str) -> str:
        """Give where a resource is described; its own IRI where that is elsewhere on the web, else nothing."""
        reference = self.base.reference(iri)
        if reference is not None:
            return f"{self.root}{reference}"
        for known, path in ((KG, "ontology#"), (ONTOLOGY, "ontology"), (CONCEPT, "concept/")):
            if iri.startswith(known):
                return f"{self.root}{path}{iri.removeprefix(known)}"
        return iri if iri.lower().startswith(_LINKED) else ""

    def is_own(self, iri: str) -> bool:
        """Tell whether a resource is described here."""
        return self.find(iri).startswith(self.root)

    def list_iris(self, path: str) -> Iterator[str]:
        """List what a path may name, the likeliest first; nothing where it can be no part of an IRI."""
        names = [ONTOLOGY] if path == "ontology" else [self.base.mint(path)]
        if path.startswith("concept/"):
            names.append(f"{CONCEPT}{path.removeprefix('concept/')}")
        for name in names:
            try:
                yield NamedNode(name).value
            except ValueError:
                continue
