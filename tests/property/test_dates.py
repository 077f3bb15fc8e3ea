"""Whatever is read as a date keeps its days in any calendar, and whatever is not is refused."""

from hypothesis import given
from hypothesis import strategies as st

from kg.dates import (
    CALENDARS,
    GREGORIAN,
    JULIAN,
    UNKNOWN,
    Date,
    DateError,
    Day,
    Reform,
    explain_date,
    from_number,
    read_date,
    to_number,
)

RUSSIA = Reform(Day(1918, 1, 31), Day(1918, 2, 14))
NUMBERS = st.integers(to_number(Day(-99_999, 1, 1), GREGORIAN), to_number(Day(99_999, 12, 31), GREGORIAN))
NEAR_US = st.integers(to_number(Day(1, 1, 1), GREGORIAN), to_number(Day(2100, 1, 1), GREGORIAN))
NEAR_THE_REFORM = st.integers(to_number(Day(1917, 12, 1), JULIAN), to_number(Day(1918, 4, 1), GREGORIAN))
KINDS = st.sampled_from((JULIAN, GREGORIAN))
ANY_CALENDAR = st.sampled_from(CALENDARS)


def texts() -> st.SearchStrategy[str]:
    """Give EDTF of level 0 and 1, a few of them of days that some calendar does not have."""
    year = st.integers(1, 2100).map("{:04}".format)
    years = st.one_of(year, st.integers(-9999, -1).map("{:05}".format), st.integers(10_000, 99_999).map("Y{}".format))
    month = st.one_of(st.integers(1, 12), st.integers(21, 24)).map("{:02}".format)
    day = st.one_of(st.integers(1, 28), st.integers(29, 31)).map("{:02}".format)
    plain = st.integers(1, 12).map("{:02}".format)
    alone = st.one_of(
        years,
        st.builds("{}X".format, st.integers(100, 209)),
        st.builds("{}XX".format, st.integers(10, 20)),
        st.builds("{}-{}".format, years, month),
        st.builds("{}-{}-XX".format, years, plain),
        st.builds("{}-XX-XX".format, years),
        st.builds("{}-{}-{}".format, years, plain, day),
        (NEAR_US | NEAR_THE_REFORM).map(lambda number: str(from_number(number, JULIAN))),
        st.sampled_from(["1917", "1918", "1917-24", "1918-01", "1918-02", "1918-03"]),
    )
    marked = st.builds("{}{}".format, alone, st.sampled_from(["", "", "~", "?", "%"]))
    end = st.one_of(marked, st.sampled_from(["..", ""]))
    return st.one_of(marked, st.builds("{}/{}".format, end, end))


@st.composite
def dates(draw: st.DrawFn, calendars: st.SearchStrategy[str] = ANY_CALENDAR) -> Date:
    """Give a date that its calendar has."""
    calendar = draw(calendars)
    found = draw(texts().map(lambda text: _read(text, calendar)).filter(lambda date: date is not None))
    assert found is not None
    return found


def _read(text: str, calendar: str) -> Date | None:
    """Read a date, None where it is refused."""
    try:
        return read_date(text, calendar, RUSSIA)
    except DateError:
        return None


def _bounds(date: Date | None) -> tuple[int | None, int | None]:
    """Give the first and last possible day of a date that must have been read."""
    assert date is not None
    return date.earliest, date.latest


def _marks(text: str) -> list[str]:
    """List how each end of a date is marked, or left open."""
    ends = text.split("/") if "/" in text else [text, text]
    return [end if end in ("", "..") else end[-1] if end[-1] in "~?%" else "day" for end in ends]


@given(NUMBERS, KINDS)
def test_a_day_number_is_one_day_and_comes_back_from_it(number: int, calendar: str) -> None:
    day = from_number(number, calendar)
    assert to_number(day, calendar) == number
    assert 1 <= day.month <= 12
    assert 1 <= day.day <= 31


@given(NUMBERS, KINDS)
def test_the_next_day_number_is_the_next_day(number: int, calendar: str) -> None:
    day, following = from_number(number, calendar), from_number(number + 1, calendar)
    first_of_month = Day(day.year + day.month // 12, day.month % 12 + 1, 1)
    assert following in (day._replace(day=day.day + 1), first_of_month)
    assert following.day > 1 or day.day >= 28


@given(NUMBERS, KINDS)
def test_a_day_is_read_as_it_is_written(number: int, calendar: str) -> None:
    assert _bounds(read_date(str(from_number(number, calendar)), calendar)) == (number, number)


@given(dates())
def test_a_date_written_in_the_other_calendar_has_the_same_first_and_last_day(date: Date) -> None:
    assert _bounds(_read(date.julian, JULIAN)) == _bounds(date)
    assert _bounds(_read(date.gregorian, GREGORIAN)) == _bounds(date)


@given(dates())
def test_doubt_and_open_ends_are_the_same_in_the_other_calendar(date: Date) -> None:
    assert _marks(date.julian) == _marks(date.gregorian) == _marks(date.text)


@given(dates())
def test_a_date_has_a_day_and_never_ends_before_it_starts(date: Date) -> None:
    ends = [end for end in (date.earliest, date.latest) if end is not None]
    assert ends
    assert ends == sorted(ends)
    assert (date.earliest is None, date.latest is None) == tuple(mark in ("", "..") for mark in _marks(date.text))


@given(texts())
def test_an_unknown_calendar_is_refused_only_where_both_are_and_covers_both_else(text: str) -> None:
    readings = [date for date in (_read(text, JULIAN), _read(text, GREGORIAN)) if date]
    union = _read(text, UNKNOWN)
    assert (union is None) == (not readings)
    if union:
        starts, ends = zip(*map(_bounds, readings), strict=True)
        assert union.earliest == (None if None in starts else min(starts))
        assert union.latest == (None if None in ends else max(ends))


@given(NEAR_US, KINDS)
def test_a_month_and_a_year_hold_their_days_and_no_other(number: int, calendar: str) -> None:
    day = from_number(number, calendar)
    for text in (f"{day.year:04}", f"{day.year:04}-{day.month:02}"):
        first, last = _bounds(read_date(text, calendar))
        assert first is not None
        assert last is not None
        assert first <= number <= last
        assert str(from_number(first, calendar)).startswith(text)
        assert not str(from_number(first - 1, calendar)).startswith(text)
        assert not str(from_number(last + 1, calendar)).startswith(text)


@given(NUMBERS, st.integers(1, 40_000), KINDS)
def test_a_reversed_interval_is_refused(number: int, length: int, calendar: str) -> None:
    first, last = from_number(number, calendar), from_number(number + length, calendar)
    assert _bounds(_read(f"{first}/{last}", calendar)) == (number, number + length)
    assert _read(f"{last}/{first}", calendar) is None


@given(st.text() | st.text("0123456789-/.~?%XYT: \u0661\uff11\u2013"), ANY_CALENDAR | st.text())
def test_garbage_of_any_kind_is_read_or_refused_and_breaks_nothing(text: str, calendar: str) -> None:
    date = _read(text, calendar)
    assert date is None or text.isascii()


@given(texts(), st.integers(0, 30), st.characters(), ANY_CALENDAR)
def test_a_date_with_a_strange_character_in_it_is_read_or_refused(
    text: str, at: int, strange: str, calendar: str
) -> None:
    date = _read(text[:at] + strange + text[at:], calendar)
    assert date is None or strange in "0123456789-/.~?%XY"


@given(dates(), st.sampled_from(["\u0660", "\u06f0", "\u0966", "\uff10", "\U0001d7ce"]))
def test_digits_of_other_scripts_are_refused(date: Date, zero: str) -> None:
    foreign = date.text.translate({ord("0") + n: chr(ord(zero) + n) for n in range(10)})
    assert foreign != date.text
    assert _read(foreign, date.calendar) is None


@given(dates(), st.sampled_from([" ", "\n", "\t", "\u00a0", "\ufeff", "\u200b"]))
def test_a_date_with_blanks_around_it_is_refused(date: Date, blank: str) -> None:
    assert _read(f"{date.text}{blank}", date.calendar) is None
    assert _read(f"{blank}{date.text}", date.calendar) is None


@given(dates())
def test_every_date_can_be_explained_in_both_calendars(date: Date) -> None:
    told = "\n".join(explain_date(date))
    assert all(part in told for part in (date.text, date.calendar, date.julian, date.gregorian))
