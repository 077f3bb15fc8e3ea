"""A worker answers within its bounds, and can reach nothing."""

import json
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hostile import list_calls
from pyoxigraph import Literal, NamedNode, Quad, Store, parse, parse_query_results

from kg.builds import Build
from kg.web.limits import Limits
from kg.web.worker import GRAPH_FORMATS, HEAD, OUTCOMES, RESULT_FORMATS, UNION, Bounded, TooLargeError, answer

LIMITS = asdict(Limits())
PREFIXES = {"u": "urn:"}
ALL = "SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s ?o"
NAMED = "SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?o"


@pytest.fixture(scope="module")
def graphs() -> Store:
    """Give a store of two graphs, of one and of two triples."""
    store = Store()
    for graph, text in (("urn:g1", "a"), ("urn:g2", "b"), ("urn:g2", "c")):
        store.add(Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal(text), NamedNode(graph)))
    return store


def ask(store: Store, query: str, form: str = "csv", **more: object) -> tuple[dict[str, Any], bytes]:
    """Ask a store as a worker does; further parts of the question and limits may be given by name."""
    question = {"query": query, "format": form, "base": "http://example.org/sparql", "default": [], "named": []}
    limits = LIMITS | {name: value for name, value in more.items() if name in LIMITS}
    return answer(store, question | {name: more[name] for name in more if name in question}, PREFIXES, limits)


@pytest.mark.parametrize(
    ("query", "default", "named", "rows"),
    [
        (ALL, [], [], ""),
        (NAMED, [], [], "urn:g1,a urn:g2,b urn:g2,c"),
        (ALL, ["urn:g1"], [], "urn:s,a"),
        (ALL, ["urn:g1", "urn:g2"], [], "urn:s,a urn:s,b urn:s,c"),
        (NAMED, ["urn:g1"], [], ""),
        (NAMED, [], ["urn:g1"], "urn:g1,a"),
        (ALL, [], ["urn:g1"], ""),
        (NAMED, ["urn:g2"], ["urn:g1", "urn:none"], "urn:g1,a"),
        (ALL, [UNION], [], "urn:s,a urn:s,b urn:s,c"),
        (NAMED, [UNION], [], "urn:g1,a urn:g2,b urn:g2,c"),
        (NAMED, [UNION], ["urn:g1"], "urn:g1,a"),
        (ALL.replace("{", "FROM <urn:g1> {", 1), [], [], "urn:s,a"),
        (ALL.replace("{", "FROM <urn:g1> {", 1), ["urn:g2"], [], "urn:s,b urn:s,c"),
    ],
)
def test_a_query_is_asked_of_the_graphs_named(
    query: str, default: list[str], named: list[str], rows: str, graphs: Store
) -> None:
    head, body = ask(graphs, query, default=default, named=named)
    assert head == {"outcome": "answered", "more": False}
    assert body.decode().split()[1:] == rows.split()


@pytest.mark.parametrize("form", list(RESULT_FORMATS))
def test_every_result_format_reads_back(form: str, graphs: Store) -> None:
    for query in (NAMED, "ASK {}"):
        _, body = ask(graphs, query, form)
        if form in ("json", "xml"):
            read = parse_query_results(body, format=RESULT_FORMATS[form])
            assert query == "ASK {}" or len(list(read)) == 3  # type: ignore[arg-type]
        else:
            assert len(body.decode().splitlines()) == (1 if query == "ASK {}" else 4)


@pytest.mark.parametrize("form", list(GRAPH_FORMATS))
def test_every_graph_format_reads_back(form: str, graphs: Store) -> None:
    _, body = ask(graphs, "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }", form)
    assert len(list(parse(body, format=GRAPH_FORMATS[form]))) == 3


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        ("ASK {", "malformed"),
        ("DROP ALL", "malformed"),
        ("SELECT (<urn:f>(1) AS ?x) {}", "refused"),
        ("SELECT * { VALUES ?x { 1 } SERVICE ?y {} }", "refused"),
        ("DESCRIBE <urn:s>", "refused"),
    ],
)
def test_what_cannot_be_answered_is_told_apart(query: str, outcome: str, graphs: Store) -> None:
    head, body = ask(graphs, query)
    assert head["outcome"] == outcome
    assert outcome in OUTCOMES
    assert head["detail"]
    assert body == b""


def test_an_answer_too_large_is_none_at_all(graphs: Store) -> None:
    whole = len(ask(graphs, NAMED)[1])
    assert ask(graphs, NAMED, answer=whole)[0]["outcome"] == "answered"
    assert ask(graphs, NAMED, answer=whole - 1) == ({"outcome": "large"}, b"")
    with pytest.raises(TooLargeError):
        Bounded(3).write(b"four")


def test_a_page_shows_so_many_rows_and_tells_whether_there_are_more(graphs: Store) -> None:
    for rows, more in ((2, True), (3, False), (4, False)):
        head, body = ask(graphs, NAMED, "html", rows=rows)
        assert head["more"] is more
        assert len(json.loads(body)["rows"]) == min(rows, 3)
        head, body = ask(graphs, "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }", "html", rows=rows)
        assert head["more"] is more
        assert len(list(parse(body, format=GRAPH_FORMATS["turtle"]))) == min(rows, 3)
    assert json.loads(ask(graphs, "ASK {}", "html")[1])["rows"] == [[["literal", "true"]]]


def test_a_relative_name_is_one_of_the_endpoint(graphs: Store) -> None:
    assert b"http://example.org/x" in ask(graphs, "SELECT (<x> AS ?x) {}")[1]


class Process:
    """A worker that really runs, spoken to by its pipes."""

    def __init__(self, build: Build, **limits: float) -> None:
        command = [sys.executable, "-m", "kg.web.worker", str(build.folder), json.dumps(LIMITS | limits)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.hello, _ = self.read()

    def read(self) -> tuple[dict[str, Any], bytes]:
        out = self.process.stdout
        assert out is not None
        head, body = (out.read(HEAD.unpack(out.read(HEAD.size))[0]) for _ in range(2))
        return json.loads(head), body

    def ask(self, query: str) -> tuple[dict[str, Any], bytes]:
        told = {"query": query, "format": "csv", "base": "http://example.org/", "default": [], "named": []}
        written = json.dumps(told).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(HEAD.pack(len(written)) + written)
        self.process.stdin.flush()
        return self.read()


@contextmanager
def run_worker(build: Build, **limits: float) -> Iterator[Process]:
    """Run a worker until the block ends."""
    worker = Process(build, **limits)
    try:
        yield worker
    finally:
        worker.process.kill()
        with worker.process:
            pass


@contextmanager
def listen() -> Iterator[tuple[int, list[object]]]:
    """Listen at a port, and keep whoever connects."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()

        def accept() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    connection, address = server.accept()
                    connection.close()
                    came.append(address)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1], came
        finally:
            stop.set()
            thread.join()


def test_the_kernel_keeps_a_worker_from_connecting_whatever_it_is_asked(built: Build) -> None:
    """Asked directly, past the guard: this is the second wall."""
    with listen() as (port, came), run_worker(built) as worker:
        if not worker.hello["sealed"]:
            pytest.skip("absent: this system cannot close the sockets of a process")
        outcomes = [worker.ask(call)[0]["outcome"] for call in list_calls(port)]
        assert "failed" in outcomes
        assert worker.ask("ASK {}")[1] == b"true"
        assert came == []


def test_without_the_seal_the_same_calls_would_get_out(graphs: Store) -> None:
    """The watch of the test before sees what it watches for."""
    with listen() as (port, came):
        ask(graphs, f"SELECT * {{ SERVICE SILENT <http://127.0.0.1:{port}/> {{}} }}")
        assert came


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * " + "{" * 5_000 + "}" * 5_000,
        "SELECT * { FILTER(" + "!" * 50_000 + "1) }",
        "SELECT ?v40 { BIND('x' AS ?v0) "
        + " ".join(f"BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(40))
        + "}",
    ],
)
def test_what_kills_the_engine_kills_no_more_than_the_worker(query: str, built: Build) -> None:
    with run_worker(built, memory=256 << 20) as worker, pytest.raises(Exception, match=r"unpack|buffer"):
        worker.ask(query)


def test_a_worker_ends_by_itself_when_nobody_asks_any_more(built: Build) -> None:
    with run_worker(built) as worker:
        assert worker.process.stdin is not None
        worker.process.stdin.close()
        assert worker.process.wait(timeout=10) == 0


def test_a_worker_that_nobody_stops_stops_itself(built: Build) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?x ?y ?z } }"
    with run_worker(built, seconds=-4) as worker, pytest.raises(Exception, match=r"unpack|buffer"):
        worker.ask(endless)


def test_a_worker_on_no_build_does_not_start(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg.web.worker", str(tmp_path), json.dumps(LIMITS)]
    assert subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode != 0
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 0
