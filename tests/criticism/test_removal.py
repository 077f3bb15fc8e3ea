"""Taking a source out of the tables and out of the frames leaves the same consensus."""

import shutil
from functools import cache
from pathlib import Path

import pytest
from conftest import DATASET, ROOT
from made import read_rows, write_rows
from removal import filter_out, find, find_contents, remove

from kg.checks import read_corpus
from kg.layout import find_folder
from kg.model import Corpus


def read_without(folder: Path, source: str, out: Path) -> Corpus:
    """Copy a data folder, take a source out of it, and read what is left under all checks."""
    return read_corpus(remove(Path(shutil.copytree(folder, out / "data")), source), find_folder("ontology"))


def count_claims(corpus: Corpus) -> int:
    """Count the claims of all texts."""
    return sum(corpus.frames[f"assertions/{text}"].height for text in corpus.texts)


@cache
def list_sources(folder: Path, persons: int) -> list[str]:
    """List every text of a dataset, and the speakers most heard, those first who have the most voices."""
    tables = read_rows(folder)
    voices = [row["speaker"] for name, rows in tables.items() if name.startswith("chains/") for row in rows]
    by_voices = sorted({*voices}, key=lambda speaker: (-voices.count(speaker), speaker))
    return [*(f"text/{row['id']}" for row in tables["texts"]), *by_voices[:persons]]


@pytest.mark.parametrize("source", list_sources(DATASET, 10))
def test_a_source_of_the_small_dataset_leaves_the_same_in_files_and_in_frames(
    source: str, corpus: Corpus, tmp_path: Path
) -> None:
    left = read_without(DATASET, source, tmp_path)
    assert count_claims(left) < count_claims(corpus)
    assert find(left) == find(filter_out(corpus, source))


@pytest.mark.parametrize("source", list_sources(ROOT / "data", 4))
def test_a_source_of_the_shipped_dataset_leaves_the_same_in_files_and_in_frames(
    source: str, shipped: Corpus, tmp_path: Path
) -> None:
    left = read_without(ROOT / "data", source, tmp_path)
    assert count_claims(left) < count_claims(shipped)
    assert find(left) == find(filter_out(shipped, source))


def test_without_the_letters_what_they_contradict_is_agreed(corpus: Corpus, tmp_path: Path) -> None:
    number = find_contents(corpus)["assertion/chronicle/0010"]
    left = read_without(DATASET, "text/letters", tmp_path)
    assert number not in {told.content for told in find(corpus).consensus}
    assert number in {told.content for told in find(left).consensus}
    assert left.texts == ["chronicle"]
    assert find(left).comparisons == frozenset()


def test_a_text_to_which_a_claim_of_another_points_stays_as_an_entity_and_says_nothing(
    data: Path, tmp_path: Path
) -> None:
    tables = read_rows(data)
    about = tables["assertions/letters"][-1] | {"id": "0009", "subject": "text/chronicle"}
    tables["assertions/letters"].append(about)
    left = read_without(write_rows(data, tables), "text/chronicle", tmp_path / "copy")
    assert left.texts == ["chronicle", "letters"]
    assert left.frames["assertions/chronicle"].height == left.frames["chains/chronicle"].height == 0
    assert set(left.frames["names"]["text"]) == {"letters"}


def test_a_claim_about_a_claim_that_is_gone_goes_as_well(corpus: Corpus, tmp_path: Path) -> None:
    left = read_without(DATASET, "text/chronicle", tmp_path)
    assert "0007" in set(corpus.frames["assertions/letters"]["id"])
    assert "0007" not in set(left.frames["assertions/letters"]["id"])


def test_a_speaker_takes_with_him_whom_he_quotes(tmp_path: Path) -> None:
    left = read_without(DATASET, "person/klara-voss", tmp_path)
    assert left.frames["chains/chronicle"]["id"].to_list() == ["001", "004", "005"]
    assert left.frames["chains/letters"].height == left.frames["assertions/letters"].height == 0
