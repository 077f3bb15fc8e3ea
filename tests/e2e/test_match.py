"""The commands for matches, really run: against a service in order, a hostile one, kills, and back again."""

import csv
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from conftest import DATASET
from loopback import hostile, service
from loopback.running import Asked, Server, run

from kg.checks import read_corpus
from kg.layout import find_folder

KG = Path(sys.executable).with_name("kg")
ITEM = "http://www.wikidata.org/entity/"


@pytest.fixture(scope="module")
def facts() -> Iterator[Server]:
    """Give a service that runs and is in order."""
    with run(service.answer) as server:
        yield server


@pytest.fixture(scope="module")
def bad() -> Iterator[Server]:
    """Give a server with every fault."""
    with hostile.run_hostile() as server:
        yield server


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Give a folder with a copy of the small dataset."""
    shutil.copytree(DATASET, tmp_path / "data")
    return tmp_path


def kg(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder."""
    environment = os.environ | {"XDG_CACHE_HOME": str(place / "cache")}
    command = [str(KG), *words]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=120, check=False)


def match(place: Path, server: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `kg match` against a server."""
    return kg(place, "match", "--service", server, "--pause", "0", *words)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def judge_row(path: Path, **judgements: str) -> None:
    """Judge rows of the proposals, by the last part of their objects."""
    rows = read_rows(path)
    for row in rows:
        row["judgement"] = judgements.get(row["object"].rpartition("/")[2], row["judgement"])
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_build(place: Path) -> dict[str, bytes]:
    """Build, and give every file of the graph."""
    done = kg(place, "build")
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in sorted((place / "build" / "graphs").iterdir())}


# ---- The way of a match ----


def test_a_match_goes_from_proposal_to_build_and_back_to_the_byte(facts: Server, place: Path) -> None:
    matches, proposals = place / "data" / "matches.csv", place / "proposals.csv"
    table, before = matches.read_bytes(), read_build(place)

    asked = match(place, facts.root, "--contact", "ada@example.org")
    assert asked.returncode == 0, asked.stderr
    assert "7 candidates for 6 entities in proposals.csv" not in asked.stderr
    assert matches.read_bytes() == table
    found = {(row["subject"], row["object"]): row for row in read_rows(proposals)}
    assert found["person/jonas-brandt", f"{ITEM}Q90000001"]["verdict"] == "found"
    assert found["person/jonas-brandt", f"{ITEM}Q90000002"]["score"] < "0.5"

    judge_row(proposals, Q90000001="same", Q90000002="different", Q90000004="unsure")
    accepted = kg(place, "match", "accept", "proposals.csv", "--author", "Ada", "--day", "2026-01-31")
    assert accepted.returncode == 0, accepted.stderr
    rows = read_rows(matches)
    assert matches.read_bytes().startswith(table)
    assert [(row["id"], row["subject"], row["judgement"], row["author"], row["judged"]) for row in rows[1:]] == [
        ("0002", "person/jonas-brandt", "same", "Ada", "2026-01-31"),
        ("0003", "person/jonas-brandt", "different", "Ada", "2026-01-31"),
        ("0004", "person/petrus-anker", "unsure", "Ada", "2026-01-31"),
    ]
    assert kg(place, "validate").returncode == 0
    after = read_build(place)
    assert after != before
    assert f"<{ITEM}Q90000001>".encode() in after["entities.ttl"]

    assert kg(place, "match", "accept", "proposals.csv", "--author", "Ada").stdout.startswith("no match is new")
    undone = kg(place, "match", "undo", "0003", "0002", "0004")
    assert undone.returncode == 0, undone.stderr
    assert matches.read_bytes() == table
    assert read_build(place) == before


def test_what_has_a_match_is_not_asked_for_and_what_was_judged_not_proposed(facts: Server, place: Path) -> None:
    match(place, facts.root, "--kind", "person")
    judge_row(place / "proposals.csv", Q90000001="same", Q90000004="different")
    assert kg(place, "match", "accept", "proposals.csv", "--author", "Ada").returncode == 0
    (place / "proposals.csv").unlink()
    match(place, facts.root, "--kind", "person", "--fresh")
    subjects = {row["subject"] for row in read_rows(place / "proposals.csv")}
    assert subjects == {"person/klara-voss"}
    again = match(place, facts.root, "--only", "person/jonas-brandt")
    assert (again.returncode, "--again" in again.stderr) == (2, True)
    assert match(place, facts.root, "--only", "person/jonas-brandt", "--again").returncode == 0


def test_asking_again_keeps_what_was_judged(facts: Server, place: Path) -> None:
    match(place, facts.root, "--kind", "person")
    judge_row(place / "proposals.csv", Q90000003="same")
    assert match(place, facts.root, "--fresh").returncode == 0
    rows = read_rows(place / "proposals.csv")
    assert [row["object"] for row in rows if row["judgement"]] == [f"{ITEM}Q90000003"]
    assert len({(row["subject"], row["object"]) for row in rows}) == len(rows)


def test_by_rule_nothing_is_accepted_unless_asked_for(facts: Server, place: Path) -> None:
    table = (place / "data" / "matches.csv").read_bytes()
    refused = match(place, facts.root, "--accept-above", "0.9")
    assert (refused.returncode, "needs --author" in refused.stderr) == (2, True)
    assert (place / "data" / "matches.csv").read_bytes() == table
    done = match(place, facts.root, "--kind", "person", "--accept-above", "0.9", "--author", "Ada")
    assert done.returncode == 0, done.stderr
    rows = read_rows(place / "data" / "matches.csv")[1:]
    assert [row["subject"] for row in rows] == ["person/jonas-brandt", "person/klara-voss", "person/petrus-anker"]
    assert all(row["justification"].startswith("semapv:LexicalSimilarityThresholdMatching") for row in rows)


def test_proposals_stand_beside_the_data_wherever_one_is(facts: Server, place: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = match(elsewhere, facts.root, "--data", str(place / "data"), "--format", "json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) == len(read_rows(place / "proposals.csv"))
    assert list(elsewhere.glob("*.csv")) == []


# ---- Names ----


def test_names_are_found_in_the_dataset(place: Path) -> None:
    done = kg(place, "match", "name", "Clara Voss", "Nobody", "--format", "json")
    told = json.loads(done.stdout)
    assert [(one["name"], one["verdict"]) for one in told] == [("Clara Voss", "found"), ("Nobody", "unknown")]
    assert told[0]["candidates"][0]["id"] == "person/klara-voss"
    assert told[0]["candidates"][0]["reasons"][0].keys() == {"text", "factor"}
    plain = kg(place, "match", "name", "Brandt")
    assert plain.stdout.splitlines()[0] == "Brandt: ambiguous"


def test_known_services_are_listed() -> None:
    done = subprocess.run([KG, "match", "services"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("wikidata: https://wikidata.reconci.link/en/api (")
    assert len(done.stdout.splitlines()) == 5


# ---- Wrong use, and data at fault ----


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--service", "nowhere"], "is no address of a service"),
        (["--service", "geonames"], "no service at a known address"),
        (["--service", "file:///etc/passwd"], "is no address of a service"),
        (["--only", "person/nobody"], "the dataset has no person/nobody"),
        (["--property", "P106"], "takes NAME=VALUE"),
        (["--contact", "ada\nX-Evil: 1"], "--contact takes"),
        (["--kind", "ship"], "not one of"),
        (["--batch", "0"], "not in the range"),
    ],
)
def test_wrong_use_is_told_before_anything_is_asked(words: list[str], told: str, facts: Server, place: Path) -> None:
    before = len(facts.log)
    done = match(place, facts.root, *words)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
    assert len(facts.log) - before <= (1 if "--only" in words else 0)
    assert not (place / "proposals.csv").exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("same,person/nobody,http://a.org/1", "is not there"),
        ("same,person/mira-holt,not an iri", "is not of the form"),
        ("perhaps,person/mira-holt,http://a.org/1", "no judgement"),
        ("same,place/veldhaven,http://www.wikidata.org/entity/Q1", "judged different"),
    ],
)
def test_a_judged_row_at_fault_changes_nothing(line: str, told: str, place: Path) -> None:
    table = (place / "data" / "matches.csv").read_bytes()
    (place / "p.csv").write_text(f"judgement,subject,object\nunsure,person/mira-holt,http://b.org/1\n{line}\n", "utf-8")
    done = kg(place, "match", "accept", "p.csv", "--author", "Ada")
    assert (done.returncode, told in done.stderr) == (1, True), done.stderr
    assert (place / "data" / "matches.csv").read_bytes() == table


def test_proposals_that_cannot_be_read_are_not_overwritten(facts: Server, place: Path) -> None:
    (place / "proposals.csv").write_text("my notes\n", "utf-8")
    before = len(facts.log)
    assert match(place, facts.root).returncode == 1
    assert (place / "proposals.csv").read_text("utf-8") == "my notes\n"
    assert len(facts.log) == before


def test_an_unknown_match_cannot_be_taken_back(place: Path) -> None:
    table = (place / "data" / "matches.csv").read_bytes()
    done = kg(place, "match", "undo", "0001", "0099")
    assert (done.returncode, "no match 0099" in done.stderr) == (2, True)
    assert (place / "data" / "matches.csv").read_bytes() == table


# ---- Faults of the service ----


LATE = ["garbage", "html", "cut-json", "nan", "deep", "bad-utf8", "surrogate", "maxlag", "busy", "hang", "cut", "bomb"]


@pytest.mark.parametrize("fault", [*LATE, "late/garbage", "late/no-id", "late/loop", "extend/html", "extend/flood"])
def test_a_fault_ends_with_three_and_writes_nothing(fault: str, bad: Server, place: Path) -> None:
    done = match(place, f"{bad.root}/{fault}", "--timeout", "2" if fault == "hang" else "30", "--tries", "2")
    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("kg: http://127.0.0.1")
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (place / "proposals.csv").exists()


def test_a_bomb_does_not_fill_the_memory(bad: Server, place: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (900 << 20, 900 << 20))

    command = [str(KG), "match", "--service", f"{bad.root}/late/bomb", "--pause", "0", "--cache", "cache"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, preexec_fn=limit, check=False)
    assert (done.returncode, "more than 8 MiB" in done.stderr) == (3, True), done.stderr


def test_after_a_failure_only_the_rest_is_asked(bad: Server, place: Path) -> None:
    address = f"{bad.root}/extend/unavailable"
    assert match(place, address, "--tries", "1").returncode == 3
    asked = sum("queries" in one.form for one in bad.log)
    assert match(place, address, "--tries", "1").returncode == 3
    assert sum("queries" in one.form for one in bad.log) == asked > 0


# ---- Kills ----


def test_whatever_is_killed_nothing_is_lost_and_nothing_doubled(place: Path) -> None:
    matches = place / "data" / "matches.csv"
    table = matches.read_bytes()
    rows = ["judgement,subject,object", *(f"unsure,person/mira-holt,http://a.org/{at}" for at in range(300))]
    (place / "p.csv").write_text("\n".join(rows) + "\n", "utf-8")
    whole = 0.0
    lots = random.Random(1)  # noqa: S311
    for at in range(12):
        begun = time.monotonic()
        process = subprocess.Popen(
            [KG, "match", "accept", "p.csv", "--author", "Ada", "--day", "2026-01-31"], cwd=place
        )
        if at:
            time.sleep(lots.uniform(0.3, 1.05) * whole)
            process.send_signal(signal.SIGKILL)
        process.wait(60)
        whole = whole or time.monotonic() - begun
        found = read_rows(matches)
        assert len(found) in (1, 301)
        assert len({row["id"] for row in found}) == len(found)
        assert read_corpus(place / "data", find_folder("ontology")).frames["matches"].height == len(found)
        matches.write_bytes(table)
    assert kg(place, "match", "accept", "p.csv", "--author", "Ada").returncode == 0
    assert len(read_rows(matches)) == 301
    assert [path.name for path in (place / "data").iterdir() if path.name.startswith(".")] == []


def test_a_run_that_was_killed_goes_on_where_it_stopped(place: Path) -> None:
    def slow(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        time.sleep(0.3 if asked.form else 0)
        service.answer(handler, asked)

    with run(slow) as server:
        environment = os.environ | {"XDG_CACHE_HOME": str(place / "cache")}
        command = [str(KG), "match", "--service", server.root, "--pause", "0", "--batch", "1"]
        process = subprocess.Popen(command, cwd=place, env=environment)
        while len(server.log) < 6:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        assert not (place / "proposals.csv").exists()
        first = [one.form["queries"] for one in server.log if "queries" in one.form]
        assert match(place, server.root, "--batch", "1").returncode == 0
        second = [one.form["queries"] for one in server.log if "queries" in one.form][len(first) :]
        assert set(first[:-1]).isdisjoint(second)
        assert second
        resumed = (place / "proposals.csv").read_bytes()
        (place / "proposals.csv").unlink()
        assert match(place, server.root, "--fresh").returncode == 0
        assert (place / "proposals.csv").read_bytes() == resumed


def test_two_at_once_do_not_lose_each_others_matches(place: Path) -> None:
    for name in ("a", "b"):
        (place / f"{name}.csv").write_text(
            f"judgement,subject,object\nsame,person/mira-holt,http://{name}.org/1\n", "utf-8"
        )
    commands = [[str(KG), "match", "accept", f"{name}.csv", "--author", "Ada"] for name in ("a", "b")]
    running = [subprocess.Popen(command, cwd=place, stderr=subprocess.PIPE, text=True) for command in commands]
    codes = []
    for process in running:
        process.communicate(timeout=60)
        codes.append(process.returncode)
    assert set(codes) <= {0, 2}
    assert len(read_rows(place / "data" / "matches.csv")) == 1 + codes.count(0)
