"""What a stranger may ask for: every limit of the service in one place."""

from dataclasses import dataclass

from kg.guard import DEEPEST, LONGEST


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the service; `kg serve` and docs/serving.md tell them.

    Seconds for a query; seconds after which it counts as long, and the fewest of them when many wait;
    processes for short queries, and as many for long ones; requests that may wait for one, and for
    how many seconds; rows that a page shows; bytes of an answer; bytes of a request, its head and its
    body; bytes of memory that one query may take.
    """

    seconds: float = 30
    patience: float = 1
    haste: float = 0.2
    workers: int = 2
    waiting: int = 1000
    wait: float = 30
    rows: int = 10_000
    answer: int = 32_000_000
    body: int = 2_000_000
    memory: int = 1024 << 20

    def describe(self) -> str:
        """Tell the limits in a sentence."""
        return (
            f"{self.seconds:g} seconds, {LONGEST} bytes of query, {DEEPEST} levels of brackets, {self.body} bytes of"
            f" request, {self.answer} bytes of answer, {self.rows} rows on a page, {self.memory >> 20} MiB of memory"
        )
