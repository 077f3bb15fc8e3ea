"""A store is built whole, opened only to be read, and never made by opening it."""

import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples

from kg.builds import Build
from kg.errors import OutsideError, UsageError
from kg.store import Store, build_store, load_graphs, open_store

TURTLE = '<urn:a> <urn:b> "c", "d"@en .'
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"

WITHOUT_ROOM = """
import resource, sys
from pathlib import Path
from kg.errors import OutsideError
from kg.store import build_store
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    build_store(Path(sys.argv[1]), {"urn:g": Path(sys.argv[2])})
except OutsideError as error:
    print(error)
"""


def ask(store: Store, text: str, **terms: object) -> list[list[str]]:
    """Ask a SELECT query and give its rows as text."""
    rows = store.query(text, terms)
    assert isinstance(rows, QuerySolutions)
    return [[str(term) for term in row] for row in rows]


def test_each_file_is_loaded_into_the_graph_of_its_iri(tmp_path: Path) -> None:
    (tmp_path / "one.ttl").write_text(TURTLE, "utf-8")
    (tmp_path / "two.ttl").write_text('<urn:a> <urn:b> "c" .', "utf-8")
    build_store(tmp_path / "store", {"urn:one": tmp_path / "one.ttl", "urn:two": tmp_path / "two.ttl"})
    store = open_store(tmp_path / "store")
    graphs = ask(store, "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g")
    assert [row[0] for row in graphs] == ["<urn:one>", "<urn:two>"]
    assert len(store) == 3
    assert ask(store, "SELECT * WHERE { ?s ?p ?o }") == []


def test_a_store_in_memory_answers_as_the_one_on_disk(built: Build, store: Store) -> None:
    files = {iri: (built.folder / graph["file"]).read_bytes() for iri, graph in built.manifest["graphs"].items()}
    text = "SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o"
    assert len(store) == built.manifest["quads"]
    assert ask(load_graphs(files), text) == ask(store, text)


def test_opening_a_store_that_is_not_there_does_not_make_one(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(OutsideError, match="holds no store; make one with `kg build`"):
            open_store(folder)
    assert not list(tmp_path.iterdir())


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text("MANIFEST-000001\n", "utf-8")
    with pytest.raises(OutsideError, match="cannot be opened"):
        open_store(tmp_path)


def test_a_store_that_finds_no_room_is_told(built: Build, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_ROOM, str(tmp_path / "store"), str(built.folder / "ontology.ttl")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.startswith("the store cannot be written: ")
    assert "File too large" in told


def test_a_store_can_be_read_by_several_at_once(built: Build) -> None:
    stores = [open_store(built.store) for _ in range(3)]
    assert len({ask(store, COUNT)[0][0] for store in stores}) == 1


@pytest.mark.parametrize(
    "text", ["SELECT", "SELECT ?x WHERE { ?x }", "INSERT DATA { <urn:a> <urn:b> 1 }", "", "DROP ALL"]
)
def test_what_is_no_query_is_refused_in_words(text: str, store: Store) -> None:
    before = len(store)
    with pytest.raises(UsageError, match="the query is not valid SPARQL: "):
        store.query(text)
    assert len(store) == before > 0


def test_a_query_gives_rows_a_truth_or_a_graph() -> None:
    store = load_graphs({"urn:g": TURTLE.encode()})
    assert isinstance(store.query("SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }"), QuerySolutions)
    assert isinstance(store.query("ASK { GRAPH ?g { ?s ?p ?o } }"), QueryBoolean)
    assert isinstance(store.query("CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"), QueryTriples)


@pytest.mark.parametrize("hostile", ['c" } #', "?s", "} UNION { ?s ?p ?o", "\\", "<urn:a>", "'; DROP ALL"])
def test_a_bound_term_is_a_term_and_never_text(hostile: str) -> None:
    store = load_graphs({"urn:g": TURTLE.encode()})
    text = "SELECT ?o WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert ask(store, text, o=Literal(hostile)) == []
    assert ask(store, text, o=Literal("c")) == [['"c"']]


def test_a_term_bound_to_a_variable_holds_in_every_graph() -> None:
    store = load_graphs({f"urn:{name}": TURTLE.encode() for name in ("one", "two")})
    rows = ask(store, "SELECT ?g ?s WHERE { GRAPH ?g { ?s ?p 'c' } } ORDER BY ?g", s=NamedNode("urn:a"))
    assert rows == [["<urn:one>", "<urn:a>"], ["<urn:two>", "<urn:a>"]]
