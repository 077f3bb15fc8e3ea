"""The commands of source criticism on a build of the small dataset, as people run them."""

import json
from pathlib import Path

import pytest
from test_commands import DATASET, TEXTS, run


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a build of the small dataset, made by the command."""
    out = tmp_path_factory.mktemp("criticising") / "build"
    run("build", "--data", DATASET, "--out", out)
    return out


def ask(build: Path, *words: str, code: int = 0) -> str:
    """Ask, and give what stands on standard output, or on standard error where it must fail."""
    done = run("ask", *words, "--build", build, code=code)
    return done.stderr if code else done.stdout


def test_a_claim_rests_on_its_witnesses_and_the_reason_is_told(build: Path) -> None:
    told = ask(build, "rests-on", "assertion/chronicle/0005")
    assert "claims 2, independent witnesses 1-2" in told
    assert "Petrus Anker: one witness; how it is known is not said, so it may come from another of these" in told
    assert "Klara Voss: one witness\n" in told


def test_what_a_text_denies_rests_on_nobody(build: Path) -> None:
    assert "no witness" in ask(build, "rests-on", "assertion/letters/0002")


def test_distrust_tells_what_falls_weakens_rises_and_vanishes(build: Path) -> None:
    told = ask(build, "distrust", "text/letters", "--most", "1")
    assert "falls out of the consensus\n" in told
    assert "testimony/chronicle/0005  The dyke broke on 3 March 1801, Old Style. (1-2 to 1)" in told
    assert "2 enters the consensus" in told
    assert "    and 1 more\n" in told


def test_distrust_speaks_json(build: Path) -> None:
    told = json.loads(ask(build, "distrust", "person/klara-voss", "--format", "json"))
    assert set(told) == {"falls", "weakens", "rises", "vanishes"}
    assert all(told.values())


def test_silence_and_denial_are_different_answers(build: Path) -> None:
    told = ask(build, "silent", "person/jonas-brandt", "heldOffice", "body/council", "--format", "csv")
    assert [line.split(",")[-4] for line in told.splitlines()[1:]] == ["says", "denies", "says"]
    silent = ask(build, "silent", "event/flood", "occurredAt", "--format", "csv")
    assert [line.split(",")[-4] for line in silent.splitlines()[1:]] == ["says", "silent"]


def test_words_fill_the_parameters_in_their_order_and_by_name(build: Path) -> None:
    by_place = ask(build, "who-says", "event/flood", "numbered", "--format", "csv")
    by_name = ask(build, "who-says", "--subject", "event/flood", "--property", "numbered", "--format", "csv")
    assert by_place == by_name
    assert len(by_place.splitlines()) > 1


def test_disagreement_is_asked_by_its_everyday_name(build: Path) -> None:
    assert "contradiction" in ask(build, "disagree", "body/council")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rests-on", "assertion/chronicle/9999"), "there is no assertion/chronicle/9999 in this build"),
        (("who-says", "person/jonas-brand", "memberOf"), "near to it are person/jonas-brandt"),
        (("distrust",), "give one TEXT|SPEAKER"),
        (("nonsense",), "there is no saved question 'nonsense'"),
        (("chain", "assertion/chronicle/0001", "more"), "chain takes no more than assertion"),
    ],
)
def test_wrong_use_is_told_in_words(words: tuple[str, ...], told: str, build: Path) -> None:
    assert told in ask(build, *words, code=2)


def test_explain_puts_all_about_a_claim_on_one_page(build: Path) -> None:
    told = run("explain", "assertion/chronicle/0005", "--build", build, "--texts", TEXTS).stdout
    for part in (
        "Flood of Veldhaven: occurred on",
        "Old Style 1801-03-03, New Style 1801-03-15",
        "voice 1    Petrus Anker: authored",
        "calendar-only: assertion/letters/0001",
        "independent witnesses 1-2",
        "verified",
        ">>>",
    ):
        assert part in told


def test_explain_speaks_json(build: Path) -> None:
    told = json.loads(run("explain", "assertion/chronicle/0019", "--build", build, "--format", "json").stdout)
    assert [voice["depth"] for voice in told["chain"]] == ["1", "2", "3"]
    assert {"gist", "compared", "rests_on", "julian", "gregorian"} <= set(told)


def test_explain_shows_no_passage_that_has_changed(build: Path, tmp_path: Path) -> None:
    for path in TEXTS.iterdir():
        (tmp_path / path.name).write_text(path.read_text("utf-8").replace("March", "April"), "utf-8")
    words = ("explain", "assertion/chronicle/0005", "--build", build, "--texts", tmp_path)
    assert "does not stand in this copy" in run(*words, code=3).stderr


def test_explain_wants_an_assertion(build: Path) -> None:
    assert "is no assertion" in run("explain", "person/jonas-brandt", "--build", build, code=2).stderr


def test_conflicts_are_listed_narrowed_and_explained(build: Path) -> None:
    whole = run("conflicts", "--build", build)
    assert "7 pairs: 1 compatible, 1 calendar-only" in whole.stderr
    wanted = run("conflicts", "--build", build, "--type", "contradiction", "--about", "body/council").stdout
    assert wanted.count("contradiction: ") == 2
    told = run("conflicts", "--build", build, "--explain", "comparison/chronicle/0010/letters/0004").stdout
    assert "They cannot both be true." in told
    assert "The question has one true answer" in told
    assert "assertion/letters/0004\n" in told
    missing = run("conflicts", "--build", build, "--explain", "comparison/none", code=2)
    assert "there is no comparison/none" in missing.stderr


def test_two_texts_are_set_side_by_side(build: Path) -> None:
    told = run("diff", "chronicle", "letters", "--build", build).stdout
    assert "calendar-only: 1\n" in told
    assert "only in text/chronicle, of what both speak of: " in told
    both = json.loads(run("diff", "chronicle", "letters", "--build", build, "--format", "json").stdout)
    assert set(both["only"]) == {"text/chronicle", "text/letters"}
    assert "are the same" in run("diff", "letters", "letters", "--build", build, code=2).stderr
    assert "there is no text/none" in run("diff", "letters", "none", "--build", build, code=2).stderr
