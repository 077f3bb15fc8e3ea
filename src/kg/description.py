"""What the tables are: one CSVW description, `tables.json`, read so that it cannot lie.

Only the part of CSVW that the tables use is read: url, tableSchema (inline or by file name),
primaryKey, and of each column name, required, datatype with base, format, bounds and `@id`.
Source: W3C, Metadata Vocabulary for Tabular Data (2015).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from kg.errors import DataError, OutsideError, Place, Problem

FILE_NAME = "tables.json"
BASES = frozenset({"string", "integer", "date"})

_URL = re.compile(r"(?:[\w-]+/)?[\w-]+\.csv", re.ASCII)
_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
_LARGEST = 2**31
_KINDS: dict[str, type] = {
    **dict.fromkeys(("name", "dc:description", "format", "@id"), str),
    **dict.fromkeys(("minimum", "maxLength"), int),
    "required": bool,
}
_NAMES: dict[type, str] = {str: "text", int: f"whole number up to {_LARGEST}", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `base` is string, integer or date; `meaning` is the IRI of its datatype, or empty."""

    name: str
    description: str
    required: bool
    base: str
    pattern: str
    minimum: int | None
    longest: int | None
    meaning: str

    @property
    def term(self) -> str:
        """Give the local name of the datatype: a class, a concept scheme, or empty."""
        return re.split(r"[/#]", self.meaning)[-1]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its path within the data folder, its columns and its primary key."""

    url: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def name(self) -> str:
        """Give the path without its ending: `persons`, `assertions/000`."""
        return self.url.removesuffix(".csv")

    @property
    def header(self) -> list[str]:
        """Give the names of the columns in their order."""
        return [column.name for column in self.columns]


def read_description(folder: Path) -> dict[str, Table]:
    """Read the description of a data folder: its tables by name; raises DataError."""
    described = _read_json(folder / FILE_NAME)
    try:
        tables = [_read_table(folder, table) for table in described["tables"]]
    except KeyError as error:
        raise _fault(FILE_NAME, f"describes a table or a column without {error}; add it") from None
    except (TypeError, AttributeError, ValueError) as error:
        raise _fault(FILE_NAME, f"not a description of tables that can be read: {error}") from None
    if not tables:
        raise _fault(FILE_NAME, "describes no table; list them under `tables`")
    if len({table.url for table in tables}) < len(tables):
        raise _fault(FILE_NAME, "describes a table twice; take one of them out")
    return {table.name: table for table in tables}


def _read_json(path: Path) -> dict[str, Any]:
    try:
        described = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise OutsideError(f"{path} is not there; a data folder needs it") from None
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise _fault(path.name, f"not JSON in UTF-8: {error}") from None
    if not isinstance(described, dict):
        raise _fault(path.name, "not a JSON object")
    return described


def _fault(file: str, message: str) -> DataError:
    return DataError([Problem(Place(file), "description", message)])


def _read_table(folder: Path, table: Mapping[str, Any]) -> Table:
    schema = table["tableSchema"]
    if isinstance(schema, str):
        schema = _read_json(folder / schema)
    url, key = table["url"], schema["primaryKey"]
    if _URL.fullmatch(url) is None:
        raise ValueError(f"{url!r} is no path such as persons.csv or assertions/000.csv")
    columns = tuple(_read_column(column) for column in schema["columns"])
    read = Table(url, table["dc:title"], columns, (key,) if isinstance(key, str) else tuple(key))
    if len(set(read.header)) < len(columns):
        raise ValueError(f"{url} has a column twice")
    if not read.key or not set(read.key) <= set(read.header):
        raise ValueError(f"the primaryKey of {url} must name columns of the table")
    return read


def _read_column(column: Mapping[str, Any]) -> Column:
    datatype = column.get("datatype", "string")
    if isinstance(datatype, str):
        datatype = {"base": datatype}
    if datatype["base"] not in BASES:
        raise ValueError(f"column {column['name']} has datatype {datatype['base']}; use {', '.join(sorted(BASES))}")
    for key, kind in _KINDS.items():
        for value in (part[key] for part in (column, datatype) if key in part):
            if type(value) is not kind or (isinstance(value, int) and not 0 <= value <= _LARGEST):
                raise ValueError(f"{key} of column {column['name']} is {value!r}, which is no {_NAMES[kind]}")
    if _NAME.fullmatch(column["name"]) is None:
        raise ValueError(f"{column['name']!r} is no name of a column; use letters, digits and _")
    return Column(
        name=column["name"],
        description=column["dc:description"],
        required=column.get("required", False),
        base=datatype["base"],
        pattern=_check_pattern(datatype.get("format", "")),
        minimum=datatype.get("minimum"),
        longest=datatype.get("maxLength"),
        meaning=datatype.get("@id", ""),
    )


@cache
def _check_pattern(pattern: str) -> str:
    """Give a pattern back if it can be used; it is read as the engine of the tables reads it."""
    try:
        pl.select(pl.lit("").str.contains(f"^(?:{pattern})$"))
    except pl.exceptions.ComputeError as error:
        raise ValueError(f"format {pattern!r} is no regular expression: {error}") from None
    return pattern
