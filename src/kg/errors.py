"""What can go wrong, as data: a problem has a place and a sentence to act on."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a problem stands: a file, and where known its line and column (a header name)."""

    file: str
    line: int = 0
    column: str = ""

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}{line}{column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A fault in the data: its place, the rule it breaks, and what to do about it."""

    place: Place
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} [{self.rule}]"


class KgError(Exception):
    """Whatever this package raises on purpose; `exit_code` is what the command ends with."""

    exit_code = 1


class DataError(KgError):
    """The data have faults; all of them are in `problems`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class UsageError(KgError):
    """The request cannot be meant: an unknown name, a parameter that is missing or of the wrong type."""

    exit_code = 2


class OutsideError(KgError):
    """Something outside failed: a file that is not there, a disk that is full, a server that is down."""

    exit_code = 3
