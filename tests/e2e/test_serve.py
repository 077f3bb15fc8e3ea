"""The endpoint as strangers meet it: the command really runs, and is asked over HTTP."""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from hostile import list_hostile
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results
from servers import KG, UNION, Server, build_graphs, run_server

from kg.builds import Build

TESTS = Path(__file__).parents[1]
SELECT = "SELECT ?g ?o { GRAPH ?g { ?s <urn:p> ?o } } ORDER BY ?o"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }"
HOSTILE_LABEL = "<script>alert('1')</script>"
BULK = "".join(f"<urn:x{n}> <urn:bulk> {n} .\n" for n in range(10_001))
GRAPHS = {
    "urn:one": f"<urn:s> <urn:p> 'a' , {json.dumps(HOSTILE_LABEL)} .",
    "urn:two": "<urn:s> <urn:p> 'Ленин'@ru .",
    "urn:bulk": BULK,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server on three small graphs."""
    build = tmp_path_factory.mktemp("serve") / "build"
    build_graphs(build, GRAPHS)
    with run_server(build, "--origin", "https://friend.example") as running:
        yield running


def tell(response: requests.Response) -> dict[str, object]:
    """Give the problem that a response tells, and hold it to its form."""
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, object] = json.loads(response.content)
    assert problem["status"] == response.status_code
    assert problem["title"]
    assert problem["detail"]
    return problem


class TestFormats:
    """A matrix: what is asked, how the format is asked for, what comes back."""

    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize(
        ("name", "media_type", "form"),
        [
            ("json", "application/sparql-results+json", QueryResultsFormat.JSON),
            ("xml", "application/sparql-results+xml", QueryResultsFormat.XML),
            ("csv", "text/csv; charset=utf-8", None),
            ("tsv", "text/tab-separated-values; charset=utf-8", QueryResultsFormat.TSV),
        ],
    )
    def test_rows(
        self, method: str, name: str, media_type: str, form: QueryResultsFormat | None, server: Server
    ) -> None:
        place = "params" if method == "GET" else "data"
        by_name = requests.request(method, server.endpoint, **{place: {"query": SELECT, "format": name}}, timeout=60)  # type: ignore[arg-type]
        headers = {"accept": media_type.partition(";")[0]}
        by_type = requests.request(method, server.endpoint, **{place: {"query": SELECT}}, headers=headers, timeout=60)  # type: ignore[arg-type]
        for response in (by_name, by_type):
            assert response.status_code == 200
            assert response.headers["content-type"] == media_type
            assert response.headers["vary"] == "Accept"
            assert ("content-disposition" in response.headers) == (name in ("csv", "tsv"))
            assert "Ленин" in response.content.decode()
            assert form is None or len(list(parse_query_results(response.content, format=form))) == 3  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("name", "media_type", "form"),
        [
            ("turtle", "text/turtle; charset=utf-8", RdfFormat.TURTLE),
            ("trig", "application/trig", RdfFormat.TRIG),
            ("ntriples", "application/n-triples", RdfFormat.N_TRIPLES),
            ("nquads", "application/n-quads", RdfFormat.N_QUADS),
            ("jsonld", "application/ld+json", RdfFormat.JSON_LD),
            ("rdfxml", "application/rdf+xml", RdfFormat.RDF_XML),
        ],
    )
    @pytest.mark.parametrize("query", [CONSTRUCT, "DESCRIBE <urn:s> FROM <urn:one>"])
    def test_graphs(self, query: str, name: str, media_type: str, form: RdfFormat, server: Server) -> None:
        accept = media_type.partition(";")[0]
        for response in (server.get(query, format=name), server.get(query, accept)):
            assert response.headers["content-type"] == media_type
            assert len(list(parse(response.content, format=form))) == (10_004 if query == CONSTRUCT else 2)

    @pytest.mark.parametrize("query", [SELECT, "ASK {}"])
    @pytest.mark.parametrize("accept", ["image/png", "text/turtle", "*/*;q=0"])
    def test_what_is_not_to_be_had_is_refused_with_what_is(self, query: str, accept: str, server: Server) -> None:
        response = server.get(query, accept)
        assert response.status_code == 406
        assert "text/csv" in str(tell(response)["detail"])
        assert response.headers["vary"] == "Accept"

    def test_a_name_that_is_no_format_is_refused(self, server: Server) -> None:
        assert server.get(SELECT, format="turtle").status_code == 406
        assert server.get(CONSTRUCT, format="csv").status_code == 406
        assert server.get(SELECT, format="").status_code == 406

    def test_head_answers_as_get_does_without_a_body(self, server: Server) -> None:
        for path in ("", f"?query={quote(SELECT)}"):
            got = requests.get(server.endpoint + path, timeout=60)
            head = requests.head(server.endpoint + path, timeout=60)
            assert head.status_code == got.status_code == 200
            assert head.content == b""
            same = ("content-type", "content-length", "vary", "etag")
            assert [head.headers.get(name) for name in same] == [got.headers.get(name) for name in same]


class TestPages:
    """What a browser gets."""

    def test_an_answer_is_a_table_in_which_labels_stay_text(self, server: Server) -> None:
        response = server.get(SELECT, "text/html,*/*;q=0.8")
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert "script" not in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert HOSTILE_LABEL not in response.text
        assert "&lt;script&gt;" in response.text
        assert "format=csv" in response.text

    def test_a_page_that_shows_less_than_there_is_says_so(self, server: Server) -> None:
        query = "SELECT ?s { GRAPH <urn:bulk> { ?s ?p ?o } }"
        page = server.get(query, "text/html").text
        assert page.count("<tr>") == 10_001
        assert "shows the beginning of the answer" in page
        assert "shows the beginning" not in server.get(f"{query} LIMIT 10000", "text/html").text
        assert len(server.ask(query)) == 10_001
        assert "shows the beginning of the answer" in server.get(CONSTRUCT, "text/html").text

    def test_a_mistake_is_told_above_the_query_to_mend(self, server: Server) -> None:
        response = server.get("ASK { <b>", "text/html")
        assert response.status_code == 400
        assert "line 1, column" in response.text
        assert "ASK { &lt;b&gt;" in response.text

    def test_the_root_tells_what_this_is(self, server: Server) -> None:
        response = requests.get(server.root, timeout=60)
        assert '<a href="sparql">' in response.text
        assert "Test &lt;graphs&gt;" in response.text
        assert "10000 rows" in response.text

    def test_the_endpoint_shows_a_form_to_whoever_prefers_one(self, server: Server) -> None:
        response = requests.get(server.endpoint, headers={"accept": "text/html"}, timeout=60)
        assert "<textarea" in response.text


class TestManners:
    """What every answer says, and who is let in."""

    def test_the_same_request_of_the_same_build_has_the_same_tag(self, server: Server) -> None:
        first = server.get(SELECT)
        tag = first.headers["etag"]
        assert not tag.startswith("W/")
        for given in (tag, f'"other", {tag}', f"W/{tag}"):
            again = requests.get(server.endpoint, {"query": SELECT}, headers={"if-none-match": given}, timeout=60)
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        others = [
            server.get(SELECT, "text/csv"),
            server.get("ASK {}"),
            server.get(SELECT, **{"named-graph-uri": "urn:one"}),
        ]
        assert len({tag, *(response.headers["etag"] for response in others)}) == 4
        other = requests.get(server.endpoint, {"query": SELECT}, headers={"if-none-match": '"x"'}, timeout=60)
        assert other.content == first.content

    def test_what_changes_by_itself_has_no_tag(self, server: Server) -> None:
        response = server.get("SELECT (RAND() AS ?x) {}")
        assert "etag" not in response.headers
        assert response.headers["cache-control"] == "no-store"

    def test_pages_everywhere_may_read(self, server: Server) -> None:
        headers = {"origin": "https://any.example", "access-control-request-method": "GET"}
        assert requests.options(server.endpoint, headers=headers, timeout=60).status_code == 204
        for response in (server.get(SELECT), server.get("ASK {"), requests.options(server.endpoint, timeout=60)):
            assert response.headers["access-control-allow-origin"] == "*"
            assert "ETag" in response.headers["access-control-expose-headers"]

    @pytest.mark.parametrize(
        ("origin", "status"),
        [(None, 200), ("own", 200), ("https://friend.example", 200), ("https://any.example", 403), ("null", 403)],
    )
    def test_only_known_pages_may_post(self, origin: str | None, status: int, server: Server) -> None:
        headers = {} if origin is None else {"origin": server.root[:-1] if origin == "own" else origin}
        response = requests.post(server.endpoint, {"query": "ASK {}"}, headers=headers, timeout=60)
        assert response.status_code == status

    @pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::1", "a b"])
    def test_only_its_own_names_are_answered_to(self, host: str, server: Server) -> None:
        for address in (server.root, server.endpoint):
            assert requests.get(address, headers={"host": host}, timeout=60).status_code == 400
        assert requests.get(server.endpoint, headers={"host": "localhost:1"}, timeout=60).status_code == 200

    def test_other_methods_and_addresses_are_refused(self, server: Server) -> None:
        for method in ("PUT", "DELETE", "PATCH", "TRACE"):
            response = requests.request(method, server.endpoint, timeout=60)
            assert response.status_code == 405
            assert {"GET", "HEAD", "POST"} <= set(response.headers["allow"].split(", "))
        for path in ("nothing", "..%2f..%2fetc/passwd", "sparql/x", "%00"):
            response = requests.get(server.root + path, timeout=60)
            assert response.status_code == 404
            tell(response)


class TestRefusals:
    """Each limit is told in words, and none by half an answer."""

    def test_a_mistake_in_a_query_is_told_with_its_place(self, server: Server) -> None:
        problem = tell(server.get("SELECT ?x\nWHERE { ?x }"))
        assert (problem["status"], problem["line"]) == (400, 2)
        assert "\n" in str(problem["excerpt"])

    @pytest.mark.parametrize(
        "query", ["DROP ALL", "INSERT DATA {}", "ASK { SERVICE <http://x/> {} }", "LOAD <http://x/>"]
    )
    def test_what_writes_or_connects_out_is_refused(self, query: str, server: Server) -> None:
        response = server.get(query)
        assert response.status_code == 403
        tell(response)

    def test_a_query_may_be_long_and_not_too_long(self, server: Server) -> None:
        for length, status in ((100_000, 200), (100_001, 413)):
            query = "ASK {}" + "#" * (length - 6)
            assert requests.post(server.endpoint, {"query": query}, timeout=60).status_code == status
            assert server.get(query).status_code == status

    def test_a_request_may_be_large_and_not_too_large(self, server: Server) -> None:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        for size, status in ((2_000_000, 200), (2_000_001, 413)):
            body = b"query=ASK%7B%7D&x=" + b"x" * (size - 18)
            assert requests.post(server.endpoint, body, headers=headers, timeout=60).status_code == status
        assert server.get("x" * 1_000_000).status_code == 413

    def test_nesting_is_refused_before_it_reaches_the_engine(self, server: Server) -> None:
        for depth, status in ((128, 200), (129, 400), (2_300, 400)):
            assert server.get(f"ASK {'{' * depth}{'}' * depth}").status_code == status

    def test_a_query_that_kills_the_engine_is_told(self, server: Server) -> None:
        response = requests.post(server.endpoint, {"query": f"ASK {{ FILTER({'!' * 90_000}1) }}"}, timeout=60)
        assert response.status_code == 422
        assert "1024 MiB" in str(tell(response)["detail"])

    def test_an_answer_too_large_is_no_answer(self, server: Server) -> None:
        response = server.get("SELECT * { GRAPH <urn:bulk> { ?a ?b ?c } GRAPH <urn:bulk> { ?d ?e ?f } }")
        assert response.status_code == 422
        assert "32000000 bytes" in str(tell(response)["detail"])

    def test_what_the_engine_answers_wrongly_is_answered_with_a_caution(self, server: Server) -> None:
        response = server.get("SELECT * { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } }")
        assert "sub-select" in response.headers["kg-caution"]
        assert "kg-caution" not in server.get(SELECT).headers

    def test_the_default_graph_is_empty_unless_graphs_are_named(self, server: Server) -> None:
        count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        assert server.ask(count) == [{"n": "0"}]
        assert server.ask(count, **{"default-graph-uri": "urn:one"}) == [{"n": "2"}]
        assert server.ask(count, **{"default-graph-uri": UNION}) == [{"n": "10004"}]


def test_a_query_that_takes_too_long_is_stopped_and_told(built: Build) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?x ?y ?z } }"
    with run_server(built.folder, "--seconds", "1", "--workers", "1") as server:
        response = server.get(endless)
        assert response.status_code == 504
        assert "longer than 1 seconds" in str(tell(response)["detail"])


def test_a_plain_query_is_answered_beside_five_hundred_hostile_ones(built: Build) -> None:
    hostile = list(list_hostile(9009))
    assert len(hostile) >= 500
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for query in hostile:
        waiting.put(query)
    statuses: Counter[int] = Counter()

    def attack(endpoint: str) -> None:
        while True:
            try:
                query = waiting.get_nowait()
            except queue.Empty:
                return
            headers = {"content-type": "application/sparql-query"}
            response = requests.post(endpoint, query.encode(), headers=headers, timeout=60)
            statuses[response.status_code] += 1

    with run_server(built.folder, "--seconds", "1") as server:
        threads = [threading.Thread(target=attack, args=(server.endpoint,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        waits = []
        while any(thread.is_alive() for thread in threads):
            start = time.monotonic()
            assert server.ask("SELECT (1 AS ?x) {}") == [{"x": "1"}]
            waits.append(time.monotonic() - start)
            time.sleep(0.02)
    assert sum(statuses.values()) == len(hostile)
    assert set(statuses) <= {200, 400, 403, 413, 422, 503, 504}
    assert all(statuses[status] for status in (200, 400, 403, 413, 422, 504))
    assert len(waits) > 50
    assert max(waits) < 20


def wait_until(happened: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something, or for so long that what follows may fail."""
    end = time.monotonic() + seconds
    while not happened() and time.monotonic() < end:
        time.sleep(0.02)


def test_readers_see_one_build_or_the_other_while_it_is_built_anew(tmp_path: Path) -> None:
    out = tmp_path / "build"

    def build(number: int) -> None:
        told = f"<urn:s> <urn:number> {number} .\n"
        build_graphs(out, {"urn:one": told, "urn:two": told + BULK[:20_000].rpartition("\n")[0]})

    build(0)
    both = "SELECT ?a ?b { GRAPH <urn:one> { ?s <urn:number> ?a } GRAPH <urn:two> { ?s <urn:number> ?b } }"
    stop = threading.Event()
    seen: dict[str, str] = {}
    faults: list[str] = []

    def read(server: Server) -> None:
        while not stop.is_set():
            response = server.get(both, "text/csv")
            a, _, b = response.text.rpartition("\n")[0].rpartition("\n")[2].strip().partition(",")
            known = seen.setdefault(response.headers.get("etag", ""), a)
            if response.status_code != 200 or not a == b == known:
                faults.append(response.text)

    with run_server(out) as server:
        threads = [threading.Thread(target=read, args=(server,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for number in range(1, 7):
            build(number)
            wait_until(lambda: str(number) in seen.values())  # noqa: B023  asked before the next number comes
        stop.set()
        for thread in threads:
            thread.join()
        assert server.ask(both) == [{"a": "6", "b": "6"}]
    assert faults == []
    assert {"1", "2", "3", "4", "5", "6"} <= {*seen.values()}


def test_nothing_leaves_the_server_whatever_it_is_asked(built: Build) -> None:
    """In a network of its own, where the kernel counts each connection and each datagram."""
    alone = ("unshare", "--map-root-user", "--net")
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("absent: this system does not let a process have a network of its own")
    command = [*alone, sys.executable, str(TESTS / "egress.py"), str(built.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["own"] > 100
    assert told["opened"] == told["own"]
    assert told["datagrams"] == 0
    assert set(told["statuses"]) <= {200, 400, 403}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_server_stops_cleanly_with_all_its_processes(number: signal.Signals, built: Build) -> None:
    command = [str(KG), "serve", "--build", str(built.folder), "--port", "0", "--workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    endpoint = process.stdout.readline().split()[-1]
    assert requests.get(endpoint, timeout=60).status_code == 200
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
    assert len(children) == 2
    process.send_signal(number)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "stop with Ctrl-C" in told
    assert "Traceback" not in told
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_port_that_is_taken_a_build_that_is_absent_and_a_wrong_address_are_told(
    server: Server, built: Build, tmp_path: Path
) -> None:
    port = server.root.rpartition(":")[2].strip("/")
    for words, code, told in (
        (("--build", str(built.folder), "--port", port), 3, f"cannot listen at 127.0.0.1 port {port}"),
        (("--build", str(tmp_path)), 3, "make one with `kg build`"),
        (("--build", str(built.folder), "--base", "example.org"), 2, "--base needs an address"),
        (("--build", str(built.folder), "--host", "256.0.0.1"), 3, "cannot listen at 256.0.0.1"),
    ):
        done = subprocess.run([KG, "serve", *words], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == code, done.stderr
        assert told in done.stderr.replace("\n", " ")
        assert "Traceback" not in done.stderr


def test_the_public_address_is_the_one_told(built: Build) -> None:
    with run_server(built.folder, "--base", "https://kg.example/here", "--port", "0") as server:
        assert server.endpoint == "https://kg.example/here/sparql"
        assert os.getpid() != server.process.pid
