"""The Reconciliation Service API, versions 0.1 and 0.2: manifest, queries in batches, data extension.

What was answered is kept on disk, query by query, so that a run that was stopped goes on where it
stopped; only what was understood is kept.
Source: Entity Reconciliation Community Group, Reconciliation Service API 0.2 (2023).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

from kg.errors import OutsideError
from kg.reconciliation.transport import Line

VERSIONS = ("0.1", "0.2")
LONGEST = 2000
"""Characters of a text within an answer."""

MOST = 1000
"""Candidates of one query, values of one property, classes of one candidate."""

Values = Mapping[str, tuple[str, ...]]
"""The values of one candidate by property."""

_ID = re.compile(r"[^\s<>\"{}|\\^`]+")
_IRI = re.compile(rf"https?://{_ID.pattern}")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a service says of itself; `view` is a template with {{id}}, or empty."""

    name: str
    space: str
    view: str
    extends: bool

    def choose_template(self, known: str = "") -> str:
        """Give how an identifier becomes an IRI: as is known, else as the service says."""
        if known or "{{id}}" in self.space:
            return known or self.space
        by_space = f"{self.space}{{{{id}}}}"
        return by_space if self.space.endswith(("/", "#", "=", ":")) else self.view or by_space

    def mint(self, id_: str, known: str = "") -> str:
        """Give the IRI of an identifier; raises ValueError where it makes none."""
        quoted = quote(id_, safe="/:@!$&'()*+,;=~")
        iri = id_ if _IRI.fullmatch(id_) else self.choose_template(known).replace("{{id}}", quoted)
        if not _IRI.fullmatch(iri):
            message = "say with --iri how to make one, as https://example.org/{{id}}"
            raise ValueError(f"{id_} makes no IRI ({iri}); {message}")
        return iri


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: a name to ask for, the class it should be of, and values that properties should have."""

    text: str
    type: str = ""
    properties: tuple[tuple[str, str], ...] = ()

    def to_json(self, limit: int) -> dict[str, Any]:
        """Give the query as a service reads it."""
        told: dict[str, Any] = {"query": self.text, "limit": limit}
        if self.type:
            told |= {"type": self.type, "type_strict": "should"}
        if self.properties:
            told["properties"] = [{"pid": name, "v": value} for name, value in self.properties]
        return told


class Suggestion(NamedTuple):
    """A candidate as a service gives it."""

    id: str
    name: str
    description: str
    types: tuple[str, ...]


class Cache:
    """Answers on disk, a file each; a `fresh` one finds nothing, but keeps what is answered."""

    def __init__(self, folder: Path, fresh: bool = False) -> None:
        self._folder = folder
        self._fresh = fresh

    def recall(self, *key: object) -> Any:  # noqa: ANN401
        """Give what was kept under a key, or None."""
        if self._fresh:
            return None
        try:
            kept = json.loads(self._place(key).read_text("utf-8"))
            return kept["answer"] if kept["key"] == json.loads(json.dumps(key)) else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def keep(self, answer: object, *key: object) -> None:
        """Keep an answer under a key; raises OutsideError where the disk does not."""
        place = self._place(key)
        draft = place.with_suffix(".part")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps({"key": key, "answer": answer}, ensure_ascii=False), "utf-8")
            draft.replace(place)
        except OSError as error:
            raise OutsideError(f"{place.parent} cannot keep what was answered: {error.strerror}") from None

    def _place(self, key: tuple[object, ...]) -> Path:
        digest = sha256(json.dumps(key).encode()).hexdigest()
        return self._folder / digest[:2] / f"{digest}.json"


class Service:
    """A service at the end of a line, with what it answered earlier in a cache; raises OutsideError throughout."""

    def __init__(self, line: Line, cache: Cache) -> None:
        self._line = line
        self._cache = cache

    def read_manifest(self) -> Manifest:
        """Ask what the service is."""
        return self._line.exchange(None, read_manifest)

    def ask(self, queries: Sequence[Query], limit: int, batch: int) -> Iterator[list[Suggestion]]:
        """Give the candidates for each query, in order, batch by batch."""
        for group in _chunk([query.to_json(limit) for query in queries], batch):
            answers = [self._recall(read_suggestions, "query", payload) for payload in group]
            open_ = [payload for payload, answer in zip(group, answers, strict=True) if answer is None]
            fresh = iter(self._ask_batch(open_))
            yield from (next(fresh) if answer is None else answer for answer in answers)

    def _ask_batch(self, payloads: Sequence[Mapping[str, Any]]) -> list[list[Suggestion]]:
        if not payloads:
            return []
        keyed = {f"q{at}": payload for at, payload in enumerate(payloads)}
        results = self._line.exchange({"queries": keyed}, partial(read_results, keys=list(keyed)))
        for payload, (told, _) in zip(payloads, results, strict=True):
            self._cache.keep(told, self._line.url, "query", payload)
        return [suggestions for _, suggestions in results]

    def extend(self, ids: Iterable[str], properties: Sequence[str], batch: int) -> dict[str, Values]:
        """Give the values of some properties of candidates, by id and property."""
        asked, found = list(dict.fromkeys(ids)), dict[str, Values]()
        read = partial(read_values, properties=properties)
        for group in _chunk(asked, batch):
            known = {id_: self._recall(read, "extend", list(properties), id_) for id_ in group}
            open_ = [id_ for id_, values in known.items() if values is None]
            found |= {id_: values for id_, values in known.items() if values is not None}
            found |= self._extend_batch(open_, properties) if open_ else {}
        return found

    def _extend_batch(self, ids: list[str], properties: Sequence[str]) -> dict[str, Values]:
        wanted = {"ids": ids, "properties": [{"id": name} for name in properties]}
        rows = self._line.exchange({"extend": wanted}, partial(read_rows, ids=ids, properties=properties))
        for id_, (told, _) in rows.items():
            self._cache.keep(told, self._line.url, "extend", list(properties), id_)
        return {id_: values for id_, (_, values) in rows.items()}

    def _recall(self, read: Callable[[Any], _T], *key: object) -> _T | None:
        """Give what was kept, as long as it can still be understood."""
        kept = self._cache.recall(self._line.url, *key)
        try:
            return None if kept is None else read(kept)
        except ValueError:
            return None


def _chunk(items: list[_T], size: int) -> Iterator[list[_T]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]


# ---- What is answered: every reader raises ValueError where the shape is not that of the protocol ----


def read_manifest(told: object) -> Manifest:
    """Read what a service says of itself."""
    manifest = _need(told, dict, "a manifest that is an object")
    versions = manifest.get("versions")
    if versions is not None and not set(VERSIONS).intersection(map(str, _need(versions, list, "a list of versions"))):
        raise ValueError(f"speaks versions {versions} of the protocol, and kg {' and '.join(VERSIONS)}")
    view = _need(manifest.get("view") or {}, dict, "a view that is an object").get("url")
    return Manifest(
        _need_text(manifest.get("name"), "a name in its manifest"),
        _need_text(manifest.get("identifierSpace"), "an identifierSpace in its manifest"),
        _need_text(view, "a url in the view of its manifest") if view else "",
        bool(manifest.get("extend")),
    )


def read_results(told: object, keys: Sequence[str]) -> list[tuple[object, list[Suggestion]]]:
    """Read the answer to a batch of queries: for each key what was answered, and the candidates in it."""
    answer = _need(told, dict, "an object with an answer to each query")
    results = []
    for key in keys:
        result = _need(answer.get(key), dict, f"an object as answer to query {key}").get("result")
        results.append((result, read_suggestions(result)))
    return results


def read_suggestions(told: object) -> list[Suggestion]:
    """Read the candidates for one query."""
    return [_read_suggestion(item) for item in _need(told, list, "a list of results")[:MOST]]


def _read_suggestion(told: object) -> Suggestion:
    item = _need(told, dict, "results that are objects")
    types = _need(item.get("type") or [], list, "types in a list")[:MOST]
    score = item.get("score", 0)
    if isinstance(score, bool) or not isinstance(score, int | float):
        raise ValueError("a result has a score that is no number")
    id_ = _need_text(item.get("id"), "an id in each result")
    if not _ID.fullmatch(id_):
        raise ValueError("does not answer as the protocol says: it needs ids that can be part of an IRI")
    return Suggestion(
        id_,
        _need_text(item.get("name"), "a name in each result"),
        _need_text(item["description"], "a description that is text") if item.get("description") else "",
        tuple(_need_text(kind.get("id") if isinstance(kind, dict) else kind, "types with ids") for kind in types),
    )


def read_rows(told: object, ids: Sequence[str], properties: Sequence[str]) -> dict[str, tuple[object, Values]]:
    """Read the answer of a data extension: for each id what was answered, and the values in it."""
    rows = _need(_need(told, dict, "an object with rows").get("rows"), dict, "rows that are an object")
    return {id_: (rows.get(id_) or {}, read_values(rows.get(id_) or {}, properties)) for id_ in ids}


def read_values(told: object, properties: Sequence[str]) -> Values:
    """Read the values of one candidate."""
    row = _need(told, dict, "rows that are objects")
    cells = {name: _need(row.get(name) or [], list, "cells that are lists")[:MOST] for name in properties}
    return {name: tuple(filter(None, map(_read_value, values))) for name, values in cells.items()}


def _read_value(told: object) -> str:
    """Give a value as text: of an entity its name; nothing where the cell is empty."""
    cell = _need(told, dict, "values that are objects")
    value = next((cell[key] for key in ("str", "date", "name", "int", "float", "id") if key in cell), "")
    if isinstance(value, dict | list | bool):
        raise ValueError("a value is neither text nor number")
    return "" if value is None or value == "" else _need_text(str(value), "values of text")


def _need(told: object, kind: type[_T], what: str) -> _T:
    if not isinstance(told, kind):
        raise ValueError(f"does not answer as the protocol says: it needs {what}")
    return told


def _need_text(told: object, what: str) -> str:
    """Give a text with its blanks put right; what would act on a terminal or end a cell is taken out."""
    text = _need(told, str, what)
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if not plain or len(text) > LONGEST:
        raise ValueError(f"does not answer as the protocol says: it needs {what}, of no more than {LONGEST} characters")
    return plain
