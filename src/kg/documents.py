"""Answers and graphs as bytes in the formats that people and programs read; pure."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pyld import jsonld
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, serialize

from kg.names import RDF, XSD, Base
from kg.queries import Answer, Term

MEDIA_TYPES = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "markdown": "text/markdown",
}
"""The formats of an answer, beside the table that a terminal shows."""

RDF_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
_WITH_GRAPHS = ("trig", "nquads", "jsonld")


def write_answer(answer: Answer, form: str) -> str:
    """Write an answer in one of MEDIA_TYPES, after the SPARQL 1.1 results formats where they say how."""
    return _WRITERS[form](answer)


def shorten(answer: Answer, base: Base) -> Answer:
    """Give an answer in which IRIs of the dataset are strings: its references."""
    rows = tuple(tuple(_shorten(term, base) for term in row) for row in answer.rows)
    return Answer(answer.columns, rows)


def to_text(term: Term | None) -> str:
    """Give the text of a term for a reader: an IRI or a literal without its datatype."""
    if term is None:
        return ""
    return term.value if isinstance(term, NamedNode | Literal | BlankNode) else str(term)


def write_graphs(quads: Iterable[Quad], form: str, prefixes: Mapping[str, str]) -> bytes:
    """Write quads in one of RDF_FORMATS; the formats without named graphs get the union of all.

    JSON-LD is compacted with the prefixes as its context.
    """
    if form == "jsonld":
        return _write_jsonld(quads, prefixes)
    items: Iterable[Any] = quads if form in _WITH_GRAPHS else {quad.triple: None for quad in quads}
    return serialize(items, format=RDF_FORMATS[form], prefixes=dict(prefixes)) or b""


def _write_jsonld(quads: Iterable[Quad], prefixes: Mapping[str, str]) -> bytes:
    expanded = json.loads(serialize(quads, format=RdfFormat.JSON_LD) or b"[]", object_hook=_name_type)
    compacted = jsonld.compact(expanded, {"@context": dict(prefixes)})
    return json.dumps(compacted, ensure_ascii=False, indent=1).encode() + b"\n"


def _name_type(node: dict[str, Any]) -> dict[str, Any]:
    """Say with JSON-LD's own keyword of what class a node is."""
    if f"{RDF}type" in node:
        node["@type"] = [kind["@id"] for kind in node.pop(f"{RDF}type")]
    return node


def _shorten(term: Term | None, base: Base) -> Term | None:
    if isinstance(term, NamedNode):
        reference = base.reference(term.value)
        return Literal(term.value if reference is None else reference)
    return term


def _write_csv(answer: Answer) -> str:
    out = io.StringIO()
    plain = csv.writer(out, lineterminator="\n")
    quoted = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)  # the plain one leaves a bare CR as it is
    plain.writerow(answer.columns)
    for row in answer.rows:
        cells = [to_text(term) for term in row]
        (quoted if any("\r" in cell for cell in cells) else plain).writerow(cells)
    return out.getvalue()


def _write_tsv(answer: Answer) -> str:
    head = "\t".join(f"?{column}" for column in answer.columns)
    rows = ("\t".join("" if term is None else str(term) for term in row) for row in answer.rows)
    return "\n".join([head, *rows]) + "\n"


def _write_json(answer: Answer) -> str:
    bindings = [
        {c: _to_json(term) for c, term in zip(answer.columns, row, strict=True) if term is not None}
        for row in answer.rows
    ]
    result = {"head": {"vars": list(answer.columns)}, "results": {"bindings": bindings}}
    return json.dumps(result, ensure_ascii=False, indent=1) + "\n"


def _to_json(term: Term) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, Literal):
        told = {"type": "literal", "value": term.value}
        if term.language:
            return told | {"xml:lang": term.language}
        return told if term.datatype.value == f"{XSD}string" else told | {"datatype": term.datatype.value}
    return {"type": "bnode", "value": to_text(term)}


def _write_markdown(answer: Answer) -> str:
    lines = [answer.columns, ["---"] * len(answer.columns), *([to_text(t) for t in row] for row in answer.rows)]
    return "".join(f"| {' | '.join(map(_to_cell, line))} |\n" for line in lines)


def _to_cell(text: str) -> str:
    """Keep a text within its cell: what would end the cell or its line is escaped."""
    return re.sub(r"\r\n?|\n", "<br>", re.sub(r"([\\|])", r"\\\1", text))


_WRITERS: Mapping[str, Callable[[Answer], str]] = {
    "csv": _write_csv,
    "tsv": _write_tsv,
    "json": _write_json,
    "markdown": _write_markdown,
}
