"""A service is asked politely, an answer is understood or refused in words, and only what was understood is kept."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from loopback import hostile, service
from loopback.running import Asked, Server, run, send

from kg.dates import GREGORIAN, read_date
from kg.errors import OutsideError, UsageError
from kg.matching import Days, Named
from kg.reconciliation.asking import Desk, Request
from kg.reconciliation.profiles import Profile, read_profiles, recognise
from kg.reconciliation.service import Cache, Manifest, Query, Service
from kg.reconciliation.transport import Line, Manners

AGENT = "kg/test (+https://example.org; ada@example.org) requests/2"
SLOW = Manners(AGENT, timeout=20.0, tries=3, pause=0.0)
QUICK = replace(SLOW, timeout=0.4)


@pytest.fixture
def facts() -> Iterator[Server]:
    """Give a service that runs and is in order."""
    with run(service.answer) as server:
        yield server


def open_service(url: str, folder: Path, sleep: Callable[[float], None] = time.sleep, fresh: bool = False) -> Service:
    """Give a service at an address."""
    manners = QUICK if url.rpartition("/")[2] in hostile.HANGING else SLOW
    return Service(Line(url, manners, sleep), Cache(folder, fresh))


def open_desk(url: str, folder: Path, request: Request | None = None) -> Desk:
    """Give a service that is ready to be asked for entities."""
    opened = open_service(url, folder)
    manifest = opened.read_manifest()
    return Desk(opened, manifest, recognise(manifest.space), request or Request(), lambda _: None)


def find(opened: Service, *names: str) -> list[list[str]]:
    """Ask for names; give the identifiers found for each."""
    answers = opened.ask([Query(name) for name in names], 3, 10)
    return [[suggestion.id for suggestion in answer] for answer in answers]


# ---- A service in order ----


def test_a_service_says_what_it_is(facts: Server, tmp_path: Path) -> None:
    manifest = open_service(f"{facts.root}/en/api", tmp_path).read_manifest()
    assert manifest == Manifest("Facts on loopback", service.SPACE, "https://www.wikidata.org/wiki/{{id}}", True)


def test_names_are_asked_in_batches_and_answered_in_order(facts: Server, tmp_path: Path) -> None:
    opened = open_service(facts.root, tmp_path)
    names = ["Klara Voss", "Nobody at all", "Victor Serge"] * 4
    answers = list(opened.ask([Query(f"{name}{' ' * at}") for at, name in enumerate(names)], 1, 5))
    assert [[s.id for s in answer] for answer in answers] == [["Q90000003"], [], ["Q362009"]] * 4
    assert [len(json.loads(asked.form["queries"])) for asked in facts.log] == [5, 5, 2]


def test_who_asks_says_so_and_sends_no_password(facts: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password secret\n", "utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    open_service(facts.root, tmp_path).read_manifest()
    assert facts.log[0].headers["user-agent"] == AGENT
    assert "authorization" not in facts.log[0].headers


def test_a_class_and_values_are_asked_for_as_the_protocol_says() -> None:
    assert Query("Anker", "Q5", (("P106", "Q1"),)).to_json(3) == {
        "query": "Anker",
        "limit": 3,
        "type": "Q5",
        "type_strict": "should",
        "properties": [{"pid": "P106", "v": "Q1"}],
    }
    assert Query("Anker").to_json(3) == {"query": "Anker", "limit": 3}


def test_values_are_given_by_candidate_and_property(facts: Server, tmp_path: Path) -> None:
    values = open_service(facts.root, tmp_path).extend(["Q362009", "Q90000004", "Q362009"], ["Len", "Aen", "P569"], 10)
    assert values == {
        "Q362009": {"Len": ("Victor Serge",), "Aen": ("Victor Lvovich Kibalchich",), "P569": ("1890-12-30T00:00:00Z",)},
        "Q90000004": {"Len": ("Petrus Anker",), "Aen": ("Petrus the Elder", "P. Anker"), "P569": ()},
    }
    assert json.loads(facts.log[0].form["extend"])["ids"] == ["Q362009", "Q90000004"]


# ---- Asking for entities ----


def test_an_entity_is_found_by_a_name_that_only_the_aliases_of_the_candidate_have(
    facts: Server, tmp_path: Path
) -> None:
    subject = Named("person/x", "person", ("Wladimir Uljanow", "V. I. Ulianov"))
    found = open_desk(facts.root, tmp_path).find([subject])["person/x"]
    best = max(found, key=lambda candidate: candidate.score.value)
    assert best.iri == f"{service.SPACE}Q1394"
    assert best.score.value >= 0.88


def test_other_names_are_asked_for_only_as_long_as_nothing_fits(facts: Server, tmp_path: Path) -> None:
    subjects = [
        Named("person/a", "person", ("Klara Voss", "Clara Vos")),
        Named("person/b", "person", ("Kibal", "Kibalchich", "Victor Kibalchich", "Serge", "V. Serge")),
    ]
    open_desk(facts.root, tmp_path).find(subjects)
    asked = [
        query["query"]
        for one in facts.log
        if "queries" in one.form
        for query in json.loads(one.form["queries"]).values()
    ]
    assert asked == ["Klara Voss", "Kibal", "Kibalchich"]


def test_what_is_known_of_a_life_is_asked_for_in_terms_of_the_service(facts: Server, tmp_path: Path) -> None:
    day, year = read_date("1879-11-07", GREGORIAN), read_date("1940", GREGORIAN)
    lives = [Days(*(end for end in (date.earliest, date.latest) if end is not None)) for date in (day, year)]
    open_desk(facts.root, tmp_path).find([Named("person/a", "person", ("Leon Trotsky",), *lives)])
    query = json.loads(facts.log[1].form["queries"])["q0"]
    assert query["type"] == "Q5"
    assert query["properties"] == [{"pid": "P569", "v": "1879-11-07"}, {"pid": "P570", "v": "1940"}]


def test_dates_tell_namesakes_apart(facts: Server, tmp_path: Path) -> None:
    day = read_date("1771-03-04", GREGORIAN)
    born = Days(*(end for end in (day.earliest, day.latest) if end is not None))
    found = open_desk(facts.root, tmp_path).find([Named("person/a", "person", ("J. Brandt",), born)])["person/a"]
    values = {candidate.iri: candidate.score.value for candidate in found}
    assert values[f"{service.SPACE}Q90000002"] > values[f"{service.SPACE}Q90000001"]


# ---- Profiles and IRIs ----


def test_services_are_known_by_their_identifier_space() -> None:
    assert recognise("http://www.wikidata.org/entity/").name == "wikidata"
    assert recognise("http://www.wikidata.org/entity").born == "P569"
    assert recognise("http://example.org/") == Profile(space="http://example.org/")
    assert set(read_profiles()) == {"wikidata", "gnd", "viaf", "loc", "geonames"}


@pytest.mark.parametrize(
    ("space", "view", "known", "id_", "iri"),
    [
        ("http://a.org/id/", "http://a.org/page/{{id}}", "", "7", "http://a.org/id/7"),
        ("http://a.org/id", "http://a.org/page/{{id}}", "", "7", "http://a.org/page/7"),
        ("http://a.org/id/", "", "http://b.org/{{id}}/", "7", "http://b.org/7/"),
        ("http://a.org/{{id}}.json", "", "", "7", "http://a.org/7.json"),
        ("http://a.org/id/", "", "", "http://c.org/7", "http://c.org/7"),
        ("http://a.org/id/", "", "", "ä ö", "http://a.org/id/%C3%A4%20%C3%B6"),
    ],
)
def test_an_identifier_becomes_an_iri(space: str, view: str, known: str, id_: str, iri: str) -> None:
    assert Manifest("x", space, view, False).mint(id_, known) == iri


@pytest.mark.parametrize("space", ["javascript:alert(1)//", "urn:x:", "a b/", 'http://a.org/"/'])
def test_what_makes_no_iri_is_refused(space: str) -> None:
    with pytest.raises(ValueError, match="--iri"):
        Manifest("x", space, "", False).mint("7")


@pytest.mark.parametrize(
    "url", ["", "wikidata.org", "ftp://a.org/", "file:///etc/passwd", "http://", "http://[::1", "http://a:b/"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no address of a service"):
        Line(url, QUICK)


# ---- Patience ----


def stumble(times: int, fault: str) -> Callable[[BaseHTTPRequestHandler, Asked], None]:
    """Give a server that has a fault some times, and then is in order."""
    left = [times]

    def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        left[0] -= 1
        if left[0] >= 0:
            hostile.FAULTS[fault](handler)
        else:
            service.answer(handler, asked)

    return answer


@pytest.mark.parametrize("fault", ["busy", "unavailable", "maxlag", "cut"])
def test_a_service_that_is_busy_twice_is_asked_a_third_time(fault: str, tmp_path: Path) -> None:
    waits: list[float] = []
    with run(stumble(2, fault)) as server:
        assert open_service(server.root, tmp_path, waits.append).read_manifest().name == "Facts on loopback"
    assert [wait for wait in waits if wait] == ([] if fault in ("busy", "maxlag") else [1.0, 2.0])


@pytest.mark.parametrize(("told", "least", "most"), [("7", 7, 7), ("date", 40, 60)])
def test_it_is_left_alone_for_as_long_as_it_says(told: str, least: float, most: float, tmp_path: Path) -> None:
    after = formatdate(time.time() + 60, usegmt=True) if told == "date" else told
    waits: list[float] = []
    faults = iter([hostile.reply("{}", 429, retry_after=after)])

    def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        next(faults, lambda handler: service.answer(handler, asked))(handler)

    with run(answer) as server:
        open_service(server.root, tmp_path, waits.append).read_manifest()
    assert len([wait for wait in waits if least <= wait <= most]) == 1


def test_requests_keep_a_distance(facts: Server, tmp_path: Path) -> None:
    waits: list[float] = []
    opened = Service(Line(facts.root, Manners(AGENT, pause=0.75), waits.append), Cache(tmp_path))
    opened.read_manifest()
    opened.read_manifest()
    assert waits == [0.75]


def test_a_real_wait_is_a_real_wait(tmp_path: Path) -> None:
    with run(stumble(1, "unavailable")) as server:
        open_service(server.root, tmp_path).read_manifest()
        assert server.log[1].at - server.log[0].at >= 1.0


# ---- What was answered is kept, and nothing else ----


def test_what_was_answered_is_not_asked_again(facts: Server, tmp_path: Path) -> None:
    first = find(open_service(facts.root, tmp_path), "Klara Voss", "Nobody")
    assert find(open_service(facts.root, tmp_path), "Nobody", "Klara Voss") == first[::-1]
    assert facts.count("POST") == 1
    find(open_service(facts.root, tmp_path), "Klara Voss", "Jonas Brandt")
    assert [query["query"] for query in json.loads(facts.log[-1].form["queries"]).values()] == ["Jonas Brandt"]
    open_service(facts.root, tmp_path).extend(["Q362009"], ["Len"], 5)
    open_service(facts.root, tmp_path).extend(["Q362009"], ["Len"], 5)
    assert facts.count("POST") == 3


def test_another_service_another_class_and_fresh_are_asked_anew(facts: Server, tmp_path: Path) -> None:
    find(open_service(facts.root, tmp_path), "Klara Voss")
    find(open_service(f"{facts.root}/other", tmp_path), "Klara Voss")
    list(open_service(facts.root, tmp_path).ask([Query("Klara Voss", "Q5")], 3, 10))
    find(open_service(facts.root, tmp_path, fresh=True), "Klara Voss")
    assert facts.count("POST") == 4


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"key": 1, "answer": []}', "[" * 100_000])
def test_what_is_damaged_on_disk_is_asked_anew(damage: str, facts: Server, tmp_path: Path) -> None:
    whole = find(open_service(facts.root, tmp_path), "Klara Voss")
    for path in tmp_path.rglob("*.json"):
        path.write_text(damage, "utf-8")
    assert find(open_service(facts.root, tmp_path), "Klara Voss") == whole
    assert facts.count("POST") == 2


def test_a_kept_answer_that_means_nothing_is_asked_anew(facts: Server, tmp_path: Path) -> None:
    whole = find(open_service(facts.root, tmp_path), "Klara Voss")
    for path in tmp_path.rglob("*.json"):
        path.write_text(path.read_text("utf-8").replace('"id"', '"di"'), "utf-8")
    assert find(open_service(facts.root, tmp_path), "Klara Voss") == whole


def test_a_disk_that_does_not_keep_is_told(facts: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(OutsideError, match="cannot keep what was answered"):
        find(open_service(facts.root, tmp_path / "file" / "cache"), "Klara Voss")


# ---- Every fault ----


@pytest.fixture(scope="module")
def bad() -> Iterator[Server]:
    """Give a server with every fault."""
    with hostile.run_hostile() as server:
        yield server


def count_files(folder: Path) -> int:
    """Count the answers that are kept."""
    return len(list(folder.rglob("*.json")))


@pytest.mark.parametrize("fault", [*hostile.FAULTS, *hostile.BAD_MANIFESTS])
def test_a_fault_is_told_in_words_and_nothing_of_it_kept(fault: str, bad: Server, tmp_path: Path) -> None:
    with pytest.raises(OutsideError) as caught:
        open_service(f"{bad.root}/{fault}", tmp_path, lambda _: None).read_manifest()
    assert str(caught.value).startswith(bad.root)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500
    assert count_files(tmp_path) == 0


@pytest.mark.parametrize("fault", hostile.FAULTS)
def test_a_fault_in_place_of_candidates_is_told_too(fault: str, bad: Server, tmp_path: Path) -> None:
    opened = open_service(f"{bad.root}/late/{fault}", tmp_path, lambda _: None)
    opened.read_manifest()
    with pytest.raises(OutsideError):
        find(opened, "Klara Voss")
    assert count_files(tmp_path) == 0


@pytest.mark.parametrize("fault", hostile.FAULTS)
def test_a_fault_in_place_of_values_is_told_too(fault: str, bad: Server, tmp_path: Path) -> None:
    opened = open_service(f"{bad.root}/extend/{fault}", tmp_path, lambda _: None)
    with pytest.raises(OutsideError):
        opened.extend(["Q1"], ["Len"], 10)
    assert count_files(tmp_path) == 0


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("html", "a web page, perhaps for a login"),
        ("deep", "nested too deep"),
        ("flood", "more than 8 MiB"),
        ("bomb", "more than 8 MiB"),
        ("hang", r"gives no whole answer within 0.4 s \(2 times\)"),
        ("drip", "gives no whole answer"),
        ("drip-headers", "gives no whole answer"),
        ("empty-members", "gives no whole answer"),
        ("loop", "redirects more than 5 times"),
        ("to-a-file", "redirects to file:///etc/passwd"),
        ("to-another-host", "give its new address with --service"),
        ("away-for-a-day", "stay away for 86400 s"),
        ("maxlag", r"is busy \(maxlag\) \(3 times\)"),
        ("login", "without a login"),
        ("error", "reports an error: it broke"),
        ("status-error", "reports an error: invalid query"),
        ("other-version", r"speaks versions \['1.0-draft'\]"),
    ],
)
def test_the_words_say_what_was_wrong(fault: str, words: str, bad: Server, tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=words):
        open_service(f"{bad.root}/{fault}", tmp_path, lambda _: None).read_manifest()


def test_the_line_to_what_gives_nothing_without_end_is_cut(bad: Server, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with pytest.raises(OutsideError):
        open_service(f"{bad.root}/empty-members", tmp_path, lambda _: None).read_manifest()
    deadline = time.monotonic() + 20
    while any(type(thread).__name__ == "_Attempt" for thread in set(threading.enumerate()) - before):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_no_other_host_is_asked_after_a_redirect(tmp_path: Path) -> None:
    with (
        run(service.answer) as elsewhere,
        run(lambda handler, _: send(handler, b"", 302, location=elsewhere.root)) as moved,
    ):
        with pytest.raises(OutsideError, match="is elsewhere"):
            open_service(moved.root, tmp_path).read_manifest()
        assert elsewhere.log == []


def test_a_redirect_on_the_same_host_is_followed_form_and_all(tmp_path: Path) -> None:
    def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        if asked.path == "/new":
            service.answer(handler, asked)
        else:
            send(handler, b"", 308, location="/new")

    with run(answer) as server:
        assert find(open_service(f"{server.root}/old", tmp_path), "Klara Voss") == [["Q90000003"]]


def test_control_characters_of_a_service_do_not_reach_a_terminal(tmp_path: Path) -> None:
    named = {"id": "Q1", "name": "a\u001b[31mb\u202ec\u0000d", "score": 1, "description": "x\ny"}
    with run(lambda handler, _: send(handler, json.dumps({"q0": {"result": [named]}}).encode())) as server:
        answer = next(open_service(server.root, tmp_path).ask([Query("x")], 1, 1))
    assert (answer[0].name, answer[0].description) == ("a [31mb c d", "x y")


def test_nobody_at_the_address_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="cannot be reached"):
        open_service("http://127.0.0.1:9/", tmp_path, lambda _: None).read_manifest()
