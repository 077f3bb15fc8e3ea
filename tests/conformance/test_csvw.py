"""An independent reader of CSVW finds the same cells under one description, and refuses nothing that is taken here."""

import json
from datetime import date
from pathlib import Path

import csvw
import pytest
from conftest import DATASET, ROOT

from kg.description import Column, Table, read_description
from kg.tables import read_table, read_tables, write_table

each_folder = pytest.mark.parametrize("folder", [DATASET, ROOT / "data"], ids=["small", "shipped"])

PROBES = [
    *("", "a", "A", "a-b", "-a", "a--b", "a_b", "é", "a/b", "person/a", "a b", "0", "1", "12", "0001", "00001", "001"),
    *("-1", "+1", "007", "1.0", "1e3", "1 000", "²", "٣", "one", "2026-01-31", "2026-02-30", "2026-1-31", "31.01.2026"),
    *("2026-01-31Z", "2026", "12:00", "24:00", "9:00", "en", "en-Latn", "EN", "english", "x" * 64, "0" * 64, "0" * 63),
    *("http://e.org/", "http://e.org/a b", "http://e.org/<a>", "ftp://e.org/", "https://", "skos:exactMatch"),
    *(
        "skos:exact",
        "skos:exactMatch ",
        "a.txt",
        "a b.txt",
        "x" * 81,
        "x" * 121,
        "x" * 201,
        "x" * 301,
        "x" * 401,
        "null",
    ),
]
STRICTER = {"007", "0001", "00001", "001", "0" * 63, "0" * 64, "+1", "1.0", "٣", "2026-01-31Z"}
"""Refused here alone: a whole number that is not written in digits alone without zeros before it; a day with a zone."""


def open_tables(folder: Path) -> dict[str, csvw.Table]:
    """Open the tables of a folder; schemas in files of their own, which the reader would fetch by HTTP, are put in."""
    described = json.loads((folder / "tables.json").read_text("utf-8"))
    for table in described["tables"]:
        if isinstance(table["tableSchema"], str):
            table["tableSchema"] = json.loads((folder / table["tableSchema"]).read_text("utf-8"))
    group = csvw.TableGroup.from_file(folder / "tables.json", data=described)
    return {str(table.url): table for table in group.tables}


def to_text(value: object) -> str:
    """Write a value as it stands in a cell."""
    return "" if value is None else value.isoformat()[:10] if isinstance(value, date) else str(value)


def is_read(column: csvw.Column, cell: str) -> bool:
    """Tell whether the other reader takes a cell."""
    try:
        column.read(cell)
    except ValueError:
        return False
    return True


def list_taken(column: Column, folder: Path) -> set[str]:
    """Give the probes that are taken here as cells of a column; how blanks stand is not looked at."""
    table = Table("probe.csv", "", (column, Column("n", "", True, "string", "", None, None, "")), ("n",))
    rows = [{column.name: probe, "n": f"{n:03}"} for n, probe in enumerate(PROBES)]
    (folder / table.url).write_text(write_table(table, rows), "utf-8")
    _, problems = read_table(folder / table.url, table)
    refused = {problem.place.line for problem in problems if problem.rule != "blank"}
    return {probe for line, probe in enumerate(PROBES, 2) if line not in refused}


@each_folder
def test_the_description_is_csvw_with_a_title_and_a_key_for_every_table(folder: Path) -> None:
    described = json.loads((folder / "tables.json").read_text("utf-8"))
    tables = open_tables(folder)
    assert described["@context"][0] == "http://www.w3.org/ns/csvw"
    assert set(tables) == {table.url for table in read_description(folder).values()}
    for table in tables.values():
        columns = table.tableSchema.columns
        assert table.common_props["dc:title"]
        assert set(table.tableSchema.primaryKey) <= {column.name for column in columns}
        assert [column.titles.getfirst() for column in columns] == [column.name for column in columns]
        assert all(column.common_props["dc:description"] for column in columns)


@each_folder
def test_every_table_is_valid_and_has_the_same_cells_for_both_readers(folder: Path) -> None:
    ours, problems = read_tables(folder, read_description(folder))
    tables = open_tables(folder)
    assert (problems, len(tables)) == ([], len(ours))
    for url, table in tables.items():
        rows = [[to_text(value) for value in row.values()] for row in table.iterdicts(strict=True)]
        frame = ours[url.removesuffix(".csv")].drop("line")
        assert rows == [[to_text(value) for value in row] for row in frame.iter_rows()], url
        assert table.check_primary_key(), url


def test_a_cell_that_the_other_reader_refuses_is_refused_here_in_every_column(tmp_path: Path) -> None:
    theirs, ours = open_tables(DATASET), read_description(DATASET)
    columns = {
        (column, f"{table.url} {column.name}"): theirs[table.url].tableSchema.columndict[column.name]
        for table in ours.values()
        for column in table.columns
    }
    assert len(columns) > 100
    for (column, name), other in columns.items():
        taken, others = list_taken(column, tmp_path), {probe for probe in PROBES if is_read(other, probe)}
        assert taken <= others, name
        assert others - taken <= STRICTER, name
        assert column.required == ("" not in taken), name
