"""Passages that can be checked without being shown: `kg-norm/1`, digests, finding and verifying.

`kg-norm/1`, applied to both sides alike: UTF-8 decoded with any byte order mark dropped; Unicode
NFC; soft hyphens and zero-width characters dropped; every run of white space, line ends of any
kind included, one space; typographic quotes, apostrophes, dashes and ellipses as ASCII. Nothing
else: case, letters, digits and brackets count.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

PROFILE = "kg-norm/1"
FEWEST_WORDS = 8
"""A shorter passage could be guessed from its digest, so its paragraph is digested with it."""

OMISSION = "[...]"
"""Between two phrases: everything from the first up to the nearest end of the second."""

_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u2039\u203a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u2026": "...",
}
_LINE_END = r"(?>\r\n|\r|\n)"
_PARAGRAPH_BREAK = re.compile(rf"{_LINE_END}[^\S\r\n]*{_LINE_END}\s*")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_FIRST_COMBINING = "\u0300"


class Span(NamedTuple):
    """A stretch of code points, from `start` up to but without `end`."""

    start: int
    end: int


class Passage(NamedTuple):
    """A place in a text: in the file as distributed, in its normalised form, and its digest."""

    start: int
    end: int
    norm_start: int
    norm_end: int
    digest: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a passage in a copy: `verified`, `moved` (`place` tells where) or `failed`."""

    outcome: str
    place: Span | None = None


class _Unit(NamedTuple):
    """What one code point of the normalised text came from, as a span of the file."""

    text: str
    start: int
    end: int


def normalize(text: str) -> str:
    """Normalise a text or a piece of one under `kg-norm/1`."""
    return "".join(unit.text for unit in _units(text))


def count_words(text: str) -> int:
    """Count the words of a normalised text: runs of letters and digits."""
    return sum(1 for _ in _WORD.finditer(text))


def digest_bytes(data: bytes) -> str:
    """Give the sha256 of a file as it is, in hexadecimal."""
    return sha256(data).hexdigest()


class Copy:
    """One copy of a text, with the map between its file and its normalised form."""

    def __init__(self, data: bytes) -> None:
        """Take the bytes of the file; raises UnicodeDecodeError where they are not UTF-8."""
        self.file_digest = digest_bytes(data)
        self.raw = data.decode("utf-8-sig")
        units = list(_units(self.raw))
        self.text = "".join(unit.text for unit in units)
        self.digest = _digest(self.text)
        self._starts = [unit.start for unit in units for _ in unit.text]
        self._ends = [unit.end for unit in units for _ in unit.text]
        self._shifts: list[int] = []

    def to_file(self, span: Span) -> Span:
        """Give the span of the file for a span of the normalised text."""
        return Span(self._starts[span.start], self._ends[span.end - 1])

    def to_norm(self, span: Span) -> Span:
        """Give the span of the normalised text for a span of the file."""
        return Span(bisect_left(self._starts, span.start), bisect_left(self._starts, span.end))

    def cite(self, span: Span) -> Passage:
        """Describe a span of the normalised text so that it can be verified later."""
        return Passage(*self.to_file(span), *span, self._digest_at(span))

    def find(self, phrase: str) -> list[Passage]:
        """List every place where a phrase stands in whole words; it may leave out with [...]."""
        first, *rest = (part.strip() for part in normalize(phrase).split(OMISSION))
        spans = self._occurrences(first)
        for part in rest:
            ends = [span.end for span in self._occurrences(part)]
            spans = [Span(s.start, end) for s in spans if (end := _next_after(ends, s.end))]
        return [self.cite(span) for span in spans]

    def verify(self, passage: Passage, *, distributed: bool = False) -> Verdict:
        """Tell whether a passage stands in this copy unaltered and in its place; never guesses.

        In the copy that was `distributed`, `start` and `end` must agree as well; in any other they
        may differ, since line ends and Unicode forms shift them.
        """
        span = Span(passage.norm_start, passage.norm_end)
        if self._holds(span, passage.digest):
            agrees = not distributed or self.to_file(span) == Span(passage.start, passage.end)
            return Verdict("verified" if agrees else "failed")
        places = self._search(span, passage.digest)
        return Verdict("moved", self.to_file(places[0])) if len(places) == 1 else Verdict("failed")

    def _holds(self, span: Span, digest: str) -> bool:
        return 0 <= span.start < span.end <= len(self.text) and self._digest_at(span) == digest

    def _digest_at(self, span: Span) -> str:
        words = self.text[span.start : span.end]
        if count_words(words) >= FEWEST_WORDS:
            return _digest(words)
        around = self._enclose(span)
        inside = f"{span.start - around.start}-{span.end - around.start}"
        return _digest(f"{self.text[around.start : around.end]}\n{inside}")

    def _enclose(self, span: Span) -> Span:
        """Give the paragraph around a span, or the paragraphs where it crosses a break."""
        first = max(bisect_right(self._paragraphs, span.start, key=lambda p: p.start) - 1, 0)
        last = bisect_left(self._paragraphs, span.end, lo=first, key=lambda p: p.end)
        last = min(last, len(self._paragraphs) - 1)
        return Span(self._paragraphs[first].start, max(self._paragraphs[last].end, span.end))

    @cached_property
    def _paragraphs(self) -> list[Span]:
        breaks = [match.span() for match in _PARAGRAPH_BREAK.finditer(self.raw)]
        starts = [0, *(end for _, end in breaks)]
        ends = [*(start for start, _ in breaks), len(self.raw)]
        spans = (self._trim(self.to_norm(Span(*ends))) for ends in zip(starts, ends, strict=True))
        return [span for span in spans if span.start < span.end]

    def _trim(self, span: Span) -> Span:
        words = self.text[span.start : span.end]
        start = span.start + len(words) - len(words.lstrip(" "))
        return Span(start, start + len(words.strip(" ")))

    def _occurrences(self, words: str) -> list[Span]:
        """List where normalised words stand, not cutting a word at either end."""
        spans, at = [], self.text.find(words) if words else -1
        while at >= 0:
            if self._is_edge(at) and self._is_edge(at + len(words)):
                spans.append(Span(at, at + len(words)))
            at = self.text.find(words, at + 1)
        return spans

    def _is_edge(self, at: int) -> bool:
        around = self.text[max(at - 1, 0) : at + 1]
        return not (len(around) == 2 and at > 0 and around.isalnum())

    def _search(self, span: Span, digest: str) -> list[Span]:
        """List the other places that have a digest: first where earlier passages had moved to."""
        for shift in self._shifts:
            moved = Span(span.start + shift, span.end + shift)
            if self._holds(moved, digest):
                words = self.text[moved.start : moved.end]
                return [s for s in self._occurrences(words) if self._digest_at(s) == digest]
        places = self._candidates(span.end - span.start).get(digest, [])
        self._shifts += [place.start - span.start for place in places]
        return places

    def _candidates(self, length: int) -> dict[str, list[Span]]:
        """Map digest to places, for every span of a length that cuts no word."""
        places: dict[str, list[Span]] = {}
        for start in self._edges:
            if self._is_edge(start + length) and start + length <= len(self.text):
                span = Span(start, start + length)
                places.setdefault(self._digest_at(span), []).append(span)
        return places

    @cached_property
    def _edges(self) -> list[int]:
        return [at for at in range(len(self.text)) if self.text[at] != " " and self._is_edge(at)]


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _next_after(ends: list[int], at: int) -> int | None:
    """Give the first of some sorted ends that lies after a place."""
    index = bisect_right(ends, at)
    return ends[index] if index < len(ends) else None


def _units(text: str) -> Iterator[_Unit]:
    """Cut a text into units that normalise one by one, runs of white space joined."""
    space: _Unit | None = None
    for unit in _clusters(text):
        if not unit.text.isspace():
            if space:
                yield space
                space = None
            yield unit
        else:
            space = _Unit(" ", space.start if space else unit.start, unit.end)
    if space:
        yield space


def _clusters(text: str) -> Iterator[_Unit]:
    """Cut a text into characters with what composes with them, each in NFC and plain."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _composes(text[start:at], text[at]):
            composed = unicodedata.normalize("NFC", text[start:at])
            plain = "".join(_PLAIN.get(c, c) for c in composed if c not in _DROPPED)
            if plain:
                yield _Unit(plain, start, at)
            start = at


def _composes(cluster: str, following: str) -> bool:
    """Tell whether a character belongs to the cluster before it under NFC."""
    if following < _FIRST_COMBINING:
        return False
    together = unicodedata.normalize("NFC", cluster + following)
    apart = unicodedata.normalize("NFC", cluster) + unicodedata.normalize("NFC", following)
    return bool(unicodedata.combining(following)) or together != apart
