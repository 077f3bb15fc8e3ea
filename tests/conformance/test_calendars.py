"""Every day from 1582 to 1924 agrees with two programs that know nothing of this one."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import jdcal
import pytest
from convertdate import gregorian, julian

from kg.dates import GREGORIAN, JULIAN, Day, from_number, read_date, to_number

NUMBERS = range(to_number(Day(1582, 1, 1), GREGORIAN), to_number(Day(1924, 12, 31), JULIAN) + 1)


class Oracle(NamedTuple):
    """One calendar of another program: day to day number, and back."""

    name: str
    calendar: str
    number: Callable[[Day], int]
    day: Callable[[int], Day]


ORACLES = [
    Oracle(
        "convertdate",
        JULIAN,
        lambda day: int(julian.to_jd(*day) + 0.5),
        lambda number: Day(*julian.from_jd(number - 0.5)),
    ),
    Oracle(
        "convertdate",
        GREGORIAN,
        lambda day: int(gregorian.to_jd(*day) + 0.5),
        lambda number: Day(*gregorian.from_jd(number - 0.5)),
    ),
    Oracle(
        "jdcal",
        JULIAN,
        lambda day: int(sum(jdcal.jcal2jd(*day)) + 0.5),
        lambda number: Day(*jdcal.jd2jcal(jdcal.MJD_0, number - 0.5 - jdcal.MJD_0)[:3]),
    ),
    Oracle(
        "jdcal",
        GREGORIAN,
        lambda day: int(sum(jdcal.gcal2jd(*day)) + 0.5),
        lambda number: Day(*jdcal.jd2gcal(jdcal.MJD_0, number - 0.5 - jdcal.MJD_0)[:3]),
    ),
]

each_oracle = pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: f"{oracle.name}-{oracle.calendar}")


def test_the_days_compared_are_all_from_1582_to_1924_of_both_calendars() -> None:
    days = date(1924, 12, 31) - date(1582, 1, 1)
    assert len(NUMBERS) == days.days + 1 + 13
    assert from_number(NUMBERS[0], JULIAN) == Day(1581, 12, 22)


@each_oracle
def test_every_day_number_is_the_day_that_another_program_says(oracle: Oracle) -> None:
    wrong = [number for number in NUMBERS if from_number(number, oracle.calendar) != oracle.day(number)]
    assert not wrong


@each_oracle
def test_every_day_has_the_number_that_another_program_says(oracle: Oracle) -> None:
    days = [oracle.day(number) for number in NUMBERS]
    wrong = [day for day in days if to_number(day, oracle.calendar) != oracle.number(day)]
    assert not wrong


@each_oracle
def test_every_day_as_printed_is_read_as_the_day_that_another_program_says(oracle: Oracle) -> None:
    wrong = [number for number in NUMBERS if _read(oracle.day(number), oracle.calendar) != (number, number)]
    assert not wrong


@each_oracle
def test_every_day_is_written_as_another_program_says_when_it_is_read_in_the_other_calendar(oracle: Oracle) -> None:
    printed_in = GREGORIAN if oracle.calendar == JULIAN else JULIAN
    dates = {number: read_date(str(from_number(number, printed_in)), printed_in) for number in NUMBERS}
    written = {number: getattr(read, oracle.calendar) for number, read in dates.items()}
    wrong = [number for number, text in written.items() if text != _print(oracle.day(number))]
    assert not wrong


def _read(day: Day, calendar: str) -> tuple[int | None, int | None]:
    """Give the first and last possible day of a day as it is printed."""
    read = read_date(_print(day), calendar)
    return read.earliest, read.latest


def _print(day: Day) -> str:
    """Write a day without help from the module under test."""
    return f"{day.year}-{day.month:02}-{day.day:02}"
