"""What the tables are: one CSVW description, `tables.json`, read so that it cannot lie.

Only the part of CSVW that the tables use is read: url, tableSchema (inline or by file name),
primaryKey, and of each column name, required, datatype with base, format, bounds and `@id`.
Source: W3C, Metadata Vocabulary for Tabular Data (2015).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import DataError, OutsideError, Place, Problem

FILE_NAME = "tables.json"
BASES = frozenset({"string", "integer", "date"})


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
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _fault(FILE_NAME, f"not a description of tables that can be read: {error!r}") from None
    if not tables:
        raise _fault(FILE_NAME, "describes no table")
    return {table.name: table for table in tables}


def _read_json(path: Path) -> dict[str, Any]:
    try:
        described = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise OutsideError(f"{path} is not there; a data folder needs it") from None
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
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
    key = schema["primaryKey"]
    columns = tuple(_read_column(column) for column in schema["columns"])
    return Table(table["url"], table["dc:title"], columns, (key,) if isinstance(key, str) else tuple(key))


def _read_column(column: Mapping[str, Any]) -> Column:
    datatype = column.get("datatype", "string")
    if isinstance(datatype, str):
        datatype = {"base": datatype}
    if datatype["base"] not in BASES:
        raise ValueError(f"column {column['name']} has datatype {datatype['base']}")
    return Column(
        name=column["name"],
        description=column["dc:description"],
        required=column.get("required", False),
        base=datatype["base"],
        pattern=datatype.get("format", ""),
        minimum=datatype.get("minimum"),
        longest=datatype.get("maxLength"),
        meaning=datatype.get("@id", ""),
    )
