"""What follows from cells: chains with their depth and endorsement, dates in both calendars, bounds of numbers."""

from datetime import date
from itertools import product

import polars as pl
import pytest
from conftest import DATASET

from kg.dates import Day, Reform
from kg.derivation import DERIVED, derive_bounds, derive_chains, derive_dates, derive_standing
from kg.description import read_description
from kg.errors import Place, Problem
from kg.model import Corpus

TABLE = read_description(DATASET)["chains/letters"]
STANCES = ("affirms", "reports", "doubts", "denies")
RUSSIA = Reform(Day(1918, 1, 31), Day(1918, 2, 14))

Voice = tuple[str | None, str | None, str | None, str | None]


def chain(*voices: Voice) -> tuple[pl.DataFrame, list[Problem]]:
    """Derive the chains of voices given as id, speaker, quoted_by and stance; the first stands on line 2."""
    schema = dict.fromkeys(("id", "speaker", "quoted_by", "stance"), pl.String)
    frame = pl.DataFrame(voices, schema, orient="row").with_row_index("line", 2)
    return derive_chains(frame, TABLE, {"person/a": "Ada", "person/b": "Bo", "person/c": "Cy"})


def derived(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    """Give what was derived of chains, by id."""
    return frame.sort("id").select("id", "chain", "depth", "endorsement").rows()


def read_dates(*cells: tuple[str | None, str | None], reform: Reform | None = RUSSIA) -> pl.DataFrame:
    """Derive dates that have no fault from cells of date and calendar."""
    frame, problems = derive_dates(_dated(*cells), TABLE, reform)
    assert problems == []
    return frame


def _dated(*cells: tuple[str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(cells, {"date": pl.String, "calendar": pl.String}, orient="row").with_row_index("line", 2)


def number_of(day: str) -> int:
    """Give the Julian Day Number of a Gregorian day, as the standard library counts."""
    return date.fromisoformat(day).toordinal() + 1_721_425


# ---- Chains ----


def test_a_chain_is_told_outermost_first_with_its_depth() -> None:
    frame, problems = chain(
        ("001", "person/a", None, "affirms"),
        ("002", "person/b", "001", "affirms"),
        ("003", "person/c", "002", "affirms"),
    )
    assert problems == []
    assert derived(frame) == [
        ("001", "Ada", 1, "affirms"),
        ("002", "Ada <- Bo", 2, "affirms"),
        ("003", "Ada <- Bo <- Cy", 3, "affirms"),
    ]


def test_the_order_of_the_rows_does_not_change_a_chain() -> None:
    voices: list[Voice] = [("001", "person/c", "002", "affirms"), ("002", "person/b", "003", "doubts")]
    frame, _ = chain(*voices, ("003", "person/a", None, "affirms"))
    assert frame["id"].to_list() == ["001", "002", "003"]
    assert derived(frame)[0] == ("001", "Ada <- Bo <- Cy", 3, "doubts")


def test_the_chains_of_the_small_dataset_are_those_of_its_accounts(corpus: Corpus) -> None:
    assert derived(corpus.frames["chains/chronicle"]) == [
        ("001", "Petrus Anker", 1, "affirms"),
        ("002", "Petrus Anker <- Klara Voss", 2, "reports"),
        ("003", "Petrus Anker <- Klara Voss <- Ferryman of Veldhaven", 3, "reports"),
        ("004", "Petrus Anker <- Jonas Brandt", 2, "doubts"),
        ("005", "Mira Holt", 1, "affirms"),
    ]


@pytest.mark.parametrize(("outer", "inner", "own"), [*product(STANCES, repeat=3)])
def test_no_endorsement_is_inherited_in_silence(outer: str, inner: str, own: str) -> None:
    chains, _ = chain(
        ("001", "person/a", None, "affirms"),
        ("002", "person/b", "001", outer),
        ("003", "person/c", "002", inner),
    )
    endorsement = outer if outer != "affirms" else inner
    assert chains["endorsement"].to_list() == ["affirms", outer, endorsement]
    claims = derive_standing(pl.DataFrame({"voice": ["003", "001"], "stance": [own, own]}), chains)
    assert claims["standing"].to_list() == [own if own != "affirms" else endorsement, own]


def test_the_standing_of_a_claim_comes_with_the_chain_of_its_voice(corpus: Corpus) -> None:
    claims = corpus.frames["assertions/chronicle"].select("id", "chain", "standing").rows_by_key("id", unique=True)
    assert claims["0020"] == ("Petrus Anker <- Klara Voss", "reports")
    assert claims["0021"] == ("Petrus Anker <- Jonas Brandt", "denies")
    assert claims["0022"] == ("Petrus Anker", "doubts")
    assert claims["0001"] == ("Mira Holt", "affirms")


@pytest.mark.parametrize("length", [1, 2, 3, 5000])
def test_every_voice_of_a_circle_is_told_whatever_its_length(length: int) -> None:
    circle: list[Voice] = [(f"{n}", "person/a", f"{(n + 1) % length}", "affirms") for n in range(length)]
    frame, problems = chain(*circle, ("x", "person/a", None, "affirms"))
    assert [problem.place for problem in problems] == [
        Place("chains/letters.csv", n + 2, "quoted_by") for n in range(length)
    ]
    assert {(problem.rule, problem.message) for problem in problems} == {
        ("cycle", "is quoted in a circle; a chain must end in an author of the text")
    }
    assert frame.drop_nulls("chain")["id"].to_list() == ["x"]


def test_a_voice_quoted_by_a_circle_is_told_as_well_since_its_chain_has_no_end() -> None:
    _, problems = chain(("001", "person/a", "002", "affirms"), ("002", "person/b", "002", "affirms"))
    assert [problem.place.line for problem in problems] == [2, 3]


def test_a_chain_of_a_thousand_voices_is_followed_to_its_end() -> None:
    voices: list[Voice] = [(f"{n:04}", "person/a", f"{n - 1:04}" if n else None, "affirms") for n in range(1000)]
    frame, problems = chain(*reversed(voices))
    assert problems == []
    assert frame["depth"].to_list() == list(range(1000, 0, -1))


def test_cells_that_are_missing_spoil_no_other_chain() -> None:
    frame, problems = chain(
        (None, None, None, None),
        ("001", None, None, None),
        ("002", "person/b", "001", "affirms"),
        ("003", "person/z", "999", "affirms"),
    )
    assert problems == []
    assert [row[:3] for row in derived(frame)[1:]] == [
        ("001", "", 1),
        ("002", " <- Bo", 2),
        ("003", "person/z", 1),
    ]


# ---- Dates ----


def test_a_date_is_given_in_both_calendars_with_its_day_number() -> None:
    frame = read_dates(("1801-03-03", "julian"), ("1801-03-15", "gregorian"))
    number = number_of("1801-03-15")
    day = ("1801-03-03", "1801-03-15", number, number, "1801-03-15", "1801-03-15")
    columns = ("date_julian", "date_gregorian", "earliest_day", "latest_day", "earliest", "latest")
    assert frame.select(columns).rows() == [day, day]


def test_a_month_runs_from_its_first_to_its_last_day() -> None:
    frame = read_dates(("1801-03", "julian"))
    assert frame.select("date_julian", "date_gregorian", "earliest", "latest").row(0) == (
        "1801-03",
        "1801-03-13/1801-04-12",
        "1801-03-13",
        "1801-04-12",
    )


def test_an_unknown_calendar_is_both_readings() -> None:
    frame = read_dates(("1801-03-03", "unknown"))
    assert frame.select("earliest", "latest").row(0) == ("1801-03-03", "1801-03-15")


def test_the_civil_calendar_changes_on_the_day_of_the_reform() -> None:
    frame = read_dates(("1918-01-31", "civil"), ("1918-02-14", "civil"))
    assert frame["date_gregorian"].to_list() == ["1918-02-13", "1918-02-14"]


def test_an_open_end_has_no_day() -> None:
    frame = read_dates(("1801-03-03/..", "gregorian"), ("../1801-03-03", "gregorian"))
    assert frame.select("earliest", "latest").rows() == [("1801-03-03", None), (None, "1801-03-03")]


@pytest.mark.parametrize("text", ["Y20000", "-0044", "0000"])
def test_a_year_that_xsd_date_cannot_tell_has_its_day_number_alone(text: str) -> None:
    frame = read_dates((text, "gregorian"))
    assert frame.select("earliest", "latest").row(0) == (None, None)
    assert None not in frame.select("earliest_day", "latest_day").row(0)


def test_a_row_without_date_or_calendar_has_no_derived_day() -> None:
    frame = read_dates((None, None), ("1801", None), (None, "julian"))
    assert frame.height == 3
    assert frame.select("date_julian", "earliest_day").null_count().row(0) == (3, 3)


def test_a_date_at_fault_is_told_on_every_line_and_the_others_are_read() -> None:
    frame, problems = derive_dates(
        _dated(("1801-02-30", "julian"), ("1801", "julian"), ("1801-02-30", "julian"), ("1900-02-29", "gregorian")),
        TABLE,
        None,
    )
    assert [problem.place for problem in problems] == [Place(TABLE.url, line, "date") for line in (2, 4, 5)]
    assert {problem.rule for problem in problems} == {"date"}
    assert frame["date_julian"].to_list() == [None, "1801", None, None]


def test_a_civil_date_without_a_reform_is_told() -> None:
    _, problems = derive_dates(_dated(("1801", "civil")), TABLE, None)
    assert "the civil calendar needs the days of its reform" in problems[0].message


# ---- Numbers ----


def test_numbers_get_bounds_where_the_property_has_numbers() -> None:
    values = ["24", "~300", "300/500", "40/..", "../0.25", "0.000000001", None, "24"]
    frame = pl.DataFrame({"property": [*["numbered"] * 7, "named"], "value": values}).with_row_index("line", 2)
    frame, problems = derive_bounds(frame, TABLE, ["numbered", "share"])
    assert problems == []
    assert frame.select("minimum", "maximum").rows() == [
        ("24", "24"),
        ("300", "300"),
        ("300", "500"),
        ("40", None),
        (None, "0.25"),
        ("0.000000001", "0.000000001"),
        (None, None),
        (None, None),
    ]


def test_a_number_at_fault_is_told_on_every_line_and_only_where_a_number_is_asked_for() -> None:
    frame = pl.DataFrame({"property": ["numbered", "named", "numbered"], "value": ["many"] * 3})
    frame, problems = derive_bounds(frame.with_row_index("line", 2), TABLE, ["numbered"])
    assert [problem.place for problem in problems] == [Place(TABLE.url, 2, "value"), Place(TABLE.url, 4, "value")]
    assert problems[0].message == "'many' is not a number; write it as 650, 0.75, ~300, 300/500, 40000/.. or ../0.25"
    assert frame.height == 3


def test_the_derived_columns_of_a_corpus_are_those_that_are_declared(corpus: Corpus) -> None:
    tables = read_description(DATASET)
    found = {name: set(frame.columns) - set(tables[name].header) - {"line"} for name, frame in corpus.frames.items()}
    assert set().union(*found.values()) == DERIVED
    assert {name.partition("/")[0] for name, derived in found.items() if derived} == {"assertions", "chains"}
