"""The dataset in memory: its settings, and its tables as data frames of checked, derived columns."""

import re
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

INTEGERS = frozenset({"start", "end", "norm_start", "norm_end", "characters", "quotable_words"})
"""The columns of whole numbers; all others are text."""

_ENTITY = ("id", "label", "description")
_PASSAGE = ("id", "start", "end", "norm_start", "norm_end", "digest")
_DATE = ("date", "date_printed", "calendar", "basis")
_TEXT = (
    *("work", "translation_of", "language", "file", "file_digest", "digest", "characters"),
    *("calendar", "basis", "rights", "licence", "quotable_words"),
)
_CLAIM = (
    *("voice", "stance", "subject", "property", "object", "value", "printed", "unit"),
    *("time", "place", "role", "part", "phase", "hedge", "gist", "curator", "curated"),
)
COLUMNS = {
    **dict.fromkeys(("persons", "parties", "bodies", "events", "places", "works"), _ENTITY),
    "texts": (*_ENTITY, *_TEXT),
    "concepts": ("scheme", *_ENTITY),
    "names": ("text", *_PASSAGE, "entity", "form", "kind", "language", "curator", "curated"),
    "coverage": ("text", "id", "start", "end", "closeness", "reader", "read"),
    "matches": ("id", "subject", "predicate", "object", "judgement", "justification", "author", "judged"),
    "assertions": (*_PASSAGE, *_CLAIM, *_DATE),
    "chains": ("id", "speaker", "quoted_by", "mode", "stance", "origin", "work", *_DATE),
}
"""What each table, or each of a folder of tables, must have; kind, parent and follows may be left out."""

_BASE = re.compile(r"https?://[\w.:-]+/([\w.~-]+/)*", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
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
    except (ValueError, RecursionError) as error:
        raise DataError([Problem(Place(FILE_NAME), "settings", f"not TOML in UTF-8: {error}")]) from None
    problems = _list_faults(told)
    if problems:
        raise DataError(problems)
    reform = _read_reform(told["reform"]) if "reform" in told else None
    words = {word: told[word] for word in _WORDS}
    return Settings(base=Base(told["base"]), reform=reform, **words)


def _list_faults(told: Mapping[str, Any]) -> list[Problem]:
    messages = [f"`{word}` is missing or no text" for word in ("base", *_WORDS) if not isinstance(told.get(word), str)]
    if _BASE.fullmatch(str(told.get("base"))) is None:
        messages.append("`base` must be an IRI that begins with http:// or https:// and ends with a slash")
    if _LANGUAGE.fullmatch(str(told.get("language"))) is None:
        messages.append("`language` must be a language tag such as en or en-Latn")
    messages += [f"`{word}` is not known; take it out" for word in sorted(set(told) - {"base", "reform", *_WORDS})]
    try:
        if "reform" in told:
            _read_reform(told["reform"])
    except (KeyError, TypeError, DateError) as error:
        messages.append(f"`reform` needs the days last_julian and first_gregorian: {error}")
    return [Problem(Place(FILE_NAME), "settings", message) for message in messages]


def _read_reform(told: Mapping[str, str]) -> Reform:
    return Reform(read_day(told["last_julian"]), read_day(told["first_gregorian"]))
