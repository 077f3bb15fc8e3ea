"""The dataset card: how much there is of what, counted from the tables."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from kg.checks import TABLE_OF
from kg.claims import gather_claims, measure_readings
from kg.model import Corpus

LAST_RESORT = ("stated", "judged")
"""The properties that take what no other fits; all else is typed."""


class Section(NamedTuple):
    """A part of the card: its title, the names of its columns, and its rows."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str | int, ...]]


def count_dataset(corpus: Corpus) -> Iterator[Section]:
    """Count a dataset: texts, kinds of entity, claims by text, property, stance, voice and depth."""
    claims = gather_claims(corpus)
    yield Section("The whole", ("what", "count"), _count_whole(corpus, claims))
    columns = ("text", "claims", "voices", "name forms", "typed", "read")
    yield Section("Texts", columns, [_count_text(corpus, claims, text) for text in corpus.texts])
    kinds: list[tuple[str | int, ...]] = [(kind, corpus.frames[table].height) for kind, table in TABLE_OF.items()]
    yield Section("Entities by kind", ("kind", "count"), kinds)
    yield Section("Claims by property", ("property", "claims"), _tally(claims, "property"))
    yield Section("Claims by standing in their text", ("standing", "claims"), _tally(claims, "standing"))
    yield Section("Claims by depth of their chain", ("voices in the chain", "claims"), _tally(claims, "depth"))
    yield Section("Claims by who speaks", ("speaker", "claims"), _tally(claims, "speaker"))


def _count_whole(corpus: Corpus, claims: pl.DataFrame) -> list[tuple[str | int, ...]]:
    names = corpus.frames["names"].height
    return [
        ("texts", len(corpus.texts)),
        ("claims", claims.height),
        ("passages", claims.height + names),
        ("name forms", names),
        ("voices", claims.select("text", "voice").n_unique()),
        ("speakers", claims["speaker"].n_unique()),
        ("entities", sum(corpus.frames[table].height for table in TABLE_OF.values())),
        ("concepts", corpus.frames["concepts"].height),
        ("matches", corpus.frames["matches"].height),
        ("share of typed claims", _typed(claims)),
    ]


def _count_text(corpus: Corpus, claims: pl.DataFrame, text: str) -> tuple[str | int, ...]:
    of_text = claims.filter(pl.col("text") == text)
    names = corpus.frames["names"].filter(pl.col("text") == text).height
    characters = corpus.frames["texts"].filter(pl.col("id") == text)["characters"][0]
    readings = corpus.frames["coverage"].filter(pl.col("text") == text)
    voices = corpus.frames[f"chains/{text}"].height
    return text, of_text.height, voices, names, _typed(of_text), _percent(measure_readings(readings), characters)


def _typed(claims: pl.DataFrame) -> str:
    return _percent(claims.filter(~pl.col("property").is_in(LAST_RESORT)).height, claims.height)


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"


def _tally(claims: pl.DataFrame, column: str) -> list[tuple[str | int, ...]]:
    counted = claims.group_by(column).len().sort(["len", column], descending=[True, False])
    return [(str(value), count) for value, count in counted.iter_rows()]
