"""Claims on one question are compared, and the kind of their disagreement is told."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.checks import read_corpus
from kg.criticism import TYPES, compare_claims
from kg.dates import GREGORIAN, JULIAN, from_number, read_date
from kg.layout import find_folder
from kg.model import Corpus

FLOOD = {"subject": "event/flood", "property": "occurredOn"}
COUNT = {"subject": "body/council", "property": "numbered", "unit": "members"}
OFFICE = {"subject": "person/jonas-brandt", "property": "heldOffice", "object": "body/council", "role": "chairman"}
BORN = {"subject": "person/jonas-brandt", "property": "bornIn"}

Row = dict[str, Any]
Compare = Callable[..., list[tuple[str, str]]]


def on(text: str, calendar: str = JULIAN) -> Row:
    """Give the columns of a date as they are derived."""
    date = read_date(text, calendar)
    return {"date": text, "calendar": calendar, "earliest_day": date.earliest, "latest_day": date.latest}


def many(number: int, upper: int | None = None) -> Row:
    """Give the columns of a number or interval as they are derived."""
    return {"value": str(number), "minimum": str(number), "maximum": str(upper or number)}


def with_claims(corpus: Corpus, one: list[Row], other: list[Row]) -> Corpus:
    """Give the small dataset with other claims in its two texts."""
    frames = dict(corpus.frames)
    for name, rows in (("assertions/chronicle", one), ("assertions/letters", other)):
        numbered = [{"id": f"{n:04}", "standing": "affirms"} | row for n, row in enumerate(rows, 1)]
        frames[name] = pl.DataFrame(numbered, schema=frames[name].schema)
    return replace(corpus, frames=frames)


@cache
def read_small() -> Corpus:
    """Give the small dataset; a fixture would stand in every example that Hypothesis prints."""
    return read_corpus(Path(__file__).parents[1] / "dataset", find_folder("ontology"))


def types_between(one: list[Row], other: list[Row]) -> list[str]:
    """Give the types of all pairs of the claims of two texts, sorted."""
    types: list[str] = compare_claims(with_claims(read_small(), one, other))["type"].sort().to_list()
    return types


@pytest.fixture(scope="session")
def compare(corpus: Corpus) -> Compare:
    """Give the types and rules of the pairs that some claims, one a text, make."""

    def types_of(*rows: Row) -> list[tuple[str, str]]:
        pairs = compare_claims(with_claims(corpus, list(rows[:1]), list(rows[1:])))
        return list(pairs.select("type", "rule").iter_rows())

    return types_of


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (FLOOD | on("1801-03-03"), FLOOD | on("1801-03-03"), "same"),
        (FLOOD | on("1801-03-03"), FLOOD | on("1801-03-15", GREGORIAN), "calendar-only"),
        (FLOOD | on("1801-03-03"), FLOOD | on("1801-03-03", GREGORIAN), "calendar-only"),
        (FLOOD | on("1801-03-03"), FLOOD | on("1801-03"), "compatible"),
        (FLOOD | on("1801-03-03"), FLOOD | on("1801-03-04"), "contradiction"),
        (FLOOD | on("1801-03-03"), FLOOD | on("1801-03-04") | {"standing": "reports"}, "reported"),
        (FLOOD | on("1801-03-03"), FLOOD | on("1801-03-04") | {"standing": "doubts"}, "cannot-tell"),
        (FLOOD | on("1801-03-03"), FLOOD | on("1801-03-04") | {"standing": "denies"}, "compatible"),
        (FLOOD | on("1801-03-03"), FLOOD | on("1801-03-03") | {"standing": "denies"}, "contradiction"),
        (COUNT | many(24), COUNT | many(24), "same"),
        (COUNT | many(24), COUNT | many(20, 30), "compatible"),
        (COUNT | many(24), COUNT | many(26), "contradiction"),
        (COUNT | many(24) | {"phase": "opening"}, COUNT | many(26) | {"phase": "close"}, "different-scope"),
        (COUNT | many(24) | {"phase": "opening"}, COUNT | many(26), "cannot-tell"),
        (COUNT | many(24) | on("1801"), COUNT | many(26) | on("1805"), "different-scope"),
        (OFFICE, OFFICE, "same"),
        (OFFICE, OFFICE | {"standing": "denies"}, "contradiction"),
        (OFFICE | {"standing": "denies"}, OFFICE | {"standing": "denies"}, "same"),
        (OFFICE | on("1801"), OFFICE | on("1809") | {"standing": "denies"}, "different-scope"),
        (BORN | {"object": "place/guildhall"}, BORN | {"object": "place/veldhaven"}, "compatible"),
    ],
)
def test_a_pair_has_its_type(compare: Compare, one: Row, other: Row, expected: str) -> None:
    assert [found for found, _ in compare(one, other)] == [expected]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (COUNT | many(24), COUNT | many(15) | {"part": "party/dykers"}),
        (COUNT | many(24), COUNT | many(24) | {"unit": "votes"}),
        (OFFICE, OFFICE | {"role": "secretary"}),
        (OFFICE, OFFICE | {"object": "place/veldhaven"}),
        ({"subject": "event/flood", "property": "judged"}, {"subject": "event/flood", "property": "judged"}),
    ],
)
def test_claims_on_different_questions_make_no_pair(compare: Compare, one: Row, other: Row) -> None:
    assert compare(one, other) == []


@given(st.integers(2300000, 2430000), st.sampled_from([JULIAN, GREGORIAN]))
def test_converting_a_calendar_never_makes_a_contradiction(day: int, calendar: str) -> None:
    one = FLOOD | on(str(from_number(day, JULIAN)), JULIAN)
    other = FLOOD | on(str(from_number(day, calendar)), calendar)
    assert types_between([one], [other]) in (["same"], ["calendar-only"])


CLAIMS = st.lists(
    st.builds(
        lambda day, standing: FLOOD | on(f"1801-03-{day:02}") | {"standing": standing},
        st.integers(1, 4),
        st.sampled_from(["affirms", "denies", "doubts", "reports"]),
    )
    | st.builds(lambda low, more: COUNT | many(low, low + more), st.integers(1, 4), st.integers(0, 2)),
    min_size=2,
    max_size=6,
)


@given(CLAIMS, CLAIMS)
def test_exchanging_the_texts_changes_no_type(one: list[Row], other: list[Row]) -> None:
    assert types_between(one, other) == types_between(other, one)
    assert set(types_between(one, other)) <= set(TYPES)


@given(CLAIMS)
def test_splitting_a_text_in_two_changes_no_type(claims: list[Row]) -> None:
    assert types_between(claims, []) == types_between(claims[:1], claims[1:])


@given(CLAIMS)
def test_an_agreeing_claim_makes_no_contradiction_where_there_was_none(claims: list[Row]) -> None:
    if "contradiction" not in types_between(claims, []):
        assert "contradiction" not in types_between(claims, claims[:1])


def test_the_small_dataset_disagrees_as_it_was_written_to(corpus: Corpus) -> None:
    found = compare_claims(corpus)
    assert dict(found["type"].value_counts().iter_rows()) == {
        "calendar-only": 1,
        "contradiction": 3,
        "reported": 2,
        "compatible": 1,
    }
