"""Whether every passage of a dataset stands, unaltered, in copies of its texts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kg.errors import OutsideError, Place
from kg.evidence import Copy, Passage, Span, Verdict
from kg.model import LINE, Corpus

OUTCOMES = ("verified", "moved", "failed", "absent")


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of the passage of one record: one of OUTCOMES, and where it stands if moved."""

    reference: str
    place: Place
    outcome: str
    moved_to: Span | None = None


def verify(corpus: Corpus, folder: Path) -> Iterator[Finding]:
    """Check every passage of claims and name forms against the texts that a folder holds.

    A file counts as a text's copy if it bears the name under which the text was distributed. In
    the file as distributed the places must agree too; in another copy the digests decide. Raises
    OutsideError where there is no such folder or a file is not UTF-8.
    """
    if not folder.is_dir():
        raise OutsideError(f"{folder} is no folder; give the one that holds the texts")
    for text in corpus.frames["texts"].iter_rows(named=True):
        listed = list(_list_passages(corpus, text["id"]))
        verdicts = _check(read_copy(folder / text["file"]), [passage for *_, passage in listed], text)
        for (reference, place, _), verdict in zip(listed, verdicts, strict=True):
            yield Finding(reference, place, verdict.outcome, verdict.place)


def _check(copy: Copy | None, passages: Sequence[Passage], text: Mapping[str, str]) -> list[Verdict]:
    """Check the passages of a text against a copy of it; `text` is its row of texts.csv."""
    if copy is None:
        return [Verdict("absent")] * len(passages)
    return copy.verify_all(passages, distributed=copy.file_digest == text["file_digest"])


def read_copy(path: Path) -> Copy | None:
    """Read the copy of a text, None where there is no such file; raises OutsideError."""
    if not path.is_file():
        return None
    try:
        return Copy(path.read_bytes())
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise OutsideError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8") from None


def _list_passages(corpus: Corpus, text: str) -> Iterator[tuple[str, Place, Passage]]:
    claims, url = corpus.frames[f"assertions/{text}"], f"assertions/{text}.csv"
    names = corpus.frames["names"].filter(pl.col("text") == text)
    for kind, frame, file in (("assertion", claims, url), ("name", names, "names.csv")):
        for number, line, *numbers in frame.select("id", LINE, *Passage._fields).iter_rows():
            yield f"{kind}/{text}/{number}", Place(file, line, "start"), Passage(*numbers)
