"""Made pairs of claims have the type that a historian gave them, through files, checks and comparison.

`made-pairs.csv` has in `both`, `one` and `other` the cells of two claims as COLUMN=CELL; what is not
said is affirmed by the author of the text, of annals on the one side and of the gazette on the
other. Beside the columns of a claim: `text`; `author` (somebody else who writes in the text);
`voices` (STANCE SPEAKER, outermost first, who is quoted); `called` and `elsewhere` (a form of the
object's name in the passage, or anywhere in the text), `subject_called`. A subject that is a kind
alone is an entity of the pair's own. The type `none` says that the two make no pair.
"""

import csv
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from _pytest.mark import ParameterSet
from conftest import DATASET
from confusion import Labelled, show_confusion
from made import Row, Tables, claim, complete, copy_dataset, name_form, read_rows, text, voice, write_rows

from kg.checks import read_corpus
from kg.criticism import RULES, TYPES, compare_claims
from kg.layout import find_folder

NONE = "none"
AUTHORS = {
    "annals": "person/anna-roos",
    "annals-english": "person/anna-roos",
    "annals-french": "person/anna-roos",
    "annals-second": "person/anna-roos",
    "gazette": "person/joost-maan",
    "memoir": "person/lea-dorn",
}
TRANSLATIONS = {"annals-english": "text/annals", "annals-french": "text/annals"}
WHOLES = {"veldhaven": "place/coast", "mill": "place/veldhaven", "oudkerk-mill": "place/oudkerk"}
NAMED = {"called": "object", "elsewhere": "object", "subject_called": "subject"}

WRONG = {
    "two readings of an unknown calendar count as all days between them": ["unknown-calendar-between-the-readings"],
    "a time before midnight and one after it are of two days": ["around-midnight"],
    "a queried date counts as one that is only about right": ["queried-and-plain"],
    "a doubted denial is taken for a doubt": ["doubted-denial"],
    "a voice that denies what others affirm contradicts them, whether or not its text follows it": ["rejected-denial"],
}
"""Where the program says something else, with the pairs in question: known to be wrong, or decided otherwise."""

DEVIATIONS = {name: reason for reason, names in WRONG.items() for name in names}


class Pair(NamedTuple):
    """Two claims with the type that they should have."""

    name: str
    one: Row
    other: Row
    type: str


def read_pairs() -> list[Pair]:
    """Read the made pairs."""
    with Path(__file__).with_name("made-pairs.csv").open(encoding="utf-8", newline="") as file:
        return [
            Pair(row["name"], _read_side(row, "one", "annals"), _read_side(row, "other", "gazette"), row["type"])
            for row in csv.DictReader(file)
        ]


def _read_side(row: Row, side: str, of_text: str) -> Row:
    told = [cell.partition("=") for cell in (*row["both"].split("; "), *row[side].split("; ")) if cell]
    return {"text": of_text} | {column: cell for column, _, cell in told}


PAIRS = read_pairs()


class Book:
    """The rows of one text as they are written down: claims, voices and names."""

    def __init__(self, author: str) -> None:
        """Begin with the author's voice."""
        self.claims: list[Row] = []
        self.names: list[Row] = []
        self.voices: list[Row] = [voice(1, author)]

    def write(self, of_text: str, cells: Row) -> str:
        """Write down a claim with its voices and names, and give its number."""
        number = len(self.claims) + 1
        speaking = self._find_voice(cells)
        for extra, column in NAMED.items():
            if extra in cells:
                place = 100 * number + (95 if extra == "elsewhere" else 10)
                self.names.append(name_form(len(self.names) + 1, of_text, cells[column], cells[extra], place))
        columns = {column: cell for column, cell in cells.items() if column not in ("text", "author", "voices", *NAMED)}
        self.claims.append(claim(number, voice=speaking, **columns))
        return f"assertion/{of_text}/{number:04}"

    def _find_voice(self, cells: Row) -> str:
        """Give the voice at the end of a claim's chain, written down where it is new."""
        at = self._add_voice(cells["author"], "", "affirms") if "author" in cells else "001"
        words = cells.get("voices", "").split()
        for stance, speaker in zip(words[::2], words[1::2], strict=True):
            at = self._add_voice(f"person/{speaker}", at, stance)
        return at

    def _add_voice(self, speaker: str, quoted_by: str, stance: str) -> str:
        quoted = {"quoted_by": quoted_by} if quoted_by else {}
        self.voices.append(voice(len(self.voices) + 1, speaker, stance=stance, **quoted))
        return self.voices[-1]["id"]


def write_pairs() -> tuple[Tables, dict[str, frozenset[str]]]:
    """Write all pairs into the texts of one dataset; give its tables, and the references of each pair."""
    books = {of_text: Book(author) for of_text, author in AUTHORS.items()}
    written: dict[str, frozenset[str]] = {}
    for pair in PAIRS:
        references: dict[str, str] = {}
        for side, cells in (("one", pair.one), ("other", pair.other)):
            own = {column: references.get(cell, cell) for column, cell in cells.items()}
            if "/" not in own["subject"]:
                own["subject"] = f"{own['subject']}/{pair.name}"
            references[side] = books[own["text"]].write(own["text"], own)
        written[pair.name] = frozenset(references.values())
    return _join(books), written


def _join(books: dict[str, Book]) -> Tables:
    """Join the texts into a dataset that has nothing else but the small dataset's entities."""
    tables = {name: rows for name, rows in read_rows(DATASET).items() if "/" not in name}
    tables |= {"coverage": [], "names": [row for book in books.values() for row in book.names]}
    tables["texts"] = [
        text(name, name.partition("-")[0], translation_of=TRANSLATIONS.get(name, "")) for name in sorted(books)
    ]
    for name, book in books.items():
        tables |= {f"assertions/{name}": book.claims, f"chains/{name}": book.voices}
    whole = complete(tables)
    for place in whole["places"]:
        place["parent"] = WHOLES.get(place["id"], place.get("parent", ""))
    return complete(whole)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[frozenset[str], tuple[str, str]]:
    """Give type and rule of every pair of claims of the dataset, read from files."""
    tables, _ = write_pairs()
    folder = write_rows(copy_dataset(tmp_path_factory.mktemp("made")), tables)
    pairs = compare_claims(read_corpus(folder, find_folder("ontology")))
    return {frozenset((one, other)): (kind, rule) for one, other, kind, rule, *_ in pairs.iter_rows()}


@pytest.fixture(scope="module")
def labelled(found: dict[frozenset[str], tuple[str, str]]) -> list[Labelled]:
    """Give of every made pair the type that it should have and the one that it got."""
    _, written = write_pairs()
    return [Labelled(p.name, p.type, found.get(written[p.name], (NONE, ""))[0]) for p in PAIRS]


def mark_deviation(name: str) -> ParameterSet:
    """Give a pair's name to a test, which is then expected to fail where a deviation is known."""
    reason = DEVIATIONS.get(name)
    return pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=reason) if reason else ())


@pytest.mark.parametrize("name", [mark_deviation(pair.name) for pair in PAIRS])
def test_a_made_pair_has_its_type(name: str, labelled: list[Labelled]) -> None:
    (pair,) = (pair for pair in labelled if pair.name == name)
    assert pair.found == pair.expected


def test_hardly_a_contradiction_is_told_where_there_is_none(labelled: list[Labelled]) -> None:
    told = [pair for pair in labelled if pair.found == "contradiction"]
    right = [pair for pair in told if pair.expected == "contradiction"]
    assert len(told) > 50
    assert len(right) / len(told) >= 0.95, show_confusion(labelled)


def test_hardly_a_contradiction_is_missed(labelled: list[Labelled]) -> None:
    there = [pair for pair in labelled if pair.expected == "contradiction"]
    told = [pair for pair in there if pair.found == "contradiction"]
    assert len(there) > 50
    assert len(told) / len(there) >= 0.9, show_confusion(labelled)


def test_no_difference_of_calendar_is_told_as_a_contradiction(labelled: list[Labelled]) -> None:
    calendars = [pair for pair in labelled if pair.expected == "calendar-only"]
    assert len(calendars) > 15
    assert [pair.name for pair in calendars if pair.found == "contradiction"] == []


def test_no_pair_is_formed_that_was_not_made(found: dict[frozenset[str], tuple[str, str]]) -> None:
    _, written = write_pairs()
    assert set(found) - set(written.values()) == set()


def test_there_are_pairs_enough_of_every_type_and_every_known_deviation_is_one_of_them() -> None:
    counts = Counter(pair.type for pair in PAIRS)
    assert counts.total() - counts[NONE] >= 170
    assert set(counts) == {*TYPES, NONE}
    assert min(counts.values()) >= 5
    assert set(DEVIATIONS) <= {pair.name for pair in PAIRS}


def test_every_rule_decides_a_made_pair(found: dict[frozenset[str], tuple[str, str]]) -> None:
    assert {rule for _, rule in found.values()} == set(RULES)
