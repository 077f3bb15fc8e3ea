"""Drafts of a curator: records that still name their passage by its words, to rows of tables.

A draft is a file of JSON objects, one a line, kept outside the repository since it quotes. What has
`speaker` is a voice, what has `name` a name form, all else a claim; the other keys are the columns
of the table. `phrase` (of a name form: `name`) is found in the text and replaced by place and
digest; `nth` says which, where it stands more than once.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.errors import Place, Problem
from kg.evidence import Copy, Passage

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Curation:
    """Whose rows they are and of what day, and the calendar that the text follows."""

    curator: str
    day: str
    calendar: str
    basis: str


@dataclass(slots=True)
class Draft:
    """The rows of a draft, in order, without ids for claims and name forms; and its problems."""

    claims: list[Row] = field(default_factory=list)
    voices: list[Row] = field(default_factory=list)
    names: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_draft(lines: Iterable[str], file: str, copy: Copy, curation: Curation) -> Draft:
    """Read a draft against the copy of its text; blank lines and lines with `#` are passed over."""
    draft = Draft()
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            message = _enter(line, copy, curation, draft)
            if message:
                draft.problems.append(Problem(Place(file, number), "draft", message))
    return draft


def _enter(line: str, copy: Copy, curation: Curation, draft: Draft) -> str:
    """Enter one line into a draft; gives what is wrong with it, or nothing."""
    try:
        record = json.loads(line)
        json.dumps(record, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        return f"is not JSON in UTF-8: {error}"
    if not isinstance(record, dict):
        return "is no JSON object; write {...} on one line"
    strange = [key for key, value in record.items() if isinstance(value, bool | list | dict)]
    if strange:
        return f"has no text or number as {', '.join(strange)}"
    if "date" in record:
        record = {"calendar": curation.calendar, "basis": curation.basis} | record
    if "speaker" in record:
        draft.voices.append({"id": record.pop("voice", ""), "stance": "affirms", **record})
        return ""
    return _enter_passage(record, copy, curation, draft)


def _enter_passage(record: Row, copy: Copy, curation: Curation, draft: Draft) -> str:
    named = "name" in record
    phrase, nth = record.pop("name" if named else "phrase", ""), record.pop("nth", None)
    if not isinstance(phrase, str) or not isinstance(nth, int | None):
        return f"needs a text as {'name' if named else 'phrase'}, and as nth, if there is one, a whole number"
    places = copy.find(phrase)
    message = _doubt(phrase, 1 if named and nth is None else nth, places)
    if message:
        return message
    signed = {"curator": curation.curator, "curated": curation.day}
    place = _columns(places[(nth or 1) - 1])
    if named:
        draft.names.append({**place, "form": phrase, "kind": "name", "language": "en-Latn", **record, **signed})
    else:
        draft.claims.append({**place, "stance": "affirms", **record, **signed})
    return ""


def _doubt(phrase: str, nth: int | None, places: list[Passage]) -> str:
    if not places:
        return f"does not stand in the text, so copy it from there: {phrase!r}"
    if nth is None and len(places) > 1:
        starts = ", ".join(str(place.start) for place in places)
        return f"stands {len(places)} times, at {starts}: lengthen it or give nth: {phrase!r}"
    if nth is not None and not 1 <= nth <= len(places):
        return f"stands {len(places)} times, so there is no number {nth}: {phrase!r}"
    return ""


def _columns(passage: Passage) -> Mapping[str, Any]:
    return passage._asdict()
