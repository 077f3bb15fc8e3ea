"""A dataset without one of its sources, a text or a speaker: what is left of its consensus.

    folder = remove(copied_data_folder, "text/001")  # or "person/victor-serge"
    consensus, comparisons = find(read_corpus(folder, find_folder("ontology")))

References of claims stay what they were, so a testimony is known again by the claims that give it:
`find_contents` tells the content of each claim of the whole corpus.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import polars as pl
from made import OF_TEXTS, Row, Tables, read_rows, write_rows

from kg.criticism import compare_claims
from kg.model import Corpus
from kg.testimony import gather_testimonies, list_dependencies, list_links

CONTENT = (
    *("subject", "property", "object", "part", "role", "place", "phase", "unit", "time"),
    *("earliest_day", "latest_day", "minimum", "maximum", "words"),
)
"""What is said, without who says it: the columns of a testimony that make its content."""

Content = tuple[str | int | None, ...]


class Told(NamedTuple):
    """A testimony of the consensus by its content, with the fewest and the most independent witnesses."""

    content: Content
    least: int
    most: int


class Findings(NamedTuple):
    """What criticism finds: the consensus, and all pairs as one reference, the other, the type."""

    consensus: frozenset[Told]
    comparisons: frozenset[tuple[str, str, str]]


def find(corpus: Corpus) -> Findings:
    """Give what is affirmed and contradicted by none, on how many witnesses each rests, and all pairs."""
    pairs = compare_claims(corpus)
    rows = gather_testimonies(corpus, pairs).filter("agreed").select(*CONTENT, "least", "most").iter_rows()
    told = [Told(row[:-2], *row[-2:]) for row in rows]
    assert len({*told}) == len(told)
    return Findings(frozenset(told), frozenset(pairs.select("one", "other", "type").iter_rows()))


def find_contents(corpus: Corpus) -> dict[str, Content]:
    """Give the content of every claim that is part of a testimony, by its reference."""
    told = gather_testimonies(corpus, compare_claims(corpus)).explode("claims")
    return {row[0]: row[1:] for row in told.select("claims", *CONTENT).iter_rows()}


def remove(folder: Path, source: str) -> Path:
    """Take out of a data folder every row that would not be there without a text or a speaker.

    Of a text: its claims, voices, names, readings, and the text itself unless something else points
    to it. Of a speaker: the voices that speak or are quoted through him, with their claims. Of
    either: every claim about a claim that is gone. Entities stay.
    """
    tables = read_rows(folder)
    texts = [row["id"] for row in tables["texts"]]
    voices = {f"voice/{text}/{voice}" for text in texts for voice in _list_voices(tables, text, source)}
    gone = _list_claims(tables, texts, voices)
    for text in texts:
        _keep(tables, f"assertions/{text}", lambda row, text=text: f"assertion/{text}/{row['id']}" not in gone)  # type: ignore[misc]
        _keep(tables, f"chains/{text}", lambda row, text=text: f"voice/{text}/{row['id']}" not in voices)  # type: ignore[misc]
    if source.startswith("text/"):
        _remove_text(tables, source.removeprefix("text/"))
    return write_rows(folder, tables)


def _list_voices(tables: Tables, text: str, source: str) -> set[str]:
    """List the voices of a text that speak in or through a source."""
    chains = tables[f"chains/{text}"]
    if source == f"text/{text}":
        return {row["id"] for row in chains}
    found = {row["id"] for row in chains if row["speaker"] == source}
    while more := {row["id"] for row in chains if row["quoted_by"] in found} - found:
        found |= more
    return found


def _list_claims(tables: Tables, texts: Iterable[str], voices: set[str]) -> set[str]:
    """List the claims of voices, and the claims about them, and the claims about those."""
    rows = {f"assertion/{text}/{row['id']}": (text, row) for text in texts for row in tables[f"assertions/{text}"]}
    found = {claim for claim, (text, row) in rows.items() if f"voice/{text}/{row['voice']}" in voices}
    while more := {claim for claim, (_, row) in rows.items() if found & {*row.values()}} - found:
        found |= more
    return found


def _remove_text(tables: Tables, text: str) -> None:
    """Take out what belongs to a text, and the text where nothing points to it any more."""
    for name in ("names", "coverage"):
        _keep(tables, name, lambda row: row["text"] != text)
    if not any(f"text/{text}" in row.values() for rows in tables.values() for row in rows):
        _keep(tables, "texts", lambda row: row["id"] != text)
        for folder in OF_TEXTS:
            del tables[f"{folder}/{text}"]


def _keep(tables: Tables, name: str, wanted: Callable[[Row], bool]) -> None:
    tables[name] = [row for row in tables[name] if wanted(row)]


def filter_out(corpus: Corpus, source: str) -> Corpus:
    """Give a corpus without the claims that would not be there without a text or a speaker, by its frames alone."""
    links = list_links(corpus).filter(through=source)
    dependent = list_dependencies(corpus).filter(through=source)
    frames = dict(corpus.frames)
    for text in corpus.texts:
        reference = pl.concat_str(pl.lit(f"assertion/{text}/"), "id")
        heard = frames[f"assertions/{text}"].join(links.filter(text=text), on="voice", how="anti")
        frames[f"assertions/{text}"] = heard.filter(~reference.is_in(dependent["reference"].implode()))
    return replace(corpus, frames=frames)
