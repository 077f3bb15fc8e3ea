"""The installed command, as people run it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATASET, TEXTS = ROOT / "tests" / "dataset", ROOT / "tests" / "texts"
KG = Path(sys.executable).with_name("kg")


def run(*words: str | Path, code: int = 0, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command, and hold it to its exit code and to words instead of a traceback."""
    done = subprocess.run([KG, *words], cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    assert "Traceback" not in done.stderr
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a build of the small dataset, made by the command."""
    out = tmp_path_factory.mktemp("e2e") / "build"
    run("build", "--data", DATASET, "--out", out)
    return out


def test_build_tells_what_it_made_and_its_hash(tmp_path: Path) -> None:
    told = run("build", "--data", DATASET, "--out", tmp_path / "b").stdout
    assert "2 texts, 32 assertions" in told
    assert "SHACL looked at" in told
    assert "RDFC-1.0 sha256 " in told


def test_two_builds_give_the_same_bytes(build: Path, tmp_path: Path) -> None:
    run("build", "--data", DATASET, "--out", tmp_path / "again")
    names = ["kg.nq", "build.json", *(f"graphs/{path.name}" for path in (build / "graphs").iterdir())]
    assert len(names) > 4
    assert all((build / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in names)


def test_faults_are_told_all_at_once_and_nothing_is_written(data: Path, tmp_path: Path) -> None:
    path = data / "persons.csv"
    path.write_text(path.read_text("utf-8").replace("petrus-anker,", "petrus_anker,"), "utf-8")
    done = run("build", "--data", data, "--out", tmp_path / "b", code=1)
    assert "persons.csv:6, column id" in done.stderr
    assert "chains/letters.csv:5, column speaker" in done.stderr
    assert not (tmp_path / "b").exists()


def test_validate_names_the_row(data: Path) -> None:
    path = data / "assertions" / "letters.csv"
    path.write_text(path.read_text("utf-8").replace("Jonas Brandt was secretary of the council.", "Secretary"), "utf-8")
    for engine in ("shacl", "pyshacl"):
        done = run("validate", "--data", data, "--engine", engine, code=1)
        assert "assertions/letters.csv:4: Tell the claim in one sentence" in done.stderr


def test_validate_speaks_json() -> None:
    told = json.loads(run("validate", "--data", DATASET, "--format", "json").stdout)
    assert told["problems"] == []
    assert "looked at" in told["looked"]


def test_verify_counts_every_passage() -> None:
    told = run("verify", "--data", DATASET, "--texts", TEXTS).stdout
    assert told.endswith("passages: 54 verified, 0 moved, 0 failed, 0 absent\n")


def test_verify_fails_on_one_changed_digit(tmp_path: Path) -> None:
    for path in TEXTS.iterdir():
        (tmp_path / path.name).write_text(path.read_text("utf-8").replace("14 votes", "15 votes"), "utf-8")
    done = run("verify", "--data", DATASET, "--texts", tmp_path, code=1)
    assert "failed: assertion/chronicle/00" in done.stdout


def test_verify_without_any_text_is_no_success(tmp_path: Path) -> None:
    run("verify", "--data", DATASET, "--texts", tmp_path, code=3)
    run("verify", "--data", DATASET, "--texts", tmp_path / "nowhere", code=3)


def test_cite_gives_what_a_row_needs() -> None:
    told = run("cite", "chronicle", "Of its 24 members", "--texts", TEXTS, "--data", DATASET).stdout.splitlines()
    row = next(csv.DictReader(told))
    stored = (DATASET / "assertions" / "chronicle.csv").read_text("utf-8")
    assert ",".join(row[name] for name in ("start", "end", "norm_start", "norm_end", "digest")) in stored


def test_cite_lists_every_place_and_refuses_what_stands_nowhere() -> None:
    told = run("cite", TEXTS / "letters.txt", "the", "--format", "json").stdout
    assert len(json.loads(told)) > 3
    assert "does not stand" in run("cite", TEXTS / "letters.txt", "the sun", code=1).stderr


def test_cite_turns_a_draft_into_rows(tmp_path: Path) -> None:
    draft = tmp_path / "draft.jsonl"
    draft.write_text(json.dumps({"phrase": "Fifty houses", "voice": "002", "property": "numbered", "date": "1801"}))
    words = ("cite", "letters", "--texts", TEXTS, "--data", DATASET, "--curator", "A. B.", "--day", "2026-01-31")
    row = next(csv.DictReader(run(*words, "--draft", draft).stdout.splitlines()))
    assert (row["id"], row["voice"], row["calendar"], row["curated"]) == ("0001", "002", "gregorian", "2026-01-31")
    draft.write_text(
        '{"name": "Anker", "entity": "person/petrus-anker"}\n{"voice": "009", "speaker": "person/ferryman"}'
    )
    named = next(csv.DictReader(run(*words, "--draft", draft, "--rows", "names").stdout.splitlines()))
    assert (named["text"], named["id"], named["form"]) == ("letters", "0001", "Anker")
    assert run(*words, "--draft", draft, "--rows", "voices").stdout.splitlines()[1].startswith("009,person/ferryman")
    assert "cannot be read" in run(*words, "--draft", tmp_path / "none", code=3).stderr
    draft.write_text("{}\nnot json\n")
    told = run(*words, "--draft", draft, code=1).stderr
    assert "draft.jsonl:1" in told
    assert "draft.jsonl:2" in told


def test_dates_explains_itself() -> None:
    told = run("dates", "1917-10-25", "--calendar", "julian").stdout
    assert "1917-11-07" in told
    assert "Wednesday" in told
    assert "13 days" in told
    assert run("dates", "1918-02-05", "--calendar", "civil", code=2).stderr.startswith("kg: ")


def test_a_question_is_asked_by_name_or_by_file(build: Path, tmp_path: Path) -> None:
    told = run("query", "votes/tallies", "--build", build, "--format", "csv").stdout
    assert len(told.splitlines()) == 3
    own = tmp_path / "own.rq"
    own.write_text(
        "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s a <https://w3id.org/kg-claims/ontology#Assertion> } }"
    )
    assert run("query", own, "--build", build, "--format", "csv").stdout == "n\n32\n"


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-question",),
        ("provenance/chain",),
        ("provenance/chain", "--assertion"),
        ("provenance/chain", "--nobody", "x"),
        ("provenance/chain", "assertion/chronicle/0001"),
        ("provenance/chain", "--assertion", "<>"),
    ],
)
def test_a_question_wrongly_asked_is_told_in_words(build: Path, words: tuple[str, ...]) -> None:
    assert run("query", *words, "--build", build, code=2).stderr.startswith("kg: ")


def test_a_build_that_is_not_there_is_told(tmp_path: Path) -> None:
    for words in (("query", "texts/inventory"), ("export", "entities"), ("export", "trig")):
        assert "make one with `kg build`" in run(*words, "--build", tmp_path / "none", code=3).stderr


def test_an_export_is_written_whole(build: Path, tmp_path: Path) -> None:
    out = tmp_path / "assertions.csv"
    run("export", "assertions", "--build", build, "--out", out)
    assert out.read_text("utf-8") == run("export", "assertions", "--build", build).stdout
    assert len(list(csv.DictReader(out.read_text("utf-8").splitlines()))) == 32
    run("export", "assertions", "--build", build, "--out", tmp_path / "no" / "where.csv", code=3)


def test_stats_prints_the_card() -> None:
    told = json.loads(run("stats", "--data", DATASET, "--format", "json").stdout)
    assert told["Entities by kind"][0] == {"kind": "person", "count": 5}


def test_kg_works_from_any_folder_with_what_came_with_it(tmp_path: Path) -> None:
    assert "persons/said" in run("queries", cwd=tmp_path).stdout
    assert "1917-11-07" in run("dates", "1917-10-25", "--calendar", "civil", cwd=tmp_path).stdout


def test_a_missing_data_folder_and_a_wrong_command_are_told(tmp_path: Path) -> None:
    run("build", "--data", tmp_path, "--out", tmp_path / "b", code=3)
    run("bild", code=2)
    run("dates", code=2)


def test_output_into_a_closed_pipe_ends_quietly(build: Path) -> None:
    command = f"{KG} export assertions --build {build} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True, env=os.environ)  # noqa: S602
    assert done.stdout.startswith("id,text")
    assert "Traceback" not in done.stderr
