"""Paragraphs drawn by lot, with what the dataset has of each: the material of a second reading."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kg.errors import OutsideError
from kg.evidence import Span
from kg.model import Corpus
from kg.verification import read_copy


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a text: its place in the file, its words, and the claims and names found in it.

    `claims` has the columns of the assertions table and `chain`; `names` those of names.csv.
    """

    text: str
    span: Span
    words: str
    claims: pl.DataFrame
    names: pl.DataFrame


def draw_paragraphs(corpus: Corpus, folder: Path, count: int, seed: int) -> list[Paragraph]:
    """Draw paragraphs from all texts, each as likely as any other; the same seed draws the same.

    They come in the order of texts and places. Raises OutsideError where a text is absent.
    """
    everything = list(_list_paragraphs(corpus, folder))
    drawn = random.Random(seed).sample(range(len(everything)), min(count, len(everything)))  # noqa: S311
    return [everything[at] for at in sorted(drawn)]


def _list_paragraphs(corpus: Corpus, folder: Path) -> Iterator[Paragraph]:
    for text, file in corpus.frames["texts"].select("id", "file").iter_rows():
        copy = read_copy(folder / file)
        if copy is None:
            raise OutsideError(f"{folder / file} is not there; paragraphs are drawn from all texts")
        claims = corpus.frames[f"assertions/{text}"]
        names = corpus.frames["names"].filter(pl.col("text") == text)
        for span in copy.paragraphs():
            inside = pl.col("start").is_between(span.start, span.end - 1)
            words = copy.raw[span.start : span.end]
            yield Paragraph(text, span, words, claims.filter(inside), names.filter(inside))
