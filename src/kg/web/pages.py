"""Pages for people: the start, a form to ask, and an answer as a table; every text in them is escaped."""

import json
from collections.abc import Iterable, Sequence
from html import escape

from kg.web.protocol import Operation
from kg.web.worker import UNION

_EXAMPLE = "SELECT ?graph (COUNT(*) AS ?triples)\nWHERE { GRAPH ?graph { ?s ?p ?o } }\nGROUP BY ?graph ORDER BY ?graph"
_LINKED = ("http://", "https://")


def write_start(title: str, limits: str) -> str:
    """Write the page at the root: what this is and where to ask."""
    return _write(
        title,
        f"<p>What historical sources claim, each claim with its source, passage, voice and doubt.</p>"
        f'<p>Ask at <a href="sparql">/sparql</a> (SPARQL 1.1 Protocol). Limits: {escape(limits)}.</p>'
        '<p>See the <a href="catalogue">catalogue</a> with all files, the <a href="ontology">ontology</a>,'
        ' or <a href="search">search</a> for a name.</p>',
    )


def write_form(title: str, operation: Operation, message: str = "") -> str:
    """Write the form to ask, with what was asked and what is to be said of it."""
    told = f"<p><strong>{escape(message)}</strong></p>" if message else ""
    return _write(title, told + _write_form(operation))


def write_answer(
    title: str, operation: Operation, shown: str, links: Iterable[tuple[str, str]], remarks: Iterable[str]
) -> str:
    """Write an answer: what is shown of it as markup, links to it in other formats, and the form to ask on."""
    others = " ".join(f'<a href="{escape(address)}">{escape(name)}</a>' for name, address in links)
    told = "".join(f"<p><strong>{escape(remark)}</strong></p>" for remark in remarks)
    return _write(title, f"{told}<p>The same as {others}</p>{shown}{_write_form(operation)}")


def write_text(body: bytes) -> str:
    """Write the text of a graph."""
    return f"<pre>{escape(body.decode())}</pre>"


def write_table(body: bytes) -> str:
    """Write the rows of an answer, as kg.web.worker gives them to a page."""
    table = json.loads(body)
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table["columns"])
    rows = "".join(f"<tr>{''.join(map(_write_cell, row))}</tr>" for row in table["rows"])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _write(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )


def _write_form(operation: Operation) -> str:
    graphs = [("default-graph-uri", iri) for iri in operation.default]
    graphs += [("named-graph-uri", iri) for iri in operation.named]
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(iri)}">' for name, iri in graphs)
    query = escape(_EXAMPLE if operation.query is None else operation.query)
    return (
        f'<form><p><label for="query">Query</label></p>'
        f'<p><textarea id="query" name="query" rows="12" cols="100">\n{query}</textarea></p>'
        f"{hidden}<p><button>Ask</button></p></form>"
        f"<p>The default graph is empty: write <code>GRAPH ?g {{ … }}</code>, or ask all graphs together with"
        f" <code>default-graph-uri={UNION}</code>.</p>"
    )


def _write_cell(term: Sequence[str] | None) -> str:
    if term is None:
        return "<td></td>"
    text = escape(term[1])
    if term[0] == "iri" and term[1].lower().startswith(_LINKED):
        return f'<td><a href="{text}" rel="nofollow noopener">{text}</a></td>'
    return f'<td dir="auto">{text}</td>'
