"""What went wrong is told with its place."""

import json

import pytest

from kg.errors import KgError, OutsideError, UsageError
from kg.store import load_graphs
from kg.web.limits import Limits
from kg.web.problems import STATUSES, TITLES, QueryError, TooLargeError, check_reply
from kg.web.workers import Reply


@pytest.mark.parametrize(
    ("query", "place", "pointed"),
    [
        ("ASK {", (1, 6), "ASK {\n     ^"),
        ("SELECT ?x\nWHERE {\n  ?x ?y\n}", (4, 2), "}\n ^"),
        ("", (1, 1), "\n^"),
    ],
)
def test_a_query_that_is_none_is_told_with_line_column_and_a_caret(
    query: str, place: tuple[int, int], pointed: str
) -> None:
    with pytest.raises(UsageError) as refused:
        load_graphs({}).query(query)
    detail = str(refused.value).removeprefix("the query is not valid SPARQL: ")
    told = QueryError(detail, query)
    assert (told.place["line"], told.place["column"]) == place
    assert told.place["excerpt"] == pointed
    assert f"line {place[0]}, column {place[1]}" in str(told)
    assert ".." not in str(told)


def test_a_long_line_is_told_only_around_the_place() -> None:
    told = QueryError("error at 1:5000: expected x", "x" * 9000)
    line, caret = told.place["excerpt"].split("\n")
    assert len(line) == 120
    assert caret.index("^") == 60


def test_a_detail_without_a_place_is_told_as_it_is() -> None:
    assert str(QueryError("something", "ASK")) == "this is not valid SPARQL: something"


@pytest.mark.parametrize(
    ("outcome", "error"),
    [("malformed", QueryError), ("refused", UsageError), ("large", TooLargeError), ("failed", OutsideError)],
)
def test_each_outcome_of_a_worker_is_an_error_of_its_own(outcome: str, error: type[KgError]) -> None:
    with pytest.raises(error):
        check_reply(Reply(outcome, detail="because"), "ASK {}", Limits())
    check_reply(Reply("answered", b"{}"), "ASK {}", Limits())


def test_every_status_has_a_title() -> None:
    assert {status for _, status in STATUSES} <= set(TITLES)
    assert json.dumps(TITLES)
