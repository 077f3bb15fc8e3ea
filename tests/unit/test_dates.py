"""Uncertain dates keep what was printed and know their days in both calendars."""

import pytest

from kg.dates import (
    CALENDARS,
    CIVIL,
    GREGORIAN,
    JULIAN,
    UNKNOWN,
    Date,
    DateError,
    Day,
    Reform,
    explain_date,
    from_number,
    is_leap,
    read_date,
    read_day,
    to_number,
)

RUSSIA = Reform(Day(1918, 1, 31), Day(1918, 2, 14))
ROME = Reform(Day(1582, 10, 4), Day(1582, 10, 15))


def _days(date: Date) -> tuple[str, str]:
    """Give the first and last possible day of a date in the Gregorian calendar, `...` where it has none."""
    first, last = ("..." if n is None else str(from_number(n, GREGORIAN)) for n in (date.earliest, date.latest))
    return first, last


def _refuse(text: str, calendar: str, reform: Reform | None = None) -> str:
    """Give the words with which a date is refused."""
    with pytest.raises(DateError) as error:
        read_date(text, calendar, reform)
    return str(error.value)


# ---- The two calendars ----


@pytest.mark.parametrize(
    ("number", "julian", "gregorian"),
    [
        (0, Day(-4712, 1, 1), Day(-4713, 11, 24)),
        (2299160, Day(1582, 10, 4), Day(1582, 10, 14)),
        (2299161, Day(1582, 10, 5), Day(1582, 10, 15)),
        (2421540, Day(1917, 10, 25), Day(1917, 11, 7)),
        (2451545, Day(1999, 12, 19), Day(2000, 1, 1)),
    ],
)
def test_known_days_have_their_known_numbers(number: int, julian: Day, gregorian: Day) -> None:
    assert (from_number(number, JULIAN), from_number(number, GREGORIAN)) == (julian, gregorian)
    assert (to_number(julian, JULIAN), to_number(gregorian, GREGORIAN)) == (number, number)


@pytest.mark.parametrize(
    ("year", "julian", "gregorian"),
    [(1900, 29, 28), (1904, 29, 29), (1917, 28, 28), (1600, 29, 29), (2000, 29, 29), (0, 29, 29), (-100, 29, 28)],
)
def test_february_has_a_29th_day_in_the_leap_years_of_its_calendar_only(year: int, julian: int, gregorian: int) -> None:
    for calendar, length in ((JULIAN, julian), (GREGORIAN, gregorian)):
        last = to_number(Day(year, 3, 1), calendar) - 1
        assert from_number(last, calendar) == Day(year, 2, length)
        assert is_leap(year, calendar) == (length == 29)


def test_29_february_1900_is_a_day_of_the_julian_calendar_only() -> None:
    assert read_date("1900-02-29", JULIAN).gregorian == "1900-03-13"
    assert "the gregorian calendar does not have" in _refuse("1900-02-29", GREGORIAN)
    assert _days(read_date("1900-02-29", UNKNOWN)) == ("1900-03-13", "1900-03-13")


@pytest.mark.parametrize(
    ("old_style", "new_style", "apart"),
    [
        ("1700-02-28", "1700-03-10", 10),
        ("1700-02-29", "1700-03-11", 10),
        ("1700-03-01", "1700-03-12", 11),
        ("1800-02-29", "1800-03-12", 11),
        ("1800-03-01", "1800-03-13", 12),
        ("1900-02-29", "1900-03-13", 12),
        ("1900-03-01", "1900-03-14", 13),
        ("1917-10-25", "1917-11-07", 13),
    ],
)
def test_the_calendars_part_by_one_more_day_on_the_first_of_march(old_style: str, new_style: str, apart: int) -> None:
    date = read_date(old_style, JULIAN)
    assert date.gregorian == new_style
    assert read_date(new_style, GREGORIAN).julian == old_style
    assert explain_date(date)[-1] == f"the Julian calendar is {apart} days behind the Gregorian on that day"


def test_a_date_keeps_the_text_and_the_calendar_it_was_printed_in() -> None:
    date = read_date("1917-10-25~", JULIAN)
    assert (date.text, date.calendar, date.julian) == ("1917-10-25~", JULIAN, "1917-10-25~")


# ---- EDTF ----


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1917-10-25", "1917-10-25", "1917-10-25"),
        ("1917-10", "1917-10-01", "1917-10-31"),
        ("1916-02", "1916-02-01", "1916-02-29"),
        ("1917-12", "1917-12-01", "1917-12-31"),
        ("1917", "1917-01-01", "1917-12-31"),
        ("1917-10-XX", "1917-10-01", "1917-10-31"),
        ("1917-XX-XX", "1917-01-01", "1917-12-31"),
        ("1917-XX", "1917-01-01", "1917-12-31"),
        ("191X", "1910-01-01", "1919-12-31"),
        ("19XX", "1900-01-01", "1999-12-31"),
        ("1917-21", "1917-03-01", "1917-05-31"),
        ("1917-22", "1917-06-01", "1917-08-31"),
        ("1917-23", "1917-09-01", "1917-11-30"),
        ("1917-24", "1917-12-01", "1918-02-28"),
        ("1917-10-25~", "1917-10-25", "1917-10-25"),
        ("1917-10?", "1917-10-01", "1917-10-31"),
        ("1917%", "1917-01-01", "1917-12-31"),
        ("1917-10-25/1917-11-02", "1917-10-25", "1917-11-02"),
        ("1917-02/1918", "1917-02-01", "1918-12-31"),
        ("1917-10-25~/1917-10-26?", "1917-10-25", "1917-10-26"),
        ("1917-10-25/..", "1917-10-25", "..."),
        ("../1917-10-25", "...", "1917-10-25"),
        ("1917-10-25/", "1917-10-25", "..."),
        ("/1917-10-25", "...", "1917-10-25"),
        ("0000", "0000-01-01", "0000-12-31"),
        ("-0044-03-15", "-0044-03-15", "-0044-03-15"),
        ("Y12345-01-01", "Y12345-01-01", "Y12345-01-01"),
        ("Y-12345", "Y-12345-01-01", "Y-12345-12-31"),
    ],
)
def test_edtf_of_level_0_and_1_gives_the_first_and_last_possible_day(text: str, first: str, last: str) -> None:
    assert _days(read_date(text, GREGORIAN)) == (first, last)


@pytest.mark.parametrize(
    ("text", "julian"),
    [
        ("1917-11", "1917-10-19/1917-11-17"),
        ("1918", "1917-12-19/1918-12-18"),
        ("1917-11-07?", "1917-10-25?"),
        ("1917-11%", "1917-10-19%/1917-11-17%"),
        ("1917-11-07~/1917-11-15", "1917-10-25~/1917-11-02"),
        ("1917-11/..", "1917-10-19/.."),
        ("/1917-11", "/1917-11-17"),
        ("-0044-03-15", "-0044-03-17"),
        ("0000-01-01", "0000-01-03"),
        ("Y10000-01-05", "9999-10-24"),
    ],
)
def test_a_month_or_a_year_is_an_interval_in_the_other_calendar(text: str, julian: str) -> None:
    assert read_date(text, GREGORIAN).julian == julian


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "..", "/", "../..", "/..", "../", "1917/1918/1919", "1917//1918", "?", "~1917"),
        *("917", "17", "12345", "+1917", "Y1917", "Y01917", "-0000", "--1917", "1917-", "1917-1", "1917-10-2"),
        *("1917-00", "1917-13", "1917-20", "1917-25", "1917-99", "1917-10-00", "1917-10-32", "1917-02-29"),
        *("1917-04-31", "1917-00-01", "1917-13-01", "1917-21-01", "1917-21-XX", "1917-XX-05", "191X-05", "1XXX"),
        *("XXXX", "191X-10-25", "1917-10-2X", "1917-1X", "1917-10-25?~", "1917?-10", "1917-10-25T12:00", "1917-W43"),
        *(" 1917", "1917 ", "1917\n", "1917-10-25\n", "1917/10/25", "25.10.1917", "19171025", "1917–10–25", "1917\0"),
        *("\u0661\u0669\u0661\u0667", "\uff11\uff19\uff11\uff17", "191\u0667-10-25", "1917-10-2\u0665", "\u00b9917"),
    ],
)
@pytest.mark.parametrize("calendar", CALENDARS)
def test_what_is_no_date_is_refused_in_every_calendar(text: str, calendar: str) -> None:
    refusal = _refuse(text, calendar, RUSSIA)
    assert any(repr(part) in refusal for part in (text, *text.split("/", 1)))


@pytest.mark.parametrize("calendar", CALENDARS)
@pytest.mark.parametrize("text", ["1918/1917", "1917-10-26/1917-10-25", "1917-11/1917-10", "0001/-0001"])
def test_an_interval_that_ends_before_it_starts_is_refused(text: str, calendar: str) -> None:
    assert _refuse(text, calendar, RUSSIA) == f"{text!r} ends before it starts"


def test_a_calendar_that_is_not_known_is_refused_with_the_list_of_those_that_are() -> None:
    assert _refuse("1917", "hebrew") == "'hebrew' is no calendar; use one of julian, gregorian, civil, unknown"


# ---- The civil calendar of a country ----


def test_in_russia_31_january_1918_is_followed_by_14_february() -> None:
    last, first = (read_date(text, CIVIL, RUSSIA) for text in ("1918-01-31", "1918-02-14"))
    assert (last.julian, last.gregorian) == ("1918-01-31", "1918-02-13")
    assert (first.julian, first.gregorian) == ("1918-02-01", "1918-02-14")
    assert last.latest is not None
    assert first.earliest == last.latest + 1


@pytest.mark.parametrize("day", range(1, 14))
def test_the_first_thirteen_days_of_february_1918_are_no_russian_civil_dates(day: int) -> None:
    text = f"1918-02-{day:02}"
    assert _refuse(text, CIVIL, RUSSIA) == f"{text!r} is a day that the reform of the calendar left out"
    assert read_date(text, JULIAN).earliest is not None
    assert read_date(text, GREGORIAN).earliest is not None


def test_an_interval_that_ends_in_the_days_left_out_is_refused() -> None:
    assert "left out" in _refuse("1918-01-20/1918-02-05", CIVIL, RUSSIA)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1917-10", "1917-10-14", "1917-11-13"),
        ("1917-10-25", "1917-11-07", "1917-11-07"),
        ("1918-01", "1918-01-14", "1918-02-13"),
        ("1918-02", "1918-02-14", "1918-02-28"),
        ("1918-03", "1918-03-01", "1918-03-31"),
        ("1917", "1917-01-14", "1918-01-13"),
        ("1918", "1918-01-14", "1918-12-31"),
        ("1917-24", "1917-12-14", "1918-02-28"),
        ("1918-01-31/1918-02-14", "1918-02-13", "1918-02-14"),
        ("1900-02-29", "1900-03-13", "1900-03-13"),
    ],
)
def test_a_russian_civil_date_is_julian_before_the_reform_and_gregorian_after(text: str, first: str, last: str) -> None:
    assert _days(read_date(text, CIVIL, RUSSIA)) == (first, last)


def test_the_civil_calendar_of_another_country_has_its_own_reform() -> None:
    assert _days(read_date("1582-10", CIVIL, ROME)) == ("1582-10-11", "1582-10-31")
    assert "left out" in _refuse("1582-10-10", CIVIL, ROME)
    assert read_date("1918-02-05", CIVIL, ROME).julian == "1918-01-23"


def test_a_month_whose_first_days_were_left_out_begins_after_them() -> None:
    reform = Reform(Day(1700, 2, 20), Day(1700, 3, 3))
    assert _days(read_date("1700-02", CIVIL, reform)) == ("1700-02-11", "1700-03-02")
    assert _days(read_date("1700-03", CIVIL, reform)) == ("1700-03-03", "1700-03-31")


def test_the_civil_calendar_needs_the_days_of_a_reform() -> None:
    assert "needs the days of its reform" in _refuse("1917", CIVIL)


def test_a_reform_whose_days_do_not_follow_each_other_is_refused() -> None:
    with pytest.raises(DateError, match="1918-01-31 Julian is followed by 1918-02-14, not by 1918-02-15"):
        Reform(Day(1918, 1, 31), Day(1918, 2, 15))


# ---- The unknown calendar ----


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1917-10-25", "1917-10-25", "1917-11-07"),
        ("1917-10", "1917-10-01", "1917-11-13"),
        ("1917-10/..", "1917-10-01", "..."),
        ("1917-10-25/1917-10-26", "1917-10-25", "1917-11-08"),
        ("0250-06-01", "0250-06-01", "0250-06-01"),
    ],
)
def test_an_unknown_calendar_is_the_union_of_both_readings(text: str, first: str, last: str) -> None:
    assert _days(read_date(text, UNKNOWN)) == (first, last)


@pytest.mark.parametrize(
    ("text", "julian", "gregorian"),
    [
        ("1917-10-25?", "1917-10-12?/1917-10-25?", "1917-10-25?/1917-11-07?"),
        ("1917-10-25~/1917-10-26", "1917-10-12~/1917-10-26", "1917-10-25~/1917-11-08"),
        ("1917-10-25/1917-10-26?", "1917-10-12/1917-10-26?", "1917-10-25/1917-11-08?"),
        ("/1917-10-25", "/1917-10-25", "/1917-11-07"),
        ("../1917-10-25%", "../1917-10-25%", "../1917-11-07%"),
    ],
)
def test_both_readings_keep_the_doubt_of_each_end(text: str, julian: str, gregorian: str) -> None:
    date = read_date(text, UNKNOWN)
    assert (date.julian, date.gregorian) == (julian, gregorian)


@pytest.mark.parametrize(
    ("text", "julian", "gregorian"),
    [("0250-06-01~", "0250-06-01~", "0250-06-01~"), ("1900-02-29", "1900-02-29", "1900-03-13")],
)
def test_a_day_on_which_both_readings_agree_or_one_is_none_stays_a_day(text: str, julian: str, gregorian: str) -> None:
    date = read_date(text, UNKNOWN)
    assert (date.julian, date.gregorian) == (julian, gregorian)


# ---- Whole days, and explanations ----


@pytest.mark.parametrize(("text", "day"), [("1918-01-31", Day(1918, 1, 31)), ("-0044-02-29", Day(-44, 2, 29))])
def test_a_whole_day_is_read_and_written_alike(text: str, day: Day) -> None:
    assert read_day(text) == day
    assert str(day) == text


@pytest.mark.parametrize(
    "text", ["", "1918-01", "1918-1-31", "1918-01-32", "1918-13-01", "1918-02-30", "1918-01-3\u0661"]
)
def test_what_is_no_whole_day_is_refused(text: str) -> None:
    with pytest.raises(DateError, match=r"is not a day|is a day that no calendar has"):
        read_day(text)


def test_a_day_is_explained_with_weekday_both_calendars_and_the_days_between() -> None:
    assert explain_date(read_date("1917-10-25", JULIAN)) == [
        "1917-10-25, julian calendar",
        "Julian (Old Style):    1917-10-25",
        "Gregorian (New Style): 1917-11-07",
        "a Wednesday, Julian Day Number 2421540",
        "the Julian calendar is 13 days behind the Gregorian on that day",
    ]


def test_a_date_with_an_open_end_is_explained_with_its_bounds() -> None:
    told = explain_date(read_date("../1917-10-25", GREGORIAN))
    assert "first possible day: not known" in told
    assert "last possible day:  1917-10-12 julian = 1917-10-25 gregorian, Julian Day Number 2421527" in told
    assert not any("behind" in line for line in told)


def test_a_leap_day_of_one_calendar_is_explained_as_one() -> None:
    assert "1900-02-29 is a leap day of the Julian calendar only" in explain_date(read_date("1900-03-13", GREGORIAN))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0001-06-01", "the Julian calendar is 2 days ahead of the Gregorian on that day"),
        ("0150-06-01", "the Julian calendar is 1 day ahead of the Gregorian on that day"),
        ("0250-06-01", "the two calendars agree on that day"),
        ("0350-06-01", "the Julian calendar is 1 day behind the Gregorian on that day"),
    ],
)
def test_the_distance_is_told_for_the_early_centuries_too(text: str, told: str) -> None:
    assert explain_date(read_date(text, JULIAN))[-1] == told
