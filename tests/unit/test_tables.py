"""Bytes become frames of cells, every fault keeps its line, and what is written is read back."""

import csv
from pathlib import Path

import polars as pl
import pytest
from conftest import DATASET

from kg.description import Column, Table, read_description
from kg.errors import DataError, OutsideError, Place
from kg.tables import LONGEST_CELL, MOST_PROBLEMS, Rule, list_faults, read_table, read_tables, write_table


def column(name: str, base: str = "string", *, required: bool = False, minimum: int | None = None) -> Column:
    """Describe a column."""
    return Column(name, "", required, base, "", minimum, None, "")


TABLE = Table(
    "days.csv",
    "Days.",
    (column("id", required=True), column("note"), column("count", "integer", minimum=2), column("day", "date")),
    ("id",),
)
HEADER = "id,note,count,day\n"


def read(tmp_path: Path, data: bytes | str) -> tuple[pl.DataFrame | None, list[str]]:
    """Read a table of days from its bytes; problems are shortened to line, column and rule."""
    path = tmp_path / "days.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    frame, problems = read_table(path, TABLE)
    return frame, [f"{p.place.line} {p.place.column} {p.rule}" for p in problems]


def read_rows(tmp_path: Path, text: str) -> list[tuple[object, ...]]:
    """Read rows that have no fault."""
    frame, problems = read(tmp_path, HEADER + text)
    assert problems == []
    assert frame is not None
    return frame.rows()


# ---- What is read ----


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("a,b,3,2026-01-31", ("a", "b", 3, "2026-01-31", 2)),
        ("a,,,", ("a", None, None, None, 2)),
        ('a,"","",""', ("a", None, None, None, 2)),
        ('"a","b, c","3","2026-01-31"', ("a", "b, c", 3, "2026-01-31", 2)),
        ('a,"say ""b""",,', ("a", 'say "b"', None, None, 2)),
        ('a,"""",,', ("a", '"', None, None, 2)),
        ("a,#b,,", ("a", "#b", None, None, 2)),
        ("#a,b,,", ("#a", "b", None, None, 2)),
        ("a,NULL,,", ("a", "NULL", None, None, 2)),
        ("a,nan,,", ("a", "nan", None, None, 2)),
        ("a,0012,,", ("a", "0012", None, None, 2)),
        ("a,1e5,,", ("a", "1e5", None, None, 2)),
        ("a,true,,", ("a", "true", None, None, 2)),
        ("a,é\u4e2d\U0001f600,,", ("a", "é\u4e2d\U0001f600", None, None, 2)),
        ("a,b\\n'`<>,,", ("a", "b\\n'`<>", None, None, 2)),
        ("a,,9999999999999999,", ("a", None, 9999999999999999, None, 2)),
    ],
)
def test_a_cell_is_what_stands_in_it(tmp_path: Path, line: str, row: tuple[object, ...]) -> None:
    assert read_rows(tmp_path, f"{line}\n") == [row]


def test_columns_have_their_types_even_without_rows(tmp_path: Path) -> None:
    frame, problems = read(tmp_path, HEADER)
    assert problems == []
    assert frame is not None
    types = {"id": pl.String, "note": pl.String, "count": pl.Int64, "day": pl.String, "line": pl.Int64}
    assert frame.schema == types
    assert frame.height == 0


def test_a_table_that_is_not_there_has_no_frame(tmp_path: Path) -> None:
    frame, problems = read_table(tmp_path / "days.csv", TABLE)
    assert frame is None
    assert [(p.place, p.rule) for p in problems] == [(Place("days.csv"), "file")]


def test_a_folder_in_the_place_of_a_table_is_a_failure_of_the_outside(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="cannot be read"):
        read_table(tmp_path, TABLE)


def test_all_tables_of_a_folder_are_read_and_strangers_told(data: Path) -> None:
    (data / "chains" / "sagas.csv").write_text("id\n", "utf-8")
    (data / "Notes.csv").write_text("id\n", "utf-8")
    tables = read_description(data)
    frames, problems = read_tables(data, tables)
    assert set(frames) == set(tables)
    assert [str(problem.place) for problem in problems] == ["Notes.csv", "chains/sagas.csv"]


# ---- What is mended so that the rest can be checked ----


@pytest.mark.parametrize("data", [b"", b"\n", b" \n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\0", b"\0\n\0", b"\r\n"])
def test_a_file_without_a_word_has_no_frame_and_at_least_one_problem(tmp_path: Path, data: bytes) -> None:
    frame, problems = read(tmp_path, data)
    assert frame is None
    assert problems


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("\ufeffid,note,count,day\na,b,1,\n", ["1  bom", "2 count number"]),
        ("id,note,count,day\r\na,b,1,\r\n", ["1  line-end", "2 count number"]),
        ("id,note,count,day\ra,b,1,\r", ["1  line-end", "1  line-end", "2 count number"]),
        ("id,note,count,day\na,b\0,1,\n", ["2  nul", "2 count number"]),
        (b"id,note,count,day\na,\xe9,1,\n", ["2  encoding", "2 count number"]),
        (b"id,note,count,day\na,\xed\xa0\x80,1,\n", ["2  encoding", "2 count number"]),
        (b"id,note,count,day\na,\xc0\x80,1,\n", ["2  encoding", "2 count number"]),
        ("id,note,count,day\na,e\u0301,1,\n", ["2  nfc", "2 count number"]),
        (b"id,note,count,day\na,\xe9,1,\nb,e\xcc\x81,,\n", ["2  encoding", "3  nfc", "2 count number"]),
        ("id,note,count,day\na,b,1,", ["2  line-end", "2 count number"]),
        ('id,note,count,day\na,"b,1,\nc,,1,\n', ["2  quotes", "3 count number"]),
        ('id,note,count,day\na,"b\nb",1,\nc,,1,\n', ["2  quotes", "3  quotes", "4 count number"]),
        ('id,note,count,day\na,b "b" b,1,\nc,,1,\n', ["2  quotes", "3 count number"]),
        ('id,note,count,day\na,"b" b,1,\nc,,1,\n', ["2  quotes", "3 count number"]),
        ('id,note,count,day\na, "b",1,\nc,,1,\n', ["2  quotes", "3 count number"]),
        ("id,note,count,day\na,b\n\nc,,1,\n", ["2  cells", "3  cells", "4 count number"]),
        ("id,note,count,day\n\na,,1,\n\n", ["2  cells", "4  cells", "3 count number"]),
        ("id,note,count\na,b,1\n", ["1 day column", "2 count number"]),
        ("count,id,note,day\n1,a,b,\n", ["1  column", "2 count number"]),
        ("id,note,count,day,day\na,b,1,,x\n", ["1 day column", "1 day column", "2 count number"]),
        ("id,note,count,day,\na,b,1,,\n", ["1  column", "2 count number"]),
        ('id,note,"count,day\na,b,1,\n', ["1  quotes", "2 count number"]),
        ('"id","note","count","day"\na,b,1,\n', ["2 count number"]),
    ],
)
def test_a_fault_of_the_file_hides_no_fault_of_a_cell(tmp_path: Path, data: bytes | str, told: list[str]) -> None:
    frame, problems = read(tmp_path, data)
    assert problems == told
    assert frame is not None
    assert set(frame.columns) == {*TABLE.header, "line"}


def test_a_header_of_a_megabyte_is_told(tmp_path: Path) -> None:
    _, problems = read(tmp_path, f"id,note,count,day,{'x' * 1_000_000}\na,,,,\n")
    assert [problem.partition("xx")[0] for problem in problems] == ["1 "]


def test_a_hundred_lines_of_one_fault_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text(HEADER + "a,b\n" * 250, "utf-8")
    _, problems = read_table(path, TABLE)
    assert [problem.place.line for problem in problems] == [*range(2, MOST_PROBLEMS + 2), MOST_PROBLEMS + 2]
    assert problems[-1].message == "150 more lines have this fault"


# ---- What a cell may be ----


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (",b,,", ["2 id required"]),
        ("a, b,,", ["2 note blank"]),
        ("a,b ,,", ["2 note blank"]),
        ("a,b  c,,", ["2 note blank"]),
        ("a,b\u00a0 c,,", ["2 note blank"]),
        ("a,b\tc,,", ["2 note blank"]),
        ("a,b\x01c,,", ["2 note blank"]),
        ("a,b\x0bc,,", ["2 note blank"]),
        ("a,b\x7fc,,", ["2 note blank"]),
        ("a,\x01,,", ["2 note blank"]),
        (f"a,{'b' * LONGEST_CELL},,", []),
        (f"a,{'b' * (LONGEST_CELL + 1)},,", ["2 note long"]),
        (f'a,"{"b" * 1_000_000}",,', ["2 note long"]),
        ("a,,1,", ["2 count number"]),
        ("a,,2,", []),
        ("a,,02,", ["2 count number"]),
        ("a,,-2,", ["2 count number", "2 count number"]),
        ("a,,+2,", ["2 count number"]),
        ("a,,2.0,", ["2 count number"]),
        ("a,,2e1,", ["2 count number"]),
        ("a,,٣,", ["2 count number"]),
        ("a,,99999999999999999,", ["2 count number"]),
        ("a,,two,", ["2 count number"]),
        ("a,,,2026-02-30", ["2 day date"]),
        ("a,,,2026-1-31", ["2 day date"]),
        ("a,,,31.1.2026", ["2 day date"]),
        ("a,,,2026-01-31T00:00", ["2 day date"]),
        ("a,,,2026", ["2 day date"]),
        ("a,,,today", ["2 day date"]),
        ("a,,,2024-02-29", []),
        ("a,,,2023-02-29", ["2 day date"]),
    ],
)
def test_a_cell_of_another_datatype_is_told(tmp_path: Path, cells: str, told: list[str]) -> None:
    assert read(tmp_path, f"{HEADER}{cells}\n")[1] == told


def test_a_pattern_is_of_the_whole_cell(tmp_path: Path) -> None:
    letters = Table("x.csv", "", (Column("id", "", False, "string", "a|b", None, 3, ""),), ("id",))
    (tmp_path / "x.csv").write_text("id\na\nb\nab\nxa\nax\naaaa\n", "utf-8")
    _, problems = read_table(tmp_path / "x.csv", letters)
    assert [(p.place.line, p.rule) for p in problems] == [(7, "long"), *((n, "format") for n in (4, 5, 6, 7))]


def test_the_cell_is_quoted_in_the_message_once_and_not_at_length() -> None:
    frame = pl.DataFrame({"id": ["x" * 100], "line": [2]})
    rule = Rule("id", pl.lit(value=True), "rule", "{} is not {}")
    (problem,) = list_faults(frame, TABLE, [rule])
    assert problem.message == f"'{'x' * 60}...' is not {{}}"


def test_no_rule_and_no_row_are_no_problem() -> None:
    frame = pl.DataFrame({"id": ["x"], "line": [2]})
    rule = Rule("id", pl.lit(value=True), "rule", "no")
    assert list(list_faults(frame, TABLE, [])) == []
    assert list(list_faults(frame.clear(), TABLE, [rule])) == []


# ---- What is written ----


def test_rows_are_written_in_the_order_of_their_keys() -> None:
    rows: list[dict[str, object]] = [{"id": "b", "note": 'x, "y"'}, {"id": "a", "count": 3, "day": "2026-01-31"}]
    assert write_table(TABLE, rows) == 'id,note,count,day\na,,3,2026-01-31\nb,"x, ""y""",,\n'


def test_a_key_of_two_columns_orders_by_the_first_then_the_second() -> None:
    names = read_description(DATASET)["concepts"]
    rows = [{"scheme": s, "id": i, "label": "x"} for s, i in [("b", "a"), ("a-b", "c"), ("a", "d"), ("a", "c")]]
    written = csv.DictReader(write_table(names, rows).splitlines())
    assert [(row["scheme"], row["id"]) for row in written] == [("a", "c"), ("a", "d"), ("a-b", "c"), ("b", "a")]


def test_a_row_with_a_column_that_the_table_has_not_is_refused() -> None:
    with pytest.raises(DataError, match=r"days\.csv, column colour: no such column in this table; it has id, note"):
        write_table(TABLE, [{"id": "a", "colour": "red"}])


def test_a_row_without_its_key_is_written_and_told_when_it_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, write_table(TABLE, [{"note": "x"}]))[1] == ["2 id required"]
