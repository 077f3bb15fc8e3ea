"""Every passage of a dataset is looked for in the texts of a folder, and each finding names its row."""

import csv
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from conftest import DATASET, TEXTS

from kg.errors import OutsideError
from kg.evidence import Span
from kg.model import Corpus
from kg.verification import OUTCOMES, Finding, read_copy, verify


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Give a copy of the folder of texts that a test may spoil."""
    return Path(shutil.copytree(TEXTS, tmp_path / "texts"))


def _count(findings: list[Finding], text: str = "") -> Counter[str]:
    """Count the outcomes, of all texts or of one."""
    return Counter(f.outcome for f in findings if text in ("", f.reference.split("/")[1]))


def _count_rows(corpus: Corpus, text: str) -> int:
    """Count the claims and name forms that cite a text."""
    return corpus.frames[f"assertions/{text}"].height + corpus.frames["names"].filter(pl.col("text") == text).height


def _edit(path: Path, old: str, new: str) -> None:
    """Change words of a text; they must be there."""
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new), "utf-8")


def _shift(corpus: Corpus, reference: str, places: int) -> Corpus:
    """Give the corpus with the places of a text's claims in the file, not in its normal form, set wrong."""
    frame = corpus.frames[reference].with_columns(pl.col("start", "end") + places)
    return replace(corpus, frames={**corpus.frames, reference: frame})


def test_every_passage_of_the_dataset_is_verified_in_the_texts_as_distributed(corpus: Corpus) -> None:
    findings = list(verify(corpus, TEXTS))
    assert _count(findings, "chronicle") == {"verified": _count_rows(corpus, "chronicle")}
    assert _count(findings, "letters") == {"verified": _count_rows(corpus, "letters")}
    assert len(findings) == _count(findings).total() > 40


def test_every_passage_of_the_shipped_dataset_is_verified_in_the_real_texts(shipped: Corpus, sources: Path) -> None:
    rows = {text: _count_rows(shipped, text) for text in shipped.texts}
    assert min(rows.values()) > 100
    assert _count(list(verify(shipped, sources))) == {"verified": sum(rows.values())}


def test_every_finding_names_its_record_and_its_row(corpus: Corpus) -> None:
    lines = {path.relative_to(DATASET).as_posix(): path.read_text("utf-8").splitlines() for path in _TABLES}
    findings = list(verify(corpus, TEXTS))
    rows = [next(csv.reader([lines[f.place.file][f.place.line - 1]])) for f in findings]
    assert [f.reference for f in findings] == [_refer(f.place.file, row) for f, row in zip(findings, rows, strict=True)]
    assert {f.place.column for f in findings} == {"start"}


_TABLES = [DATASET / "names.csv", *(DATASET / "assertions").glob("*.csv")]


def _refer(file: str, row: list[str]) -> str:
    """Give the reference of a row by its cells alone."""
    return f"name/{row[0]}/{row[1]}" if file == "names.csv" else f"assertion/{Path(file).stem}/{row[0]}"


def test_the_passages_of_a_text_that_is_not_there_are_absent(corpus: Corpus, texts: Path) -> None:
    (texts / "letters.txt").unlink()
    findings = list(verify(corpus, texts))
    assert _count(findings, "letters") == {"absent": _count_rows(corpus, "letters")}
    assert set(_count(findings, "chronicle")) == {"verified"}


def test_in_an_empty_folder_every_passage_is_absent(corpus: Corpus, tmp_path: Path) -> None:
    rows = _count_rows(corpus, "chronicle") + _count_rows(corpus, "letters")
    assert _count(list(verify(corpus, tmp_path))) == {"absent": rows}


def test_an_empty_file_in_place_of_a_text_fails_all_of_its_passages(corpus: Corpus, texts: Path) -> None:
    (texts / "letters.txt").write_bytes(b"")
    assert set(_count(list(verify(corpus, texts)), "letters")) == {"failed"}


def test_a_folder_that_is_not_there_is_told_in_words(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="nowhere is no folder; give the one that holds the texts"):
        list(verify(corpus, tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("data", "byte"), [("caf\u00e9".encode("latin-1"), 3), ("The dyke".encode("utf-16"), 0), (b"The \xed\xa0\x80", 4)]
)
def test_a_copy_that_is_not_utf_8_is_told_with_its_first_wrong_byte(
    corpus: Corpus, texts: Path, data: bytes, byte: int
) -> None:
    (texts / "letters.txt").write_bytes(data)
    with pytest.raises(OutsideError, match=rf"letters\.txt is not UTF-8 at byte {byte}; save it as UTF-8"):
        list(verify(corpus, texts))


def test_a_folder_in_place_of_a_file_is_no_copy(tmp_path: Path) -> None:
    assert read_copy(tmp_path) is None


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_a_copy_with_other_line_ends_is_verified(corpus: Corpus, texts: Path, end: str) -> None:
    for path in texts.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", end.encode()))
    assert set(_count(list(verify(corpus, texts)))) == {"verified"}


def test_places_must_agree_in_the_file_as_distributed_and_only_there(corpus: Corpus, texts: Path) -> None:
    wrong = _shift(corpus, "assertions/letters", 1)
    claims = corpus.frames["assertions/letters"].height
    assert _count(list(verify(wrong, texts)), "letters")["failed"] == claims
    (texts / "letters.txt").write_bytes(b"\xef\xbb\xbf" + (texts / "letters.txt").read_bytes())
    assert set(_count(list(verify(wrong, texts)), "letters")) == {"verified"}


def test_a_changed_letter_fails_the_short_passages_of_its_paragraph_and_no_other(corpus: Corpus, texts: Path) -> None:
    story = (texts / "letters.txt").read_text("utf-8")
    paragraph = range(story.index("Fifty houses"), story.index("\n\nNobody knows"))
    _edit(texts / "letters.txt", "Fifty houses", "Fifty horses")
    starts = dict(zip([f.reference for f in verify(corpus, TEXTS)], _list_starts(corpus), strict=True))
    failed = {f.reference for f in verify(corpus, texts) if f.outcome != "verified"}
    assert "assertion/letters/0005" in failed
    assert failed == {r for r, start in starts.items() if "/letters/" in r and start in paragraph}


def _list_starts(corpus: Corpus) -> list[int]:
    """List where the passages start, text by text, claims before name forms."""
    names = corpus.frames["names"]
    frames = [f for t in corpus.texts for f in (corpus.frames[f"assertions/{t}"], names.filter(pl.col("text") == t))]
    return [start for frame in frames for start in frame["start"]]


def test_a_passage_that_moved_is_told_with_its_new_place(corpus: Corpus, texts: Path) -> None:
    page = "Page 1\n\n"
    _edit(texts / "letters.txt", "Letters of Clara Vos\n\n", f"Letters of Clara Vos\n\n{page}")
    [moved] = [f for f in verify(corpus, texts) if f.reference == "assertion/letters/0001"]
    start, end = corpus.frames["assertions/letters"].select("start", "end").row(0)
    assert (moved.outcome, moved.moved_to) == ("moved", Span(start + len(page), end + len(page)))


def test_a_passage_that_might_have_moved_to_two_places_fails(corpus: Corpus, texts: Path) -> None:
    path = texts / "letters.txt"
    path.write_text(f"A foreword.\n\n{path.read_text('utf-8')}\n{path.read_text('utf-8')}", "utf-8")
    assert set(_count(list(verify(corpus, texts)), "letters")) == {"failed"}


def test_no_outcome_is_left_without_a_name(corpus: Corpus, texts: Path) -> None:
    (texts / "letters.txt").unlink()
    _edit(texts / "chronicle.txt", "\n\nBy Petrus", "\n\nPage 1\n\nBy Petrus")
    _edit(texts / "chronicle.txt", "Perhaps 300", "Perhaps 301")
    assert set(_count(list(verify(corpus, texts)))) == set(OUTCOMES)
