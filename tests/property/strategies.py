"""Generators: cells, tables with their rows, and the many ways in which a file is spoilt."""

import unicodedata
from datetime import date

from hypothesis import strategies as st

from kg.description import Column, Table

Row = dict[str, str]

NAMES = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True).filter(lambda name: name != "line")
LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff")
MARKS = st.sampled_from(list(",\"'\\<>{}|#;$%/=@* "))
BYTES = [
    *(
        b'"',
        b'""',
        b",",
        b",,",
        b"\n",
        b"\n\n",
        b"\r\n",
        b"\r",
        b"\0",
        b"\x01",
        b"\x1a",
        b" ",
        b"  ",
        b"\t",
        b"\\",
        b"#",
    ),
    *(b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b"e\xcc\x81", b"\xc2\x85", b"\xe2\x80\xa8", b"\xf4\x90\x80\x80"),
    *(b"001", b"person/klara-voss", b"text/letters", b"assertion/chronicle/0019", b"role/baker", b"unknown", b"civil"),
    *(b"1801-03-03/..", b"-99999999-01", b"999999999999999999999", b"~1/..", b"occurredOn", b"numbered", b"x" * 5000),
]


def cells() -> st.SearchStrategy[str]:
    """Give texts that may stand in a cell: on one line, in NFC, without blanks at the ends or two together."""
    texts = st.text(st.one_of(LETTERS, MARKS), max_size=30)
    return texts.map(lambda text: unicodedata.normalize("NFC", " ".join(text.split())))


def columns(name: str) -> st.SearchStrategy[Column]:
    """Give descriptions of a column of some name, with any datatype."""
    bases = st.sampled_from(["string", "integer", "date"])
    return bases.map(lambda base: Column(name, "", False, base, "", None, None, ""))


def values(column: Column) -> st.SearchStrategy[str]:
    """Give what may stand in a column; an empty cell is always among it."""
    if column.base == "integer":
        return st.one_of(st.just(""), st.integers(0, 10**15).map(str))
    if column.base == "date":
        return st.one_of(st.just(""), st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat))
    return cells()


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, list[Row]]:
    """Give a table of a few columns, with rows in any order and no key twice."""
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    described = tuple(draw(columns(name)) for name in names)
    key = tuple(names[: draw(st.integers(1, len(names)))])
    row = st.fixed_dictionaries({column.name: values(column) for column in described})
    rows = draw(st.lists(row, max_size=8, unique_by=lambda row: tuple(row[name] for name in key)))
    return Table("t.csv", "", described, key), rows


def scribbles() -> st.SearchStrategy[bytes]:
    """Give short files of what tables are made of, for the most part no tables."""
    return st.lists(st.sampled_from([*BYTES[:-1], b"id", b"label", b"description", b"a"]), max_size=30).map(b"".join)


@st.composite
def spoilt(draw: st.DrawFn, data: bytes) -> bytes:
    """Give a file after one to four mishaps: bytes put in, cut out or over, cells and lines exchanged or doubled."""
    for _ in range(draw(st.integers(1, 4))):
        data = draw(st.sampled_from([_put_in, _cut_out, _put_cell, _double_line, _exchange_lines, _cut_off]))(
            draw, data
        )
    return data


def _put_in(draw: st.DrawFn, data: bytes) -> bytes:
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.one_of(st.sampled_from(BYTES), st.binary(min_size=1, max_size=4))) + data[at:]


def _cut_out(draw: st.DrawFn, data: bytes) -> bytes:
    at = draw(st.integers(0, len(data)))
    return data[:at] + data[at + draw(st.integers(1, 40)) :]


def _cut_off(draw: st.DrawFn, data: bytes) -> bytes:
    return data[: draw(st.integers(0, len(data)))]


def _put_cell(draw: st.DrawFn, data: bytes) -> bytes:
    lines = data.split(b"\n")
    line = draw(st.integers(0, len(lines) - 1))
    row = lines[line].split(b",")
    row[draw(st.integers(0, len(row) - 1))] = draw(st.sampled_from([*BYTES, b""]))
    return b"\n".join([*lines[:line], b",".join(row), *lines[line + 1 :]])


def _double_line(draw: st.DrawFn, data: bytes) -> bytes:
    lines = data.split(b"\n")
    at, to = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    return b"\n".join([*lines[:to], lines[at], *lines[to:]])


def _exchange_lines(draw: st.DrawFn, data: bytes) -> bytes:
    return b"\n".join(draw(st.permutations(data.split(b"\n"))))
