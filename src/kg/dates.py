"""Uncertain dates in two calendars: EDTF text to day numbers and back.

A date is written as EDTF (ISO 8601-2, levels 0 and 1) *in the calendar it was printed in*, and
becomes the Julian Day Numbers of its first and last possible day; every comparison uses those.
Day number formulas: E. G. Richards, in Explanatory Supplement to the Astronomical Almanac (2013).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

JULIAN, GREGORIAN, CIVIL, UNKNOWN = "julian", "gregorian", "civil", "unknown"
CALENDARS = (JULIAN, GREGORIAN, CIVIL, UNKNOWN)

_PART = re.compile(
    r"(?P<year>Y-?[1-9]\d{4,8}|\d{4}|-(?!0000)\d{4}|\d{3}X|\d{2}XX)"
    r"(?:-(?P<month>\d\d|XX)(?:(?<!-2[1-4])-(?P<day>\d\d|XX))?)?(?P<mark>[~?%]?)",
    re.ASCII,
)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 14)}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class DateError(ValueError):
    """A text that is no date, or a day that its calendar does not have."""


class Day(NamedTuple):
    """A day of one calendar; years are astronomical (0 is 1 BCE)."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        return f"{_format_month(self)}-{self.day:02}"


@dataclass(frozen=True, slots=True)
class Reform:
    """The change of a country's civil calendar: its last Julian and its first Gregorian day.

    Raises DateError where the one is not followed by the other.
    """

    last_julian: Day
    first_gregorian: Day

    def __post_init__(self) -> None:
        next_day = from_number(to_number(self.last_julian, JULIAN) + 1, GREGORIAN)
        if next_day != self.first_gregorian:
            raise DateError(f"{self.last_julian} Julian is followed by {next_day}, not by {self.first_gregorian}")


@dataclass(frozen=True, slots=True)
class Date:
    """An uncertain date: its EDTF text, its calendar, and its first and last possible day.

    `earliest` and `latest` are Julian Day Numbers; None stands for an open or unknown end.
    `julian` and `gregorian` are the same date as EDTF in each calendar.
    """

    text: str
    calendar: str
    earliest: int | None
    latest: int | None
    julian: str
    gregorian: str


class _Span(NamedTuple):
    """One end of an interval, or a date alone: first and last possible day, and its EDTF mark.

    An open or unknown end has neither day, and `blank` is how it is written.
    """

    first: int | None
    last: int | None
    mark: str = ""
    blank: str = ".."


def is_leap(year: int, calendar: str) -> bool:
    """Tell whether February has 29 days in that year of the Julian or the Gregorian calendar."""
    return year % 4 == 0 and (calendar == JULIAN or year % 100 != 0 or year % 400 == 0)


def to_number(day: Day, calendar: str) -> int:
    """Give the Julian Day Number of a day of the Julian or the Gregorian calendar."""
    before = (14 - day.month) // 12
    year, month = day.year + 4800 - before, day.month + 12 * before - 3
    number = day.day + (153 * month + 2) // 5 + 365 * year + year // 4
    return number - 32083 if calendar == JULIAN else number - year // 100 + year // 400 - 32045


def from_number(number: int, calendar: str) -> Day:
    """Give the day of the Julian or the Gregorian calendar that has this Julian Day Number."""
    shift = number + 1401
    if calendar == GREGORIAN:
        shift += (4 * number + 274277) // 146097 * 3 // 4 - 38
    quarter = 4 * shift + 3
    part = 5 * (quarter % 1461 // 4) + 2
    month = (part // 153 + 2) % 12 + 1
    return Day(quarter // 1461 - 4716 + (14 - month) // 12, month, part % 153 // 5 + 1)


def read_day(text: str) -> Day:
    """Read a whole day such as `1918-01-31`, of any calendar; raises DateError."""
    match = re.fullmatch(r"(-?[0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    if match is None:
        raise DateError(f"{text!r} is not a day; write it as 1918-01-31")
    day = Day(*map(int, match.groups()))
    if not _exists(day, JULIAN):
        raise DateError(f"{text!r} is a day that no calendar has")
    return day


def read_date(text: str, calendar: str, reform: Reform | None = None) -> Date:
    """Read EDTF of level 0 or 1, written in `calendar`, which is one of CALENDARS.

    `civil` needs the reform of the country concerned: Julian up to its last Julian day, Gregorian
    from its first Gregorian day; the days between exist in neither and are refused. `unknown` is
    the union of the Julian and the Gregorian reading. Raises DateError.
    """
    if calendar not in CALENDARS:
        raise DateError(f"{calendar!r} is no calendar; use one of {', '.join(CALENDARS)}")
    if calendar == CIVIL and reform is None:
        raise DateError("the civil calendar needs the days of its reform, which are not given")
    start, end = _read_both(text) if calendar == UNKNOWN else _read_ends(text, calendar, reform)
    julian, gregorian = (text if kind == calendar else _write(start, end, kind) for kind in (JULIAN, GREGORIAN))
    return Date(text, calendar, start.first, end.last, julian, gregorian)


def explain_date(date: Date) -> list[str]:
    """Tell in sentences how a date was read, and what it is in the other calendar."""
    return [
        f"{date.text}, {date.calendar} calendar",
        f"Julian (Old Style):    {date.julian}",
        f"Gregorian (New Style): {date.gregorian}",
        *_explain_bounds(date),
        *_explain_distance(date),
    ]


def _read_both(text: str) -> tuple[_Span, _Span]:
    """Read in both calendars; a day that only one of them has was meant in that one."""
    readings, refusals = [], []
    for calendar in (JULIAN, GREGORIAN):
        try:
            readings.append(_read_ends(text, calendar, None))
        except DateError as error:
            refusals.append(error)
    if not readings:
        raise refusals[0]
    start = _unite([start for start, _ in readings])
    return start, _unite([end for _, end in readings]) if "/" in text else start


def _unite(readings: Sequence[_Span]) -> _Span:
    """Give the span of all readings of one end; those of an open end are alike."""
    first, *_ = readings
    if first.first is None:
        return first
    firsts, lasts = [r.first for r in readings], [r.last for r in readings]
    return _Span(min(n for n in firsts if n is not None), max(n for n in lasts if n is not None), first.mark)


def _read_ends(text: str, calendar: str, reform: Reform | None) -> tuple[_Span, _Span]:
    first, slash, last = text.partition("/")
    if not slash:
        span = _read_span(first, calendar, reform)
        return span, span
    if first in ("", "..") and last in ("", ".."):
        raise DateError(f"{text!r} has neither a start nor an end")
    start, end = _read_end(first, calendar, reform), _read_end(last, calendar, reform)
    if start.first is not None and end.last is not None and start.first > end.last:
        raise DateError(f"{text!r} ends before it starts")
    return start, end


def _read_end(text: str, calendar: str, reform: Reform | None) -> _Span:
    if text in ("", ".."):
        return _Span(None, None, "", text)
    return _read_span(text, calendar, reform)


def _read_span(text: str, calendar: str, reform: Reform | None) -> _Span:
    match = _PART.fullmatch(text)
    if match is None:
        raise DateError(f"{text!r} is not a date in EDTF, level 0 or 1; write it as {_HINT}")
    year, month, day, mark = match.group("year", "month", "day", "mark")
    if day and day != "XX":
        number = _number_of(text, year, month, day, calendar, reform)
        return _Span(number, number, mark)
    first, last = _months_of(text, year, month)
    start = _start_of(first, calendar, reform)
    return _Span(start, _start_of(last + 1, calendar, reform) - 1, mark)


_HINT = "1917, 1917-10, 1917-10-25, 1917-10-25/1917-11-02 or 1917-10-25/.., with ~ ? or % at the end"


def _number_of(text: str, year: str, month: str, day: str, calendar: str, reform: Reform | None) -> int:
    if "X" in year + month:
        raise DateError(f"{text!r} has a day in an unknown month; write an interval")
    read = Day(int(year.removeprefix("Y")), int(month), int(day))
    kind = _calendar_of(read, calendar, reform)
    if kind is None:
        raise DateError(f"{text!r} is a day that the reform of the calendar left out")
    if not _exists(read, kind):
        raise DateError(f"{text!r} is a day that the {kind} calendar does not have")
    return to_number(read, kind)


def _months_of(text: str, year: str, month: str | None) -> tuple[int, int]:
    """Give the first and last month of a date without a day, counted from month 0 of year 0."""
    low, high = (int(year.replace("X", digit).removeprefix("Y")) for digit in "09")
    if month is None or month == "XX":
        return low * 12, high * 12 + 11
    if low != high:
        raise DateError(f"{text!r} has a month in an unknown year; write an interval")
    first, last = _SEASONS.get(int(month), (int(month), int(month)))
    if not 1 <= first <= 12:
        raise DateError(f"{text!r} has no month {month}")
    return low * 12 + first - 1, low * 12 + last - 1


def _start_of(month: int, calendar: str, reform: Reform | None) -> int:
    """Give the first day of a month; one that begins in a reform's gap begins after it."""
    day = Day(month // 12, month % 12 + 1, 1)
    kind = _calendar_of(day, calendar, reform)
    if kind is None and reform is not None:
        return to_number(reform.first_gregorian, GREGORIAN)
    return to_number(day, kind or calendar)


def _calendar_of(day: Day, calendar: str, reform: Reform | None) -> str | None:
    """Give the calendar in which a day counts; None for a civil day that there never was."""
    if calendar != CIVIL or reform is None:
        return calendar
    if day <= reform.last_julian:
        return JULIAN
    return GREGORIAN if day >= reform.first_gregorian else None


def _exists(day: Day, calendar: str) -> bool:
    if not 1 <= day.month <= 12:
        return False
    length = 29 if day.month == 2 and is_leap(day.year, calendar) else _DAYS[day.month - 1]
    return 1 <= day.day <= length


def _write(start: _Span, end: _Span, calendar: str) -> str:
    """Write an interval, or a date alone where both ends are one, as EDTF in a calendar."""
    first, last = _write_end(start.first, start, calendar), _write_end(end.last, end, calendar)
    return first if start is end and start.first == start.last else f"{first}/{last}"


def _write_end(number: int | None, span: _Span, calendar: str) -> str:
    return span.blank if number is None else f"{from_number(number, calendar)}{span.mark}"


def _format_month(day: Day) -> str:
    if abs(day.year) > 9999:
        return f"Y{day.year}-{day.month:02}"
    year = f"-{-day.year:04}" if day.year < 0 else f"{day.year:04}"
    return f"{year}-{day.month:02}"


def _explain_bounds(date: Date) -> list[str]:
    if date.earliest is not None and date.earliest == date.latest:
        weekday = _WEEKDAYS[date.earliest % 7]
        return [f"a {weekday}, Julian Day Number {date.earliest}"]
    return [
        f"first possible day: {_explain_end(date.earliest)}",
        f"last possible day:  {_explain_end(date.latest)}",
    ]


def _explain_end(number: int | None) -> str:
    if number is None:
        return "not known"
    days = (f"{from_number(number, kind)} {kind}" for kind in (JULIAN, GREGORIAN))
    return f"{' = '.join(days)}, Julian Day Number {number}"


def _explain_distance(date: Date) -> list[str]:
    if date.earliest is None:
        return []
    day = from_number(date.earliest, JULIAN)
    apart = date.earliest - to_number(day, GREGORIAN)
    days = "1 day" if abs(apart) == 1 else f"{abs(apart)} days"
    told = f"the Julian calendar is {days} {'behind' if apart > 0 else 'ahead of'} the Gregorian on that day"
    leap = [] if _exists(day, GREGORIAN) else [f"{day} is a leap day of the Julian calendar only"]
    return [*leap, told if apart else "the two calendars agree on that day"]
