"""Passages that can be checked without being shown: `kg-norm/1`, digests, finding and verifying.

`kg-norm/1`, applied to both sides alike: UTF-8 decoded with any byte order mark dropped; soft
hyphens and zero-width characters dropped; Unicode NFC; every run of white space, line ends of any
kind included, one space; typographic quotes, apostrophes, dashes and ellipses as ASCII. Nothing
else: case, letters, digits and brackets count.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import chain, groupby
from typing import NamedTuple

PROFILE = "kg-norm/1"
FEWEST_WORDS = 8
"""A shorter passage could be guessed from its digest, so its paragraph is digested with it."""

OMISSION = "[...]"
"""Between two phrases: everything from the first up to the nearest end of the second."""

_DROPPED = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u2039\u203a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u2026": "...",
}
_LINE_END = rf"(?>\r[{_DROPPED}]*\n|\r|\n)"
_PARAGRAPH_BREAK = re.compile(rf"{_LINE_END}(?:[^\S\r\n]|[{_DROPPED}])*{_LINE_END}[\s{_DROPPED}]*")
_WORD = r"[^\W_]++(?:'[^\W_]++)*+"
_LONG = re.compile(rf"(?:[\W_]*+{_WORD}){{{FEWEST_WORDS}}}")
_EDGE = re.compile(r"(?<![^\W_])|(?![^\W_])")
_PIECE = re.compile(r"(?P<literal>[!-~]+(?: [!-~]+)*(?![^\x00-\x7f]))|.", re.DOTALL)
"""A run of ASCII that stands for itself, or any other character; what follows may change the last."""


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
    """What became of a passage: `verified`, `moved` (`place` tells where), `failed`, or `absent` with its text."""

    outcome: str
    place: Span | None = None


class _Unit(NamedTuple):
    """A piece of the normalised text, and the span of the file it came from: letter by letter, or whole."""

    text: str
    start: int
    end: int
    literal: bool = False

    @property
    def starts(self) -> Sequence[int]:
        return range(self.start, self.end) if self.literal else [self.start] * len(self.text)

    @property
    def ends(self) -> Sequence[int]:
        return range(self.start + 1, self.end + 1) if self.literal else [self.end] * len(self.text)


def normalize(text: str) -> str:
    """Normalise a text or a piece of one under `kg-norm/1`."""
    return "".join(unit.text for unit in _units(text))


def is_long(text: str) -> bool:
    """Tell whether a normalised text has so many words, runs of letters and digits, as not to be guessed."""
    return _LONG.match(text) is not None


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
        self._starts = [*chain.from_iterable(unit.starts for unit in units)]
        self._ends = [*chain.from_iterable(unit.ends for unit in units)]

    def to_file(self, span: Span) -> Span:
        """Give the span of the file for a span of the normalised text."""
        return Span(self._starts[span.start], self._ends[span.end - 1])

    def to_norm(self, span: Span) -> Span:
        """Give the span of the normalised text for a span of the file."""
        return Span(bisect_left(self._starts, span.start), bisect_left(self._starts, span.end))

    def cite(self, span: Span) -> Passage:
        """Describe a span of the normalised text so that it can be verified later."""
        return Passage(*self.to_file(span), *span, self._digest_at(span))

    def paragraphs(self) -> list[Span]:
        """List the paragraphs, as spans of the file; a line with nothing between parts them."""
        return [self.to_file(span) for span in self._paragraphs]

    def find(self, phrase: str) -> list[Passage]:
        """List every place where a phrase stands in whole words; it may leave out with [...]."""
        first, *rest = (part.strip() for part in normalize(phrase).split(OMISSION))
        spans = self._occurrences(first)
        for part in rest:
            ends = [span.end for span in self._occurrences(part)]
            spans = [Span(s.start, end) for s in spans if (end := _next_after(ends, s.end))]
        return [self.cite(span) for span in spans]

    def verify(self, passage: Passage, *, distributed: bool = False) -> Verdict:
        """Verify one passage, as `verify_all` does many."""
        return self.verify_all([passage], distributed=distributed)[0]

    def verify_all(self, passages: Sequence[Passage], *, distributed: bool = False) -> list[Verdict]:
        """Tell of each passage whether it stands in this copy unaltered and in its place; never guesses.

        In the copy that was `distributed`, `start` and `end` must agree as well; in any other they
        may differ, since line ends and Unicode forms shift them.
        """
        missing = {p for p in passages if not self._holds(Span(p.norm_start, p.norm_end), p.digest)}
        places = self._search(missing)
        return [
            _judge_moved([self.to_file(place) for place in places[passage]])
            if passage in missing
            else self._judge_held(passage, distributed=distributed)
            for passage in passages
        ]

    def _judge_held(self, passage: Passage, *, distributed: bool) -> Verdict:
        place = self.to_file(Span(passage.norm_start, passage.norm_end))
        agrees = not distributed or place == Span(passage.start, passage.end)
        return Verdict("verified" if agrees else "failed")

    def _holds(self, span: Span, digest: str) -> bool:
        return 0 <= span.start < span.end <= len(self.text) and self._digest_at(span) == digest

    def _digest_at(self, span: Span) -> str:
        words = self.text[span.start : span.end]
        if is_long(words):
            return _digest(words)
        around = self._enclose(span)
        inside = f"{span.start - around.start}-{span.end - around.start}"
        return _digest(f"{self.text[around.start : around.end]}\n{inside}")

    def _enclose(self, span: Span) -> Span:
        """Give the paragraph around a span, or the paragraphs where it crosses a break."""
        if not self._paragraphs:
            return span
        starts, ends = self._paragraph_bounds
        first = max(bisect_right(starts, span.start) - 1, 0)
        last = min(bisect_left(ends, span.end, lo=first), len(ends) - 1)
        return Span(starts[first], ends[last])

    @cached_property
    def _paragraph_bounds(self) -> tuple[list[int], list[int]]:
        return [p.start for p in self._paragraphs], [p.end for p in self._paragraphs]

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
            if at in self._edges and at + len(words) in self._edges and words[0] != " ":
                spans.append(Span(at, at + len(words)))
            at = self.text.find(words, at + 1)
        return spans

    def _search(self, missing: Collection[Passage]) -> dict[Passage, list[Span]]:
        """List all other places of each passage: first where others have moved to, then everywhere."""
        places: dict[Passage, list[Span]] = {}
        shifts: set[int] = set()
        for length, passages in groupby(sorted(missing, key=_measure), _measure):
            lost = []
            for passage in passages:
                places[passage] = self._follow(passage, shifts)
                if not places[passage]:
                    lost.append(passage)
            found = self._scan(length, {passage.digest for passage in lost})
            for passage in lost:
                places[passage] = found.get(passage.digest, [])
                shifts.update(place.start - passage.norm_start for place in places[passage])
        return places

    def _follow(self, passage: Passage, shifts: Collection[int]) -> list[Span]:
        """List the places of a passage if one of them lies where others have moved to."""
        for shift in shifts:
            moved = Span(passage.norm_start + shift, passage.norm_end + shift)
            if self._holds(moved, passage.digest):
                same = self._occurrences(self.text[moved.start : moved.end])
                return [span for span in same if self._digest_at(span) == passage.digest]
        return []

    def _scan(self, length: int, digests: Collection[str]) -> dict[str, list[Span]]:
        """Map digests to their places, among all spans of a length that cut no word."""
        places: dict[str, list[Span]] = {}
        for start in self._starting_points if digests else ():
            if start + length in self._edges:
                span = Span(start, start + length)
                digest = self._digest_at(span)
                if digest in digests:
                    places.setdefault(digest, []).append(span)
        return places

    @cached_property
    def _edges(self) -> frozenset[int]:
        """Give the places at which a passage can begin or end without cutting a word."""
        return frozenset(match.start() for match in _EDGE.finditer(self.text))

    @cached_property
    def _starting_points(self) -> list[int]:
        return [at for at in sorted(self._edges) if self.text[at : at + 1].strip(" ")]


def _measure(passage: Passage) -> int:
    return passage.norm_end - passage.norm_start


def _judge_moved(places: Sequence[Span]) -> Verdict:
    return Verdict("moved", places[0]) if len(places) == 1 else Verdict("failed")


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
    cluster, start, end = "", 0, 0
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece in _DROPPED:
            continue
        if _composes(cluster, piece):
            cluster, end = cluster + piece, match.end()
            continue
        if cluster:
            yield _Unit(_to_plain(cluster), start, end)
        cluster, (start, end) = piece, match.span()
        if match.lastgroup:
            yield _Unit(piece, start, end, literal=True)
            cluster = ""
    if cluster:
        yield _Unit(_to_plain(cluster), start, end)


def _to_plain(cluster: str) -> str:
    return "".join(_PLAIN.get(c, c) for c in unicodedata.normalize("NFC", cluster))


def _composes(cluster: str, following: str) -> bool:
    """Tell whether a character belongs to the cluster before it under NFC."""
    if not cluster or cluster.isspace() or following.isascii():
        return False
    if unicodedata.combining(unicodedata.normalize("NFD", following)[0]):
        return True
    together = unicodedata.normalize("NFC", cluster + following)
    return together != unicodedata.normalize("NFC", cluster) + unicodedata.normalize("NFC", following)
