"""What the saved questions say of a world without a text or a speaker is what is left when it is really taken out."""

import shutil
from functools import cache
from pathlib import Path

import pytest
from conftest import DATASET, ROOT, build_dataset
from removal import Content, find, find_contents, remove

from kg.checks import read_corpus
from kg.layout import find_folder
from kg.model import Corpus
from kg.reader import Reader, Record, open_build

SMALL = ["text/chronicle", "text/letters", "person/petrus-anker", "person/klara-voss", "person/ferryman"]
SMALL += ["body/friends-of-voss"]
SHIPPED = ["text/000", "text/001", "text/002", "text/003", "text/004"]
SHIPPED += ["person/victor-serge", "person/leon-trotsky", "person/peter-sedgwick", "person/john-reed"]


@cache
def read_dataset(folder: Path) -> Corpus:
    """Read a dataset once."""
    return read_corpus(folder, find_folder("ontology"))


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Reader]:
    """Give a build of each dataset, opened."""
    out = tmp_path_factory.mktemp("readers")
    folders = {DATASET: "small", ROOT / "data": "shipped"}
    return {
        folder: open_build(build_dataset(read_dataset(folder), out / name).folder) for folder, name in folders.items()
    }


def list_changes(reader: Reader, part: str, source: str) -> list[Record]:
    """Ask what changes without a source."""
    return reader.list_records(f"witness/distrust-{part}", {"source": source})


@pytest.mark.parametrize(
    ("folder", "source"), [*((DATASET, source) for source in SMALL), *((ROOT / "data", source) for source in SHIPPED)]
)
def test_distrust_is_removal(folder: Path, source: str, readers: dict[Path, Reader], tmp_path: Path) -> None:
    whole, reader = read_dataset(folder), readers[folder]
    left = read_corpus(remove(Path(shutil.copytree(folder, tmp_path / "data")), source), find_folder("ontology"))
    before, after, contents = find(whole), find(left), find_contents(whole)

    def content(record: Record) -> Content:
        return contents[f"assertion/{record['testimony'].removeprefix('testimony/')}"]

    falls, rises = ({*map(content, list_changes(reader, part, source))} for part in ("falls", "rises"))
    weakens = {content(r): (int(r["least_left"]), int(r["most_left"])) for r in list_changes(reader, "weakens", source)}
    vanishes = {(r["one"], r["other"]) for r in list_changes(reader, "vanishes", source)}
    was = {told.content: (told.least, told.most) for told in before.consensus}
    now = {told.content: (told.least, told.most) for told in after.consensus}
    assert falls == was.keys() - now.keys()
    assert rises == now.keys() - was.keys()
    assert weakens == {told: now[told] for told in was.keys() & now.keys() if now[told] != was[told]}
    assert vanishes == {pair[:2] for pair in before.comparisons - after.comparisons}
    assert falls or vanishes
