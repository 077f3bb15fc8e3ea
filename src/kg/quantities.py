"""Uncertain numbers: text to a lower and an upper bound.

The notation follows the one for dates: `650`, `~300` (about), `300/500` (between), `40000/..` (at
least), `../0.25` (at most). Shares are fractions of one.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?")
_HINT = "650, 0.75, ~300, 300/500, 40000/.. or ../0.25"


class QuantityError(ValueError):
    """A text that is no number."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An uncertain number: its text, its bounds (None where it has none), whether it is exact."""

    text: str
    minimum: Decimal | None
    maximum: Decimal | None
    exact: bool


def read_quantity(text: str) -> Quantity:
    """Read a number or an interval of numbers; raises QuantityError."""
    start, slash, end = text.removeprefix("~").partition("/")
    low = _read_bound(text, start)
    high = _read_bound(text, end) if slash else low
    if low is None and high is None:
        raise QuantityError(f"{text!r} has neither a lower nor an upper bound")
    if low is not None and high is not None and low > high:
        raise QuantityError(f"{text!r} ends below its start")
    return Quantity(text, low, high, exact=low == high and not text.startswith("~"))


def _read_bound(text: str, part: str) -> Decimal | None:
    if part == ".." and "/" in text:
        return None
    if _NUMBER.fullmatch(part) is None:
        raise QuantityError(f"{text!r} is not a number; write it as {_HINT}")
    return Decimal(part)
