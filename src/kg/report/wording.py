"""Dates and names in words for a reader."""

import re

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d\d))?)?(?P<mark>[~?%]?)", re.ASCII)
_MARKS = {"": "", "~": "about ", "?": "perhaps ", "%": "perhaps about "}


def tell_date(text: str) -> str:
    """Tell an EDTF date in words, as 25 October 1917; what has no such words stays as it is."""
    first, slash, last = text.partition("/")
    if not slash or first == last:
        return _tell_end(first)
    if first in ("", ".."):
        return f"until {_tell_end(last)}"
    if last in ("", ".."):
        return f"from {_tell_end(first)}"
    return f"{_shorten(_tell_end(first), _tell_end(last))} – {_tell_end(last)}"


def _tell_end(text: str) -> str:
    match = _DATE.fullmatch(text)
    if match is None:
        return text
    year, month, day, mark = match.group("year", "month", "day", "mark")
    words = [day.lstrip("0")] if day else []
    words += [MONTHS[int(month) - 1]] if month else []
    return _MARKS[mark] + " ".join([*words, year])


def _shorten(first: str, last: str) -> str:
    """Leave out of an interval's first day the year, and the month, that the last has too."""
    ours, theirs = first.split(), last.split()
    while len(ours) > 1 and ours[-1] == theirs[-1] and ours[0][0].isdigit():
        ours, theirs = ours[:-1], theirs[:-1]
    return " ".join(ours)


def split_name(name: str) -> str:
    """Give the name of a class such as PartsAboveWholeShape as words."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.removesuffix("Shape")).lower()
    return words[:1].upper() + words[1:]


def cut(text: str, most: int) -> str:
    """Give at most so many characters of a text, with an ellipsis where it goes on."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def wrap(text: str, width: int, lines: int) -> list[str]:
    """Break a text into a few lines at its spaces; the last of them may be cut."""
    told: list[str] = []
    for word in text.split():
        if told and len(told[-1]) + len(word) < width:
            told[-1] += f" {word}"
        else:
            told.append(word)
    rest = " ".join(told[lines - 1 :])
    return [cut(line, width) for line in [*told[: lines - 1], *([rest] if rest else [])]]
