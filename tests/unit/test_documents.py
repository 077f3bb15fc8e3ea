"""Answers and graphs come back from every format as they went in."""

import csv
import io
import json
import re
from collections.abc import Callable

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad
from rdflib.query import Result

from kg.builds import Build
from kg.documents import MEDIA_TYPES, RDF_FORMATS, shorten, to_text, write_answer, write_graphs
from kg.names import Base
from kg.queries import Answer, Term

BASE = Base("https://example.org/veldhaven/")
XSD = "http://www.w3.org/2001/XMLSchema#"
HOSTILE = (
    'a "quoted", cell',
    "a | b \\| c \\",
    "two\nlines",
    "carriage\rreturn",
    "both\r\nof them",
    "a\ttab",
    " blanks ",
    "<b>&amp; ?x _:b 'y'",
    "𝔳𝔬𝔰𝔰 🌊",
    "line\u2028separator",
    "",
    "12",
)
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning:rdflib")
"""rdflib warns of its own use of what it has deprecated."""

TERMS: tuple[Term | None, ...] = (
    NamedNode("https://example.org/veldhaven/person/klara-voss"),
    NamedNode("https://elsewhere.org/é?a=b&c#d"),
    Literal("in words", language="en"),
    Literal("812", datatype=NamedNode(f"{XSD}integer")),
    Literal("1801-03-15", datatype=NamedNode("http://id.loc.gov/datatypes/edtf/EDTF")),
    None,
    *map(Literal, HOSTILE),
)
ANSWER = Answer(("word", "other"), tuple((term, Literal("x")) for term in TERMS))
"""An answer with every sort of term, each beside a cell that is always the same."""


def to_oxigraph(term: object) -> Term | None:
    """Give a term that rdflib read as pyoxigraph has it."""
    if isinstance(term, rdflib.Literal):
        datatype = NamedNode(str(term.datatype)) if term.datatype else None
        return Literal(str(term), language=term.language, datatype=datatype)
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    return None if term is None else NamedNode(str(term))


def read_results(data: str, form: str) -> list[tuple[Term | None, ...]]:
    """Read SPARQL results with rdflib."""
    result = Result.parse(io.BytesIO(data.encode()), format=form)
    assert result.vars is not None
    assert [str(variable) for variable in result.vars] == list(ANSWER.columns)
    return [tuple(to_oxigraph(row.get(variable)) for variable in result.vars) for row in result.bindings]


@pytest.fixture(autouse=True)
def _literals_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


# ---- Answers ----


def test_json_is_read_back_to_the_term_by_another_library() -> None:
    assert read_results(write_answer(ANSWER, "json"), "json") == list(ANSWER.rows)


def test_json_is_of_the_form_of_the_recommendation() -> None:
    told = json.loads(write_answer(ANSWER, "json"))
    assert told["head"] == {"vars": ["word", "other"]}
    uri, _, tagged, typed, _, unbound, plain, *_ = told["results"]["bindings"]
    assert uri["word"] == {"type": "uri", "value": "https://example.org/veldhaven/person/klara-voss"}
    assert tagged["word"] == {"type": "literal", "value": "in words", "xml:lang": "en"}
    assert typed["word"] == {"type": "literal", "value": "812", "datatype": f"{XSD}integer"}
    assert plain["word"] == {"type": "literal", "value": 'a "quoted", cell'}
    assert list(unbound) == ["other"]


def test_tsv_is_read_back_to_the_term_by_another_library() -> None:
    """A line separator is left out: it ends a line for rdflib, but not in the recommendation."""
    rows = tuple(row for row in ANSWER.rows if "\u2028" not in str(row[0]))
    assert len(rows) == len(ANSWER.rows) - 1
    assert read_results(write_answer(Answer(ANSWER.columns, rows), "tsv"), "tsv") == list(rows)


def test_tsv_has_a_row_a_line_and_a_cell_a_column() -> None:
    head, *rows = write_answer(ANSWER, "tsv").removesuffix("\n").split("\n")
    assert head == "?word\t?other"
    assert len(rows) == len(TERMS)
    assert {row.count("\t") for row in rows} == {1}


def test_csv_is_read_back_to_the_letter() -> None:
    head, *rows = csv.reader(io.StringIO(write_answer(ANSWER, "csv"), newline=""))
    assert head == list(ANSWER.columns)
    assert rows == [[to_text(term), "x"] for term in TERMS]


def test_csv_of_one_column_keeps_its_empty_cells() -> None:
    answer = Answer(("word",), ((None,), (Literal("a"),), (Literal(""),)))
    assert list(csv.reader(io.StringIO(write_answer(answer, "csv"), newline=""))) == [["word"], [""], ["a"], [""]]


def test_markdown_is_read_back_to_the_letter_but_for_the_kind_of_line_end() -> None:
    lines = write_answer(ANSWER, "markdown").removesuffix("\n").split("\n")
    cells = [re.findall(r"((?:[^|\\]|\\.)*)\|", line.removeprefix("|")) for line in lines]
    read = [[re.sub(r"\\(.)", r"\1", cell[1:-1]).replace("<br>", "\n") for cell in line] for line in cells]
    assert read[:2] == [["word", "other"], ["---", "---"]]
    assert read[2:] == [[re.sub("\r\n?", "\n", to_text(term)), "x"] for term in TERMS]


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_an_answer_without_rows_has_its_columns_all_the_same(form: str) -> None:
    told = write_answer(Answer(("word", "other"), ()), form)
    assert all(column in told for column in ("word", "other"))
    assert told.endswith("\n")


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_an_answer_is_the_same_to_the_byte_each_time(form: str) -> None:
    assert write_answer(ANSWER, form) == write_answer(Answer(ANSWER.columns, ANSWER.rows), form) != ""


def test_iris_of_the_dataset_are_shortened_to_references_and_others_kept() -> None:
    short = shorten(ANSWER, BASE)
    assert to_text(short.rows[0][0]) == "person/klara-voss"
    assert [row[0] for row in short.rows[1:]] == [
        Literal(term.value) if isinstance(term, NamedNode) else term for term in TERMS[1:]
    ]


# ---- Graphs ----

READERS = {
    "turtle": "turtle",
    "trig": "trig",
    "nquads": "nquads",
    "ntriples": "ntriples",
    "rdfxml": "xml",
    "jsonld": "json-ld",
}
"""The formats of graphs as rdflib names them."""

WITH_GRAPHS = ("trig", "nquads", "jsonld")

Statement = tuple[Term | None, ...]


def read_graphs(data: bytes, form: str) -> set[Statement]:
    """Read a document with rdflib: quads where the format has graphs, else triples."""
    if form not in WITH_GRAPHS:
        graph = rdflib.Graph().parse(data=data, format=READERS[form])
        return {tuple(map(to_oxigraph, triple)) for triple in graph}
    dataset = rdflib.Dataset()
    dataset.parse(data=data, format=READERS[form])
    return {tuple(map(to_oxigraph, quad)) for quad in dataset.quads()}


def to_statement(quad: Quad, form: str) -> Statement:
    """Give a quad as what a format can hold of it."""
    triple: Statement = (quad.subject, quad.predicate, quad.object)
    return (*triple, quad.graph_name) if form in WITH_GRAPHS else triple  # type: ignore[arg-type]


def test_every_format_has_a_second_reader() -> None:
    assert set(READERS) == set(RDF_FORMATS)


@pytest.mark.parametrize("form", RDF_FORMATS)
def test_a_graph_is_read_back_whole_by_another_library(form: str, built: Build) -> None:
    quads = list(built.quads())
    assert len(quads) > 1000
    data = write_graphs(quads, form, built.manifest["prefixes"])
    assert read_graphs(data, form) == {to_statement(quad, form) for quad in quads}


@pytest.mark.parametrize("form", RDF_FORMATS)
def test_hostile_terms_are_read_back_by_another_library(form: str, built: Build) -> None:
    """XML has one sort of line end, so that a carriage return cannot be kept in it."""
    subject, graph = NamedNode(BASE.mint("person/klara-voss")), NamedNode("urn:g")
    objects = [term for term in TERMS if term is not None and not (form == "rdfxml" and "\r" in to_text(term))]
    quads = [Quad(subject, NamedNode("https://example.org/says"), term, graph) for term in objects]
    data = write_graphs(quads, form, built.manifest["prefixes"])
    assert read_graphs(data, form) == {to_statement(quad, form) for quad in quads}


@pytest.mark.parametrize("form", RDF_FORMATS)
def test_a_document_is_the_same_to_the_byte_each_time(form: str, built: Build) -> None:
    prefixes = built.manifest["prefixes"]
    assert write_graphs(built.quads(), form, prefixes) == write_graphs(built.quads(), form, prefixes) != b""


@pytest.mark.parametrize("form", [form for form in RDF_FORMATS if form not in WITH_GRAPHS])
def test_a_triple_of_two_graphs_stands_once_where_there_are_no_graphs(form: str) -> None:
    terms = (NamedNode("urn:s"), NamedNode("urn:x#p"), Literal("once"))
    quads = [Quad(*terms, NamedNode(f"urn:{name}")) for name in ("one", "two")]
    assert write_graphs(quads, form, {}).count(b"once") == 1


def test_prefixes_shorten_turtle(built: Build) -> None:
    told = write_graphs(built.quads(), "turtle", built.manifest["prefixes"]).decode()
    assert "\nperson:klara-voss a kg:Person" in told
    assert "@prefix person: <https://example.org/veldhaven/person/> ." in told


def test_jsonld_has_the_prefixes_for_context_and_compact_names(built: Build) -> None:
    told = json.loads(write_graphs(built.quads(), "jsonld", built.manifest["prefixes"]))
    entities = next(graph for graph in told["@graph"] if graph["@id"] == "graph:entities")["@graph"]
    voss = next(node for node in entities if node["@id"] == "person:klara-voss")
    assert told["@context"] == built.manifest["prefixes"]
    assert voss == {
        "@id": "person:klara-voss",
        "@type": "kg:Person",
        "rdfs:label": {"@language": "en", "@value": "Klara Voss"},
    }


def test_jsonld_writes_no_name_in_full_for_which_it_has_a_prefix(built: Build) -> None:
    prefixes: dict[str, str] = built.manifest["prefixes"]
    told = json.loads(write_graphs(built.quads(), "jsonld", prefixes))
    names = set(list_names(told["@graph"]))
    assert len(names) > 300
    assert not [
        name
        for name in names
        for space in prefixes.values()
        if name.startswith(space) and "/" not in name[len(space) :]
    ]


def list_names(node: object) -> list[str]:
    """List every key, identifier and type in a JSON-LD document."""
    if isinstance(node, list):
        return [name for part in node for name in list_names(part)]
    if not isinstance(node, dict):
        return []
    told = [node[key] for key in ("@id", "@type") if isinstance(node.get(key), str)]
    return [*node, *told, *(name for part in node.values() for name in list_names(part))]


@pytest.mark.parametrize("write", [lambda: write_answer(ANSWER, "pdf"), lambda: write_graphs([], "pdf", {})])
def test_a_format_that_is_not_known_is_not_guessed(write: Callable[[], object]) -> None:
    with pytest.raises(KeyError, match="pdf"):
        write()
