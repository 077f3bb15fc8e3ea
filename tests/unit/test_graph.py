"""Rows mean what the ontology says: one Turtle file a graph, both forms of a claim, the same bytes each time."""

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.checks import TABLE_OF, read_corpus
from kg.graph import list_prefixes, render
from kg.layout import find_folder
from kg.model import Corpus
from kg.names import KG, RDF

DATASET = Path(__file__).parents[1] / "dataset"

HOSTILE = (
    'She said "so", \\ and \\" and """ too',
    "ends in a backslash \\",
    r"no newline: \n \r \t \u0041 \U0001F41F \x",
    "<b>bold</b> <https://example.org/> > <",
    "'single' ''' @en ^^<http://www.w3.org/2001/XMLSchema#date> . ; , # {} [] ()",
    "beyond the plane: 𝔙𝔢𝔩𝔡 🌊 𐌰",
    "line\u2028paragraph\u2029next\u0085odd\ufeffmark\u200bnone",
    "${name} %s {0} ?x $y",
)

CHANGES = (
    ("0024", "id", "0025"),
    ("0024", "start", "620"),
    ("0024", "end", "664"),
    ("0024", "norm_start", "616"),
    ("0024", "norm_end", "660"),
    ("0024", "digest", "0" * 64),
    ("0024", "voice", "002"),
    ("0024", "stance", "denies"),
    ("0024", "subject", "work/letters"),
    ("0018", "property", "votedFor"),
    ("0024", "object", "person/klara-voss"),
    ("0022", "value", "~200"),
    ("0022", "printed", "200"),
    ("0022", "unit", "houses"),
    ("0024", "date", "1801-04"),
    ("0024", "date_printed", "in spring"),
    ("0024", "calendar", "gregorian"),
    ("0024", "basis", "stated"),
    ("0024", "time", "22:00"),
    ("0024", "place", "place/veldhaven"),
    ("0023", "role", "clerk"),
    ("0022", "part", "party/dykers"),
    ("0022", "phase", "opening"),
    ("0022", "hedge", "It may be that"),
    ("0024", "gist", "Brandt was given the keys."),
    ("0024", "curator", "Somebody else"),
    ("0024", "curated", "2026-12-01"),
)
"""A row of the chronicle's assertions, a column of it, and another cell that may stand there."""

DIGEST = """
import sys
from hashlib import sha256
from pathlib import Path
from kg.checks import read_corpus
from kg.graph import render
from kg.layout import find_folder
for name, turtle in render(read_corpus(Path(sys.argv[1]), find_folder("ontology"))):
    print(name, sha256(turtle.encode()).hexdigest())
"""


class Term(NamedTuple):
    """A term of RDF as any library reads it."""

    kind: str
    value: str
    language: str = ""
    datatype: str = ""


Statement = tuple[Term, Term, Term]


def from_oxigraph(term: object) -> Term:
    """Give a term as pyoxigraph read it."""
    if isinstance(term, Literal):
        return Term("literal", term.value, term.language or "", term.datatype.value)
    assert isinstance(term, NamedNode)
    return Term("iri", term.value)


def from_rdflib(term: object) -> Term:
    """Give a term as rdflib read it."""
    if isinstance(term, rdflib.Literal):
        datatype = rdflib.RDF.langString if term.language else term.datatype or rdflib.XSD.string
        return Term("literal", str(term), term.language or "", str(datatype))
    assert isinstance(term, rdflib.URIRef)
    return Term("iri", str(term))


def read(turtle: str) -> set[Statement]:
    """Read Turtle with pyoxigraph."""
    return {
        (from_oxigraph(quad.subject), from_oxigraph(quad.predicate), from_oxigraph(quad.object))
        for quad in parse(turtle, format=RdfFormat.TURTLE)
    }


def read_with_rdflib(turtle: str) -> set[Statement]:
    """Read Turtle with rdflib, which must not rewrite literals."""
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    return {(from_rdflib(s), from_rdflib(p), from_rdflib(o)) for s, p, o in graph}


def render_all(corpus: Corpus) -> dict[str, str]:
    """Render a dataset: the Turtle of each graph by its name."""
    return {document.name: document.turtle for document in render(corpus)}


def put(corpus: Corpus, table: str, column: str, cells: list[str]) -> Corpus:
    """Give the dataset with the first cells of a column replaced."""
    frame = corpus.frames[table]
    whole = pl.Series(column, [*cells, *frame[column][len(cells) :]], pl.String)
    return replace(corpus, frames={**corpus.frames, table: frame.with_columns(whole)})


@pytest.fixture(autouse=True)
def _literals_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


@pytest.fixture(scope="module")
def graphs(corpus: Corpus) -> dict[str, str]:
    """Give the Turtle of the small dataset."""
    return render_all(corpus)


@pytest.fixture(scope="module")
def triples(graphs: dict[str, str]) -> dict[str, set[Statement]]:
    """Give the triples of the small dataset by graph."""
    return {name: read(turtle) for name, turtle in graphs.items()}


# ---- What is in which file ----


def test_entities_concepts_and_each_text_have_a_graph_of_their_own(graphs: dict[str, str]) -> None:
    assert list(graphs) == ["entities", "concepts", "chronicle", "letters"]


def test_a_file_writes_no_iri_in_full_for_which_it_has_a_prefix(graphs: dict[str, str]) -> None:
    written = 0
    for turtle in graphs.values():
        head, body = turtle.split("\n\n", 1)
        spaces = re.findall(r"@prefix \S+ <(.*)> \.", head)
        for iri in re.findall(r"<([^<>]*)>", re.sub(r'"[^"]*"', "", body)):
            written += 1
            assert not [space for space in spaces if re.fullmatch(re.escape(space) + "[a-z0-9-]+", iri)]
    assert written > 0


def test_every_prefix_of_a_file_is_that_of_the_dataset_or_of_one_text(corpus: Corpus, graphs: dict[str, str]) -> None:
    shared = list_prefixes(corpus)
    for name, turtle in graphs.items():
        own = corpus.settings.base.record_prefixes(name) if name in corpus.texts else {}
        assert dict(re.findall(r"^@prefix (\S+): <(.*)> \.$", turtle, re.MULTILINE)) == shared | own


def test_no_graph_has_a_blank_node(graphs: dict[str, str]) -> None:
    assert len(graphs) == 4
    for turtle in graphs.values():
        quads = list(parse(turtle, format=RdfFormat.TURTLE))
        assert quads
        assert not [q for q in quads for term in (q.subject, q.object) if isinstance(term, BlankNode | Triple)]


def test_a_text_without_any_claim_is_a_graph_all_the_same(corpus: Corpus) -> None:
    empty = {name: frame.clear() for name, frame in corpus.frames.items() if name.endswith("/letters")}
    letters = render_all(replace(corpus, frames={**corpus.frames, **empty}))["letters"]
    assert Term("iri", f"{KG}NameForm") in {o for _, _, o in read(letters)}
    assert Term("iri", f"{KG}Assertion") not in {o for _, _, o in read(letters)}


# ---- Both forms of a claim ----


def list_claims(statements: set[Statement]) -> Iterator[tuple[Statement, str]]:
    """Give each assertion of a graph as its plain triple, with its standing."""
    facts = {(s, p.value): o for s, p, o in statements}
    for claim in sorted(s for s, p, o in statements if p.value == f"{RDF}type" and o.value == f"{KG}Assertion"):
        subject, predicate, object_ = (facts[claim, f"{RDF}{part}"] for part in ("subject", "predicate", "object"))
        yield (subject, predicate, object_), facts[claim, f"{KG}standing"].value.rpartition("/")[2]


def list_plain(statements: set[Statement], corpus: Corpus) -> set[Statement]:
    """Give the triples of a graph whose predicate is one that can be asserted."""
    asserted = {f"{KG}{name}" for name in corpus.vocabulary.properties}
    return {statement for statement in statements if statement[1].value in asserted}


def test_every_row_is_an_assertion_node(corpus: Corpus, triples: dict[str, set[Statement]]) -> None:
    for text in corpus.texts:
        told = [row for row, _ in list_claims(triples[text])]
        assert len(told) == corpus.frames[f"assertions/{text}"].height > 0


def test_the_plain_triples_of_a_text_are_those_of_what_it_does_not_deny_or_doubt(
    corpus: Corpus, triples: dict[str, set[Statement]]
) -> None:
    standings = set()
    for text in corpus.texts:
        claims = list(list_claims(triples[text]))
        standings |= {standing for _, standing in claims}
        assert list_plain(triples[text], corpus) == {row for row, how in claims if how in ("affirms", "reports")}
    assert standings == {"affirms", "reports", "doubts", "denies"}


def test_no_plain_triple_stands_among_entities_or_concepts(corpus: Corpus, triples: dict[str, set[Statement]]) -> None:
    assert not list_plain(triples["entities"] | triples["concepts"], corpus)


@pytest.mark.parametrize(("text", "held"), [("chronicle", True), ("letters", False)])
def test_a_number_that_one_text_reports_and_another_denies_is_plain_only_in_the_first(
    text: str, held: bool, graphs: dict[str, str]
) -> None:
    assert ('\nevent:flood kg:numbered "40"^^kg:quantity .\n' in graphs[text]) is held


def test_a_claim_about_a_claim_leads_to_the_assertion(graphs: dict[str, str]) -> None:
    other = "<https://example.org/veldhaven/assertion/chronicle/0019>"
    assert f"\n    rdf:object {other} ;\n" in graphs["letters"]
    assert f"\nperson:klara-voss kg:disagreedWith {other} .\n" in graphs["letters"]


# ---- The same bytes, and small changes ----


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_rows_does_not_change_a_byte(seed: int, corpus: Corpus, graphs: dict[str, str]) -> None:
    shuffled = {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in corpus.frames.items()}
    assert not shuffled["names"].equals(corpus.frames["names"])
    assert render_all(replace(corpus, frames=shuffled)) == graphs


@pytest.mark.parametrize(
    "setting",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "PYTHONUTF8": "0", "TZ": "Asia/Kathmandu"},
        {"PYTHONHASHSEED": "4294967295", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns", "POLARS_MAX_THREADS": "1"},
    ],
)
def test_hash_seed_locale_and_time_zone_do_not_change_a_byte(
    setting: dict[str, str], data: Path, graphs: dict[str, str]
) -> None:
    told = subprocess.run(
        [sys.executable, "-c", DIGEST, data], env=os.environ | setting, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines() == [f"{name} {sha256(t.encode()).hexdigest()}" for name, t in graphs.items()]


def test_the_changes_are_of_every_column(corpus: Corpus, data: Path) -> None:
    header = (data / "assertions/chronicle.csv").read_text("utf-8").splitlines()[0].split(",")
    assert [column for _, column, _ in CHANGES] == header
    assert set(header) <= set(corpus.frames["assertions/chronicle"].columns)


@pytest.mark.parametrize(("row", "column", "cell"), CHANGES, ids=[column for _, column, _ in CHANGES])
def change(data: Path, row: str, column: str, cell: str) -> None:
    """Change one cell of the chronicle's assertions in its file."""
    path = data / "assertions/chronicle.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    next(line for line in rows if line["id"] == row)[column] = cell
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_with_phase(data: Path) -> Corpus:
    """Read a copy of the small dataset, to which the concept of a phase is added."""
    concepts = data / "concepts.csv"
    concepts.write_text(concepts.read_text("utf-8").replace("place-kind,b", "phase,opening,opening,\nplace-kind,b", 1))
    return read_corpus(data, find_folder("ontology"))


@pytest.fixture(scope="module")
def with_phase(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the Turtle of the small dataset before any change."""
    folder = tmp_path_factory.mktemp("before") / "data"
    return render_all(read_with_phase(shutil.copytree(DATASET, folder)))


@pytest.mark.parametrize(("row", "column", "cell"), CHANGES, ids=[column for _, column, _ in CHANGES])
def test_a_changed_cell_changes_the_block_of_its_assertion_and_no_other_line(
    row: str, column: str, cell: str, data: Path, with_phase: dict[str, str]
) -> None:
    change(data, row, column, cell)
    before, after = dict(with_phase), render_all(read_with_phase(data))
    old, new = (graphs.pop("chronicle").split("\n\n") for graphs in (before, after))
    changed = [number for number, block in enumerate(old) if block != new[number]]
    assert (before, len(old)) == (after, len(new))
    assert [old[number].split()[0] for number in changed] == [f"assertion:{row}"]
    assert new[changed[0]].startswith(f"assertion:{cell if column == 'id' else row} ")


# ---- Nothing is lost ----


FREE = [
    ("assertions/chronicle", "gist", f"{KG}gist"),
    ("assertions/chronicle", "printed", f"{KG}printed"),
    ("assertions/chronicle", "date_printed", f"{KG}datePrinted"),
    ("assertions/chronicle", "hedge", f"{KG}hedge"),
    ("assertions/chronicle", "curator", f"{KG}curator"),
    ("names", "form", f"{KG}form"),
    ("concepts", "label", "http://www.w3.org/2000/01/rdf-schema#label"),
    ("concepts", "description", "http://www.w3.org/2004/02/skos/core#definition"),
]
"""Columns of free text with more rows than there are hostile cells, and what they become."""


@pytest.mark.parametrize(("table", "column", "predicate"), FREE)
def test_a_hostile_cell_comes_back_to_the_letter_from_two_readers(
    table: str, column: str, predicate: str, corpus: Corpus
) -> None:
    turtle = "\n".join(render_all(put(corpus, table, column, list(HOSTILE))).values())
    for statements in (read(turtle), read_with_rdflib(turtle)):
        assert set(HOSTILE) <= {o.value for _, p, o in statements if p.value == predicate}


def test_a_hostile_value_is_a_string_in_both_forms(corpus: Corpus) -> None:
    value = HOSTILE[0]
    graph = read_with_rdflib(render_all(put(corpus, "assertions/chronicle", "value", [value]))["chronicle"])
    assert {p.value for _, p, o in graph if o.value == value} == {f"{RDF}object", f"{KG}titled"}


def test_two_readers_find_the_same_triples(graphs: dict[str, str], triples: dict[str, set[Statement]]) -> None:
    assert len(graphs) == 4
    for name, turtle in graphs.items():
        assert read_with_rdflib(turtle) == triples[name]


def list_rows(data: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Give every row of the small dataset with its table and the reference of what it is about."""
    kinds = {table: kind for kind, table in TABLE_OF.items()} | {"matches": "match"}
    for path in sorted(data.rglob("*.csv")):
        table = path.relative_to(data).with_suffix("").as_posix()
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                group, _, text = table.partition("/")
                kind = {"assertions": f"assertion/{text}", "chains": f"voice/{text}"}.get(group) or {
                    "names": f"name/{row.get('text')}",
                    "coverage": f"reading/{row.get('text')}",
                    "concepts": f"concept/{row.get('scheme')}",
                }.get(table, kinds.get(table))
                yield table, f"{kind}/{row['id']}", row


def is_told(cell: str, told: set[str]) -> bool:
    """Tell whether a cell is among terms: as a literal, a language tag, an IRI or the end of one."""
    ends = ("/" + cell, "#" + cell, "#" + cell.removeprefix("skos:"))
    return cell in told or f"@{cell.lower()}" in told or any(term.endswith(ends) for term in told)


def test_every_cell_of_the_dataset_is_found_in_the_triples_of_its_row(
    data: Path, corpus: Corpus, triples: dict[str, set[Statement]]
) -> None:
    facts: dict[str, set[str]] = {}
    for subject, _, object_ in set[Statement]().union(*triples.values()):
        facts.setdefault(subject.value, {subject.value}).update({object_.value, f"@{object_.language}"})
    cells = 0
    for table, reference, row in list_rows(data):
        own = facts[corpus.settings.base.mint(reference)]
        told = own.union(*(facts[iri] for iri in own if "/passage/" in iri and iri in facts))
        for column, cell in row.items():
            assert not cell or is_told(cell, told), (table, reference, column)
            cells += bool(cell)
    assert cells > 700
