"""A problem tells its place, its rule and what to do; errors carry the exit code of the command."""

import pytest

from kg.errors import DataError, KgError, OutsideError, Place, Problem, UsageError


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (Place("persons.csv", 17, "born"), "persons.csv:17, column born"),
        (Place("persons.csv", 17), "persons.csv:17"),
        (Place("tables.json", 0, "id"), "tables.json, column id"),
        (Place("texts.csv"), "texts.csv"),
    ],
)
def test_a_place_tells_only_what_it_knows(place: Place, told: str) -> None:
    assert str(place) == told


def test_a_problem_tells_place_message_and_rule_in_one_line() -> None:
    problem = Problem(Place("persons.csv", 17, "born"), "date", "'yesterday' is no day")
    assert str(problem) == "persons.csv:17, column born: 'yesterday' is no day [date]"


def test_problems_are_told_in_the_order_of_files_lines_and_columns() -> None:
    places = [Place("b.csv", 2), Place("a.csv", 10, "x"), Place("a.csv", 9, "y"), Place("a.csv", 9, "x")]
    error = DataError(Problem(place, "rule", "message") for place in places)
    assert [problem.place for problem in error.problems] == [
        Place("a.csv", 9, "x"),
        Place("a.csv", 9, "y"),
        Place("a.csv", 10, "x"),
        Place("b.csv", 2),
    ]
    assert str(error).splitlines()[0] == "a.csv:9, column x: message [rule]"


@pytest.mark.parametrize(("error", "code"), [(DataError([]), 1), (UsageError("no"), 2), (OutsideError("no"), 3)])
def test_every_error_is_of_this_package_and_has_the_exit_code_of_its_kind(error: KgError, code: int) -> None:
    assert isinstance(error, KgError)
    assert error.exit_code == code
