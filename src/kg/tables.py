"""Tables as they stand in their files: bytes to frames of text columns, every fault with its place.

UTF-8 in NFC, LF at every line's end, a cell on one line; an empty cell means unknown and nothing
else does. Whole columns are read and checked at once, so that a million rows cost no more than
ten thousand times a hundred.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from kg.description import Column, Table
from kg.errors import OutsideError, Place, Problem
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
        return None, [Problem(Place(table.url), "file", "is described in tables.json but not there")]
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror}") from None
    problems = list(_list_byte_faults(data, table))
    if not data.strip():
        return None, problems
    lines = _cut_lines(_mend(data) if problems else data)
    faults, whole = _list_line_faults(lines, table)
    frame = _parse(lines.filter(whole), table)
    for column in table.columns:
        if column.name in frame.columns:
            faults += _list_cell_faults(frame, column, table)
    missing = [pl.lit(None, pl.String).alias(name) for name in table.header if name not in frame.columns]
    return _to_integers(frame.with_columns(missing), table), problems + faults


def list_faults(
    frame: pl.DataFrame, wrong: pl.Expr, table: Table, column: str, rule: str, message: str
) -> list[Problem]:
    """Give a problem for each row where `wrong` is true; `{}` in the message is the cell."""
    rows = frame.filter(wrong).select(LINE, pl.col(column).cast(pl.String).fill_null(""))
    problems = [
        Problem(Place(table.url, line, column), rule, message.replace("{}", repr(_shorten(cell))))
        for line, cell in rows.head(MOST_PROBLEMS).iter_rows()
    ]
    if rows.height > MOST_PROBLEMS:
        more = f"{rows.height - MOST_PROBLEMS} more lines have this fault"
        problems.append(Problem(Place(table.url, rows[LINE][MOST_PROBLEMS], column), rule, more))
    return problems


def write_table(table: Table, rows: Sequence[Mapping[str, object]]) -> str:
    """Write rows as the CSV text of a table, sorted by its key; what a row lacks stays empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, table.header, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: [str(row[column]) for column in table.key]))
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
        b"\xef\xbb\xbf": ("bom", "begins with a byte order mark; save it as UTF-8 without BOM"),
        b"\r": ("line-end", "has a carriage return; save it with LF line ends"),
        b"\0": ("nul", "has a NUL byte; the file is damaged or not a text"),
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
        return
    if not text:
        yield Problem(Place(table.url), "empty", f"is empty; it needs at least the header {','.join(table.header)}")
    elif not text.endswith("\n"):
        yield Problem(Place(table.url, text.count("\n") + 1), "line-end", "the last line has no line end")
    if not unicodedata.is_normalized("NFC", text):
        for line, cells in enumerate(text.split("\n"), 1):
            if not unicodedata.is_normalized("NFC", cells):
                yield Problem(Place(table.url, line), "nfc", "is not in Unicode NFC; normalise it")


def _line_of(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _mend(data: bytes) -> bytes:
    text = data.removeprefix(b"\xef\xbb\xbf").decode(errors="replace").replace("\r\n", "\n")
    return text.replace("\r", "\n").replace("\0", "").encode()


def _cut_lines(data: bytes) -> pl.DataFrame:
    """Give the lines of a file with their numbers, not yet cut into cells."""
    lines = pl.read_csv(
        io.BytesIO(data),
        has_header=False,
        separator="\x01",
        quote_char=None,
        infer_schema=False,
        truncate_ragged_lines=True,
        new_columns=["cells"],
    )
    return lines.select(pl.col("cells").fill_null("")).with_row_index(LINE, 1)


def _list_line_faults(lines: pl.DataFrame, table: Table) -> tuple[list[Problem], pl.Series]:
    """List lines that are no row of the table, and tell of every line whether it is whole."""
    header = next(csv.reader([lines["cells"][0]]), [])
    problems = list(_list_header_faults(header, table))
    bare = pl.col("cells").str.replace_all(r'"(?:[^"]|"")*"', "")
    counted = lines.select(LINE, quotes=bare.str.contains('"'), cells=bare.str.count_matches(",", literal=True) + 1)
    wrong = pl.col("quotes") | (pl.col("cells") != len(header))
    for line, quotes, cells in counted.filter(wrong).head(MOST_PROBLEMS).iter_rows():
        message = f"has {cells} cells, the header has {len(header)}"
        if quotes:
            message = "has an odd quotation mark: a cell is not closed, or goes over its line"
        problems.append(Problem(Place(table.url, line), "quotes" if quotes else "cells", message))
    return problems, counted.select(~wrong).to_series()


def _list_header_faults(header: list[str], table: Table) -> Iterator[Problem]:
    for name in header:
        if name not in table.header:
            known = ", ".join(table.header)
            yield Problem(Place(table.url, 1, name), "column", f"no such column in this table; it has {known}")
        if header.count(name) > 1:
            yield Problem(Place(table.url, 1, name), "column", "this column stands more than once")
    for name in table.header:
        if name not in header:
            yield Problem(Place(table.url, 1, name), "column", "this column is missing")
    if sorted(header) == sorted(table.header) and header != table.header:
        yield Problem(Place(table.url, 1), "column", f"the columns must stand in this order: {','.join(table.header)}")


def _parse(lines: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Cut whole lines into cells; a column that the table does not have, or has twice, is left out."""
    text = lines["cells"].str.join("\n")[0] + "\n"
    frame = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)
    known = [pl.col(name).replace("", None) for name in table.header if name in frame.columns]
    return frame.select(known).with_columns(lines[LINE][1:].cast(pl.Int64).alias(LINE))


def _to_integers(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    numbers = [column.name for column in table.columns if column.base == "integer"]
    return frame.with_columns(pl.col(numbers).cast(pl.Int64, strict=False))


def _list_cell_faults(frame: pl.DataFrame, column: Column, table: Table) -> Iterator[Problem]:
    """List the cells of a column that are missing or not of its datatype."""
    for wrong, rule, message in _rules(column):
        yield from list_faults(frame, wrong, table, column.name, rule, message)


def _rules(column: Column) -> Iterator[tuple[pl.Expr, str, str]]:
    cell = pl.col(column.name)
    longest = column.longest or LONGEST_CELL
    yield cell.str.len_chars() > longest, "long", f"{{}} is longer than {longest} characters"
    yield cell.str.contains(r"^\s|\s$|\s\s|[\x00-\x1f\x7f]"), "blank", "{} has odd blanks or control characters"
    if column.required:
        yield cell.is_null(), "required", "is empty, but every row needs it"
    if column.pattern:
        fits = cell.str.contains(f"^(?:{column.pattern})$")
        yield ~fits, "format", f"{{}} is not of the form {column.pattern}"
    if column.base == "integer":
        number = cell.cast(pl.Int64, strict=False)
        yield ~cell.str.contains(r"^(0|[1-9][0-9]{0,15})$"), "number", "{} is no whole number"
        yield number < (column.minimum or 0), "number", f"{{}} is below {column.minimum or 0}"
    if column.base == "date":
        day = cell.str.to_date("%Y-%m-%d", strict=False).dt.to_string("%Y-%m-%d")
        yield cell.is_not_null() & ~day.eq_missing(cell), "date", "{} is no day; write it as 2026-01-31"


def _shorten(cell: str) -> str:
    return cell if len(cell) <= 60 else f"{cell[:60]}..."
