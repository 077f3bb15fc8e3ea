"""Tables as they stand in their files: bytes to frames of text columns, every fault with its place.

UTF-8 in NFC, LF at every line's end, a cell on one line; an empty cell means unknown and nothing
else does. Whole columns are read and checked at once, so that a million rows cost no more than
ten thousand times a hundred.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from kg.description import Column, Table
from kg.errors import DataError, OutsideError, Place, Problem
from kg.model import LINE

LONGEST_CELL = 4000
MOST_PROBLEMS = 100
"""Of one rule in one file; what is over it is counted, not listed."""


def read_tables(folder: Path, tables: Mapping[str, Table]) -> tuple[dict[str, pl.DataFrame], list[Problem]]:
    """Read every table that is described: frames by name, and all faults of bytes and cells.

    A frame has the columns of its table as strings (integers as Int64) and `line`. A table whose
    bytes cannot be read as CSV has no frame. Raises OutsideError where a file cannot be opened.
    """
    frames, problems = {}, list(_list_strangers(folder, tables))
    for name, table in tables.items():
        frame, faults = read_table(folder / table.url, table)
        problems += faults
        if frame is not None:
            frames[name] = frame
    return frames, problems


def read_table(path: Path, table: Table) -> tuple[pl.DataFrame | None, list[Problem]]:
    """Read one table: its frame (None where nothing can be read as rows) and all its faults.

    What is at fault is mended or left out only so that the rest can be checked as well; a table
    with problems is never used.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None, [
            Problem(Place(table.url), "file", "is described in tables.json but not there; add it or take it out")
        ]
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror}") from None
    problems = list(_list_byte_faults(data, table))
    text = _mend(data) if problems else data.decode()
    if not text.strip():
        return None, problems
    lines = _cut_lines(text)
    header = _read_header(lines, table)
    problems += _list_header_faults(header, table)
    problems += _list_line_faults(lines, len(header), table)
    frame = _parse(lines.filter(_is_row(len(header)) & (pl.col(LINE) > 1)), header, table)
    columns = [column for column in table.columns if column.name in frame.columns]
    problems += list_faults(frame, table, (rule for column in columns for rule in _rules(column)))
    missing = [pl.lit(None, pl.String).alias(name) for name in table.header if name not in frame.columns]
    return _to_integers(frame.with_columns(missing), table), problems


class Rule(NamedTuple):
    """What is wrong with cells of a column, and how that is told; the first `{}` of `message` is the cell."""

    column: str
    wrong: pl.Expr
    rule: str
    message: str


def list_faults(frame: pl.DataFrame, table: Table, rules: Iterable[Rule]) -> Iterator[Problem]:
    """Give a problem for each row in which a rule is broken; all rules are asked at once."""
    asked = list(rules)
    broken = frame.select(rule.wrong.any().alias(str(at)) for at, rule in enumerate(asked))
    for at, rule in enumerate(asked):
        if broken[str(at)][0]:
            yield from _list_broken(frame, table, rule)


def _list_broken(frame: pl.DataFrame, table: Table, rule: Rule) -> Iterator[Problem]:
    rows = frame.filter(rule.wrong).select(LINE, pl.col(rule.column).cast(pl.String).fill_null(""))
    for line, cell in rows.head(MOST_PROBLEMS).iter_rows():
        message = rule.message.replace("{}", repr(_shorten(cell)), 1)
        yield Problem(Place(table.url, line, rule.column), rule.rule, message)
    yield from _count_rest(rows, table, rule.column, rule.rule)


def _count_rest(rows: pl.DataFrame, table: Table, column: str, rule: str) -> Iterator[Problem]:
    """Count the faulty rows that are too many to be listed, at the first of them."""
    if rows.height > MOST_PROBLEMS:
        more = f"{rows.height - MOST_PROBLEMS} more lines have this fault"
        yield Problem(Place(table.url, rows[LINE][MOST_PROBLEMS], column), rule, more)


def write_table(table: Table, rows: Sequence[Mapping[str, object]]) -> str:
    """Write rows as the CSV text of a table, sorted by its key; what a row lacks stays empty.

    Raises DataError where a row has what the table has not.
    """
    strange = sorted({name for row in rows for name in row} - set(table.header))
    if strange:
        message = f"no such column in this table; it has {', '.join(table.header)}"
        raise DataError(Problem(Place(table.url, 0, name), "column", message) for name in strange)
    out = io.StringIO()
    writer = csv.DictWriter(out, table.header, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: [str(row.get(column, "")) for column in table.key]))
    return out.getvalue()


def _list_strangers(folder: Path, tables: Mapping[str, Table]) -> Iterator[Problem]:
    known = {table.url for table in tables.values()}
    for path in sorted(folder.rglob("*.csv")):
        url = path.relative_to(folder).as_posix()
        if url not in known:
            yield Problem(Place(url), "file", "is not described in tables.json; add it there or move it away")


def _list_byte_faults(data: bytes, table: Table) -> Iterator[Problem]:
    """List what makes the bytes of a file other than NFC text in UTF-8 with LF line ends."""
    faults = {
        b"\xef\xbb\xbf": ("bom", "has a byte order mark; save it as UTF-8 without BOM"),
        b"\r": ("line-end", "has a carriage return; save it with LF line ends"),
        b"\0": ("nul", "has a NUL byte; the file is damaged or no text, so save it anew"),
    }
    for mark, (rule, message) in faults.items():
        if mark in data:
            yield Problem(Place(table.url, _line_of(data, data.index(mark))), rule, message)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = _line_of(data, error.start)
        message = f"is not UTF-8 at byte {error.start} ({data[error.start]:#04x}); save it as UTF-8"
        yield Problem(Place(table.url, line), "encoding", message)
        text = data.decode(errors="replace")
    if not text.strip("\ufeff\0").strip():
        yield Problem(Place(table.url), "empty", f"is empty; it needs at least the header {','.join(table.header)}")
    elif not text.endswith("\n"):
        yield Problem(Place(table.url, text.count("\n") + 1), "line-end", "the last line has no line end; add one")
    if not unicodedata.is_normalized("NFC", text):
        for line, cells in enumerate(text.split("\n"), 1):
            if not unicodedata.is_normalized("NFC", cells):
                yield Problem(Place(table.url, line), "nfc", "is not in Unicode NFC; normalise it")


def _line_of(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _mend(data: bytes) -> str:
    text = data.removeprefix(b"\xef\xbb\xbf").decode(errors="replace").replace("\r\n", "\n")
    return text.replace("\r", "\n").replace("\0", "")


def _cut_lines(text: str) -> pl.DataFrame:
    """Give the lines of a file, not yet cut: number, cells, how many, and whether every quotation is closed."""
    lines = pl.DataFrame({"cells": text.removesuffix("\n").split("\n")}).with_row_index(LINE, 1)
    bare = pl.col("cells").str.replace_all(_QUOTED, "")
    width = bare.str.count_matches(",", literal=True).cast(pl.Int64) + 1
    return lines.with_columns(width=width, closed=pl.col("cells").str.contains(f"^{_CELL}(?:,{_CELL})*$"))


_QUOTED = r'"(?:[^"]|"")*"'
_CELL = rf'(?:{_QUOTED}|[^",]*)'


def _read_header(lines: pl.DataFrame, table: Table) -> list[str]:
    """Give the names of the columns; those the table should have where the first line cannot be read."""
    _, _, width, closed = lines.row(0)
    return [name or "" for name in _cut_cells(lines[:1], width).row(0)] if closed else table.header


def _is_row(width: int) -> pl.Expr:
    return pl.col("closed") & (pl.col("width") == width) & (pl.col("cells") != "")


def _list_line_faults(lines: pl.DataFrame, width: int, table: Table) -> Iterator[Problem]:
    """List lines that are no row of the table."""
    wrong = lines.filter(~_is_row(width))
    for line, cells, found, closed in wrong.head(MOST_PROBLEMS).iter_rows():
        if not closed:
            message = "has an odd quotation mark: a cell is not closed, or goes over its line; mend the quotation"
            yield Problem(Place(table.url, line), "quotes", message)
        elif cells == "":
            yield Problem(Place(table.url, line), "cells", "is blank; take the line out")
        else:
            message = f"has {found} cells, the header has {width}; quote a cell that holds a comma"
            yield Problem(Place(table.url, line), "cells", message)
    yield from _count_rest(wrong, table, "", "cells")


def _list_header_faults(header: list[str], table: Table) -> Iterator[Problem]:
    for name in header:
        if name not in table.header:
            known = ", ".join(table.header)
            yield Problem(Place(table.url, 1, name), "column", f"no such column in this table; it has {known}")
        if header.count(name) > 1:
            yield Problem(Place(table.url, 1, name), "column", "this column stands more than once; take one out")
    for name in table.header:
        if name not in header:
            yield Problem(Place(table.url, 1, name), "column", "this column is missing; add it")
    known_order = [name for name in table.header if name in header]
    if [name for name in dict.fromkeys(header) if name in known_order] != known_order:
        yield Problem(Place(table.url, 1), "column", f"the columns must stand in this order: {','.join(table.header)}")


def _parse(rows: pl.DataFrame, header: list[str], table: Table) -> pl.DataFrame:
    """Cut rows into cells; a column that the table does not have, or has twice, is left out."""
    at = {name: str(header.index(name)) for name in table.header if name in header}
    known = [pl.col(place).replace("", None).alias(name) for name, place in at.items()]
    return _cut_cells(rows, len(header)).select(*known, rows[LINE].cast(pl.Int64))


def _cut_cells(rows: pl.DataFrame, width: int) -> pl.DataFrame:
    """Cut lines of one width, every quotation closed, into cells."""
    text = (rows["cells"] + "\n").str.join("")[0]
    schema = {str(at): pl.String for at in range(width)}
    return pl.read_csv(io.BytesIO(text.encode()), has_header=False, schema=schema, raise_if_empty=False)


def _to_integers(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    numbers = [column.name for column in table.columns if column.base == "integer"]
    return frame.with_columns(pl.col(numbers).cast(pl.Int64, strict=False))


def _rules(column: Column) -> Iterator[Rule]:
    """Give what makes a cell of a column missing, or not of its datatype."""
    for wrong, rule, message in _faults(column):
        yield Rule(column.name, wrong, rule, message)


def _faults(column: Column) -> Iterator[tuple[pl.Expr, str, str]]:
    cell = pl.col(column.name)
    longest = column.longest or LONGEST_CELL
    yield cell.str.len_chars() > longest, "long", f"{{}} is longer than {longest} characters; shorten it"
    yield (
        cell.str.contains(r"^\s|\s$|\s\s|[\x00-\x1f\x7f]"),
        "blank",
        "{} has blanks at an end, two together, or control characters; take them out",
    )
    if column.required:
        yield cell.is_null(), "required", "is empty, but every row needs it; fill it in"
    if column.pattern:
        fits = cell.str.contains(f"^(?:{column.pattern})$")
        yield ~fits, "format", f"{{}} is not of the form {column.pattern}; write it so"
    if column.base == "integer":
        number = cell.cast(pl.Int64, strict=False)
        yield ~cell.str.contains(r"^(0|[1-9][0-9]{0,15})$"), "number", "{} is no whole number; write digits alone"
        yield number < (column.minimum or 0), "number", f"{{}} is below {column.minimum or 0}; mend it"
    if column.base == "date":
        day = cell.str.to_date("%Y-%m-%d", strict=False).dt.to_string("%Y-%m-%d")
        yield cell.is_not_null() & ~day.eq_missing(cell), "date", "{} is no day; write it as 2026-01-31"


def _shorten(cell: str) -> str:
    return cell if len(cell) <= 60 else f"{cell[:60]}..."
