"""Columns that follow from cells: dates in both calendars, bounds of numbers, chains of voices.

Each distinct cell is worked out once, then joined to its rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from kg.dates import GREGORIAN, Date, DateError, Reform, from_number, read_date
from kg.description import Table
from kg.errors import Place, Problem
from kg.model import LINE
from kg.quantities import Quantity, QuantityError, read_quantity

AFFIRMS = "affirms"

_DATES = {
    "date_julian": pl.String,
    "date_gregorian": pl.String,
    "earliest_day": pl.Int64,
    "latest_day": pl.Int64,
    "earliest": pl.String,
    "latest": pl.String,
}
_BOUNDS = {"minimum": pl.String, "maximum": pl.String}
_CHAINS = {"chain": pl.String, "depth": pl.Int64, "endorsement": pl.String}
_LONGEST = 300
"""Of a message, in characters; a cell that makes it longer is told for its length as well."""

DERIVED = frozenset({*_DATES, *_BOUNDS, *_CHAINS, "standing"})
"""The names of all columns that are added here."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A voice seen from the reader: labels outermost first, and the first stance short of affirming."""

    labels: tuple[str, ...]
    endorsement: str


def derive_dates(frame: pl.DataFrame, table: Table, reform: Reform | None) -> tuple[pl.DataFrame, list[Problem]]:
    """Add what the dates are in both calendars, with their first and last possible day.

    `date_julian` and `date_gregorian` are EDTF; `earliest_day` and `latest_day` Julian Day Numbers;
    `earliest` and `latest` the same days as xsd:date, which has no year before 1 or after 9999.
    """
    pairs = frame.filter(pl.col("date").is_not_null() & pl.col("calendar").is_not_null())
    read: dict[tuple[str, str], Date] = {}
    faults: dict[tuple[str, ...], str] = {}
    for text, calendar in pairs.select("date", "calendar").unique(maintain_order=True).iter_rows():
        try:
            read[text, calendar] = read_date(text, calendar, reform)
        except DateError as error:
            faults[text, calendar] = str(error)
    columns = [(*pair, *_spread(date)) for pair, date in read.items()]
    schema = {"date": pl.String, "calendar": pl.String, **_DATES}
    joined = frame.join(
        pl.DataFrame(columns, schema, orient="row"), on=["date", "calendar"], how="left", maintain_order="left"
    )
    return joined, list(_locate(frame, ("date", "calendar"), faults, table, "date"))


def derive_bounds(frame: pl.DataFrame, table: Table, numbers: list[str]) -> tuple[pl.DataFrame, list[Problem]]:
    """Add `minimum` and `maximum` (decimals as text) where the property, of `numbers`, has a number."""
    rows = frame.filter(pl.col("property").is_in(numbers) & pl.col("value").is_not_null())
    read: dict[str, Quantity] = {}
    faults: dict[tuple[str, ...], str] = {}
    for text in rows["value"].unique(maintain_order=True):
        try:
            read[text] = read_quantity(text)
        except QuantityError as error:
            faults[(text,)] = str(error)
    bounds = [(text, *(None if n is None else f"{n:f}" for n in (q.minimum, q.maximum))) for text, q in read.items()]
    known = pl.DataFrame(bounds, {"value": pl.String, **_BOUNDS}, orient="row")
    joined = frame.join(known, on="value", how="left", maintain_order="left")
    numeric = pl.col("property").is_in(numbers)
    blanked = joined.with_columns(pl.when(numeric).then(pl.col(name)).alias(name) for name in _BOUNDS)
    return blanked, list(_locate(rows, ("value",), faults, table, "value"))


def derive_chains(frame: pl.DataFrame, table: Table, labels: Mapping[str, str]) -> tuple[pl.DataFrame, list[Problem]]:
    """Add `chain` (labels joined by ` <- `, outermost first), `depth` (from 1) and `endorsement`.

    `endorsement` is the outermost stance on the way that is not to affirm, else affirms. `labels`
    gives the label of each reference. A voice that quotes itself, at any distance, is a problem.
    """
    voices = {row["id"]: row for row in frame.iter_rows(named=True) if row["id"] is not None}
    chains: dict[str, Chain | None] = {}
    for voice in voices:
        _follow(voice, voices, labels, chains)
    cyclic = [row for row in voices.values() if chains[row["id"]] is None]
    message = "is quoted in a circle; a chain must end in an author of the text"
    problems = [Problem(Place(table.url, row[LINE], "quoted_by"), "cycle", message) for row in cyclic]
    columns = [(v, " <- ".join(c.labels), len(c.labels), c.endorsement) for v, c in chains.items() if c]
    known = pl.DataFrame(columns, {"id": pl.String, **_CHAINS}, orient="row")
    return frame.join(known, on="id", how="left", maintain_order="left"), problems


def derive_standing(frame: pl.DataFrame, chains: pl.DataFrame) -> pl.DataFrame:
    """Add `standing`, how the text as a whole stands to the claim, and the `chain` of the voice.

    A voice's own doubt or denial stays; what it affirms stands as the chain endorses it.
    """
    known = chains.select(pl.col("id").alias("voice"), "chain", "endorsement")
    joined = frame.join(known, on="voice", how="left", maintain_order="left")
    own = pl.when(pl.col("stance") == AFFIRMS).then(pl.col("endorsement")).otherwise(pl.col("stance"))
    return joined.with_columns(own.alias("standing")).drop("endorsement")


def _spread(date: Date) -> tuple[str | int | None, ...]:
    ends = (date.earliest, date.latest)
    return date.julian, date.gregorian, *ends, *map(_to_xsd, ends)


def _to_xsd(number: int | None) -> str | None:
    """Write a day as xsd:date, where its year has four digits."""
    if number is None:
        return None
    day = from_number(number, GREGORIAN)
    return str(day) if 1 <= day.year <= 9999 else None


def _follow(
    voice: str,
    voices: Mapping[str, Mapping[str, str]],
    labels: Mapping[str, str],
    chains: dict[str, Chain | None],
) -> None:
    """Enter the chains of a voice and of all that quote it; None for those that lead into a circle."""
    path: dict[str, None] = {}
    at = voice
    while at in voices and at not in chains and at not in path:
        path[at] = None
        at = voices[at]["quoted_by"]
    around = None if at in path else chains.get(at, Chain((), AFFIRMS))
    for inner in reversed(path):
        around = chains[inner] = around and _lengthen(around, voices[inner], labels)


def _lengthen(around: Chain, row: Mapping[str, str], labels: Mapping[str, str]) -> Chain:
    """Give the chain of a voice from that of the voice that quotes it."""
    stance = row["stance"] if around.endorsement == AFFIRMS else around.endorsement
    label = labels.get(row["speaker"], row["speaker"] or "")
    return Chain((*around.labels, label), stance)


def _locate(
    frame: pl.DataFrame,
    columns: tuple[str, ...],
    faults: Mapping[tuple[str, ...], str],
    table: Table,
    rule: str,
) -> Iterator[Problem]:
    """Give a problem for every row whose cells are at fault."""
    if not faults:
        return
    for line, *cells in frame.select(LINE, *columns).iter_rows():
        message = faults.get(tuple(cells))
        if message is not None:
            short = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}..."
            yield Problem(Place(table.url, line, columns[0]), rule, short)
