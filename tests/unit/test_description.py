"""The description of the tables is read whole, and one that cannot be meant is refused in words."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import DATASET

from kg.description import Column, Table, read_description
from kg.errors import DataError, OutsideError, Place

COLUMN: dict[str, Any] = {"name": "id", "dc:description": "An id."}
SCHEMA: dict[str, Any] = {"columns": [COLUMN], "primaryKey": "id"}
TABLE: dict[str, Any] = {"url": "persons.csv", "dc:title": "Persons.", "tableSchema": SCHEMA}


def read(tmp_path: Path, described: object) -> dict[str, Table]:
    """Read a description given as what its JSON says."""
    (tmp_path / "tables.json").write_text(json.dumps(described), "utf-8")
    return read_description(tmp_path)


def with_column(**said: object) -> dict[str, Any]:
    """Describe one table whose column says something more."""
    return {"tables": [TABLE | {"tableSchema": SCHEMA | {"columns": [COLUMN | said]}}]}


def test_a_column_is_read_with_all_that_is_said_of_it(tmp_path: Path) -> None:
    datatype = {"base": "integer", "minimum": 1, "maxLength": 9, "format": "[0-9]+", "@id": "https://e.org/x#Age"}
    (column,) = read(tmp_path, with_column(required=True, datatype=datatype))["persons"].columns
    assert column == Column("id", "An id.", True, "integer", "[0-9]+", 1, 9, "https://e.org/x#Age")
    assert column.term == "Age"


def test_a_column_of_which_nothing_is_said_is_text_that_may_be_empty(tmp_path: Path) -> None:
    (column,) = read(tmp_path, {"tables": [TABLE]})["persons"].columns
    assert column == Column("id", "An id.", False, "string", "", None, None, "")
    assert column.term == ""


@pytest.mark.parametrize(
    ("meaning", "term"), [("https://e.org/concept/role", "role"), ("https://e.org/o#Person", "Person"), ("", "")]
)
def test_the_term_of_a_meaning_is_its_last_part(meaning: str, term: str) -> None:
    assert Column("id", "", False, "string", "", None, None, meaning).term == term


def test_a_datatype_may_be_its_name_alone(tmp_path: Path) -> None:
    assert read(tmp_path, with_column(datatype="date"))["persons"].columns[0].base == "date"


def test_tables_are_found_by_their_path_without_its_ending() -> None:
    tables = read_description(DATASET)
    assert {"persons", "assertions/chronicle", "chains/letters"} <= set(tables)
    assert tables["concepts"].header == ["scheme", "id", "label", "description"]
    assert tables["concepts"].key == ("scheme", "id")
    assert tables["persons"].key == ("id",)


def test_a_schema_in_a_file_of_its_own_serves_many_tables() -> None:
    tables = read_description(DATASET)
    assert tables["chains/chronicle"].columns == tables["chains/letters"].columns


FAULTS: list[tuple[object, str]] = [
    ([], "not a JSON object"),
    ({}, "without 'tables'"),
    ({"tables": []}, "describes no table; list them"),
    ({"tables": {}}, "describes no table"),
    ({"tables": None}, "that can be read"),
    ({"tables": ["persons.csv"]}, "that can be read"),
    ({"tables": [TABLE, TABLE]}, "describes a table twice"),
    ({"tables": [{"url": "persons.csv", "dc:title": "Persons."}]}, "without 'tableSchema'"),
    ({"tables": [TABLE | {"tableSchema": {"columns": [COLUMN]}}]}, "without 'primaryKey'"),
    ({"tables": [TABLE | {"tableSchema": {"primaryKey": "id"}}]}, "without 'columns'"),
    ({"tables": [TABLE | {"tableSchema": SCHEMA | {"primaryKey": "name"}}]}, "primaryKey of persons.csv must name"),
    ({"tables": [TABLE | {"tableSchema": SCHEMA | {"primaryKey": []}}]}, "primaryKey of persons.csv must name"),
    ({"tables": [TABLE | {"tableSchema": SCHEMA | {"primaryKey": [["id"]]}}]}, "that can be read"),
    ({"tables": [TABLE | {"tableSchema": SCHEMA | {"columns": [COLUMN, COLUMN]}}]}, "has a column twice"),
    ({"tables": [TABLE | {"url": "../persons.csv"}]}, "no path such as persons.csv"),
    ({"tables": [TABLE | {"url": "/etc/persons.csv"}]}, "no path such as persons.csv"),
    ({"tables": [TABLE | {"url": "persons.json"}]}, "no path such as persons.csv"),
    ({"tables": [TABLE | {"url": "\ud800.csv"}]}, "no path such as persons.csv"),
    ({"tables": [TABLE | {"url": 7}]}, "that can be read"),
    (with_column(datatype="float"), "column id has datatype float; use date, integer, string"),
    (with_column(datatype={}), "without 'base'"),
    (with_column(datatype=None), "that can be read"),
    (with_column(datatype={"base": "string", "format": "["}), "is no regular expression"),
    (with_column(datatype={"base": "string", "format": "(?=look)"}), "is no regular expression"),
    (with_column(datatype={"base": "string", "maxLength": "9"}), "maxLength of column id is '9', which is no whole"),
    (with_column(datatype={"base": "string", "maxLength": True}), "which is no whole number"),
    (with_column(datatype={"base": "integer", "minimum": -1}), "minimum of column id is -1"),
    (with_column(datatype={"base": "integer", "minimum": 10**30}), "which is no whole number"),
    (with_column(datatype={"base": "string", "@id": 1}), "@id of column id is 1, which is no text"),
    (with_column(required="yes"), "required of column id is 'yes', which is no true or false"),
    (with_column(name="*"), "'*' is no name of a column"),
    (with_column(name="^i.*$"), "is no name of a column"),
    (with_column(name=["id"]), "that can be read"),
]


@pytest.mark.parametrize(("described", "message"), FAULTS, ids=[message for _, message in FAULTS])
def test_a_description_that_cannot_be_meant_is_refused(tmp_path: Path, described: object, message: str) -> None:
    with pytest.raises(DataError) as told:
        read(tmp_path, described)
    (problem,) = told.value.problems
    assert problem.place == Place("tables.json")
    assert message in problem.message


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"])
def test_what_is_not_json_is_told_as_that(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "tables.json").write_bytes(data)
    with pytest.raises(DataError, match="not JSON in UTF-8"):
        read_description(tmp_path)


def test_a_folder_without_a_description_is_no_data_folder(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"tables\.json is not there; a data folder needs it"):
        read_description(tmp_path)
    (tmp_path / "tables.json").mkdir()
    with pytest.raises(OutsideError, match="cannot be read"):
        read_description(tmp_path)


def test_a_schema_that_is_not_there_is_told_by_its_file(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"schemas/persons\.json is not there"):
        read(tmp_path, {"tables": [TABLE | {"tableSchema": "schemas/persons.json"}]})
    with pytest.raises(DataError, match="not JSON"):
        read(tmp_path, {"tables": [TABLE | {"tableSchema": "\0"}]})
