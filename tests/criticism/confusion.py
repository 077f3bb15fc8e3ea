"""Labelled pairs of claims beside what the program says of them."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


class Labelled(NamedTuple):
    """A pair by some name, the type that it should have, and the type that was found."""

    name: str
    expected: str
    found: str


def show_confusion(pairs: Iterable[Labelled]) -> str:
    """Write a table of the types that were expected, in lines, and found, in columns; then what differs."""
    counts = Counter((pair.expected, pair.found) for pair in pairs)
    expected, found = (sorted({key[at] for key in counts}) for at in (0, 1))
    head = "\t".join(["expected \\ found", *found])
    lines = ["\t".join([one, *(str(counts[one, other]) for other in found)]) for one in expected]
    apart = [f"{pair.name}: {pair.found}, not {pair.expected}" for pair in pairs if pair.expected != pair.found]
    return "\n".join(["", head, *lines, *apart])
