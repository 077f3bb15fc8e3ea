"""What a store says of a resource: by statements it begins, and by records that refer to it. No SPARQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from kg.names import KG, ONTOLOGY, RDF, RDFS

MOST = 500
"""How many records that refer to a resource a page shows."""
_TYPE, _ASSERTION = NamedNode(f"{RDF}type"), NamedNode(f"{KG}Assertion")
_LABELS = tuple(map(NamedNode, (f"{RDFS}label", f"{KG}gist", f"{KG}form")))
"""By what a resource is called, the best first."""


def find_statements(store: Store, resource: NamedNode, about: Iterable[NamedNode]) -> list[Quad]:
    """Give all quads that a resource begins, and those of assertions that lead to it by one of the predicates `about`.

    Of the ontology everything that stands in its graph: its terms have no address but its own.
    """
    if resource.value == ONTOLOGY:
        return list(store.quads_for_pattern(None, None, None, resource))
    found = {quad.subject for way in about for quad in store.quads_for_pattern(None, way, resource, None)}
    claims = {claim for claim in found if any(store.quads_for_pattern(claim, _TYPE, _ASSERTION, None))}
    return [quad for subject in (resource, *sorted(claims - {resource}, key=str)) for quad in _begin(store, subject)]


def write_statements(quads: Iterable[Quad], form: RdfFormat, prefixes: Mapping[str, str], out: BinaryIO) -> None:
    """Write quads in a format, with their graphs where it has any, else each triple once."""
    if form.supports_datasets:
        serialize(quads, out, format=form, prefixes=dict(prefixes))
    else:
        serialize(dict.fromkeys(quad.triple for quad in quads), out, format=form, prefixes=dict(prefixes))


def tell_page(store: Store, resource: NamedNode) -> dict[str, Any]:
    """Tell what a page shows: `quads`, of the resource and of up to MOST records that refer to it, and `labels`.

    `more` says how many further records refer to it.
    """
    own = sorted(find_statements(store, resource, ()), key=str)
    found = {quad.subject for quad in store.quads_for_pattern(None, None, resource, None)} - {resource}
    records = sorted((subject for subject in found if own), key=str)
    quads = [*own, *(quad for record in records[:MOST] for quad in _begin(store, record))]
    mentioned = {term for quad in quads for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)}
    labels = find_labels(store, (term for term in mentioned if isinstance(term, NamedNode)))
    told = [[tell_term(term) for term in (q.subject, q.predicate, q.object, q.graph_name)] for q in quads]
    return {"quads": told, "labels": labels, "more": max(0, len(records) - MOST)}


def find_labels(store: Store, terms: Iterable[NamedNode]) -> dict[str, str]:
    """Give what resources are called, those that have a name."""
    labels = {term.value: _find_label(store, term) for term in terms}
    return {iri: label for iri, label in labels.items() if label}


def _begin(store: Store, subject: NamedNode | BlankNode | Triple) -> Iterator[Quad]:
    """Give what a subject begins, in the order of the store, which is the same for the same content."""
    return iter(store.quads_for_pattern(subject, None, None, None))


def _find_label(store: Store, term: NamedNode) -> str:
    """Give what a resource is called, or nothing; of several labels the first, so that it is always the same."""
    for way in _LABELS:
        labels = [quad.object for quad in store.quads_for_pattern(term, way, None, None)]
        if labels:
            return min(label.value for label in labels if isinstance(label, Literal))
    return ""


def tell_term(term: object) -> Sequence[str] | None:
    """Tell a term as kind and text, a literal also with its language or datatype."""
    if isinstance(term, NamedNode):
        return ["iri", term.value]
    if isinstance(term, Literal):
        return ["literal", term.value, f"@{term.language}" if term.language else term.datatype.value]
    return None if term is None else ["other", str(term)]
