"""The dataset in memory: its settings, and its tables as data frames of checked, derived columns."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from kg.dates import DateError, Reform, read_day
from kg.errors import DataError, OutsideError, Place, Problem
from kg.names import Base
from kg.vocabulary import Vocabulary

FILE_NAME = "dataset.toml"
LINE = "line"
"""In every frame beside the columns of its table: the line of its file."""

_WORDS = ("title", "description", "language", "creator", "licence", "version")


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for the dataset as a whole; `reform` is None where no civil calendar is declared."""

    base: Base
    title: str
    description: str
    language: str
    creator: str
    licence: str
    version: str
    reform: Reform | None


@dataclass(frozen=True, slots=True)
class Corpus:
    """A dataset read without fault: settings, vocabulary, and each table's frame by its name."""

    settings: Settings
    vocabulary: Vocabulary
    frames: Mapping[str, pl.DataFrame]

    @property
    def texts(self) -> list[str]:
        """List the ids of the texts."""
        return self.frames["texts"]["id"].to_list()


def read_settings(folder: Path) -> Settings:
    """Read `dataset.toml` of a data folder; raises DataError or OutsideError."""
    path = folder / FILE_NAME
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise OutsideError(f"{path} is not there; a data folder needs it") from None
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise DataError([Problem(Place(FILE_NAME), "settings", f"not TOML in UTF-8: {error}")]) from None
    problems = _list_faults(told)
    if problems:
        raise DataError(problems)
    reform = _read_reform(told["reform"]) if "reform" in told else None
    words = {word: told[word] for word in _WORDS}
    return Settings(base=Base(told["base"]), reform=reform, **words)


def _list_faults(told: Mapping[str, Any]) -> list[Problem]:
    messages = [f"`{word}` is missing or no text" for word in ("base", *_WORDS) if not isinstance(told.get(word), str)]
    base = str(told.get("base", ""))
    if not (base.startswith(("http://", "https://")) and base.endswith("/")):
        messages.append("`base` must begin with http:// or https:// and end with a slash")
    messages += [f"`{word}` is not known" for word in sorted(set(told) - {"base", "reform", *_WORDS})]
    try:
        _read_reform(told.get("reform", {"last_julian": "1918-01-31", "first_gregorian": "1918-02-14"}))
    except (KeyError, TypeError, DateError) as error:
        messages.append(f"`reform` needs the days last_julian and first_gregorian: {error}")
    return [Problem(Place(FILE_NAME), "settings", message) for message in messages]


def _read_reform(told: Mapping[str, str]) -> Reform:
    return Reform(read_day(told["last_julian"]), read_day(told["first_gregorian"]))
