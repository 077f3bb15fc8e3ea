"""Pairs of claims of the shipped dataset have the type that a reader of the texts gave them.

`pairs-of-the-dataset.csv` has the two references, the type and why. A pair that the program does not
form counts as missed.
"""

import csv
from pathlib import Path

import pytest
from confusion import Labelled, show_confusion

from kg.claims import gather_claims
from kg.criticism import TYPES, compare_claims
from kg.model import Corpus

MISSED = "missed"
PATH = Path(__file__).with_name("pairs-of-the-dataset.csv")


def read_labels() -> list[dict[str, str]]:
    """Read the labelled pairs; a test without them would look at nothing."""
    assert PATH.is_file(), f"{PATH.name} is not there: label at least 170 pairs of the shipped dataset in it"
    with PATH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def labelled(shipped: Corpus) -> list[Labelled]:
    """Give of every labelled pair the type that it should have and the one that it got."""
    found = {frozenset((one, other)): kind for one, other, kind, *_ in compare_claims(shipped).iter_rows()}
    pairs = [(row, frozenset((row["one"], row["other"]))) for row in read_labels()]
    return [Labelled(f"{r['one']} {r['other']}", r["type"], found.get(pair, MISSED)) for r, pair in pairs]


def test_the_labels_are_of_pairs_that_there_are_each_once_and_of_a_known_type(shipped: Corpus) -> None:
    rows = read_labels()
    assert list(rows[0]) == ["one", "other", "type", "why"]
    assert len({frozenset((row["one"], row["other"])) for row in rows}) == len(rows) >= 170
    assert {row[side] for row in rows for side in ("one", "other")} <= {*gather_claims(shipped)["reference"]}
    assert [row for row in rows if row["one"] == row["other"] or row["type"] not in TYPES or not row["why"]] == []


def test_hardly_a_contradiction_is_told_where_there_is_none(labelled: list[Labelled]) -> None:
    told = [pair for pair in labelled if pair.found == "contradiction"]
    right = [pair for pair in told if pair.expected == "contradiction"]
    assert len(told) >= 20
    assert len(right) / len(told) >= 0.95, show_confusion(labelled)


def test_hardly_a_contradiction_is_missed(labelled: list[Labelled]) -> None:
    there = [pair for pair in labelled if pair.expected == "contradiction"]
    told = [pair for pair in there if pair.found == "contradiction"]
    assert len(there) >= 20
    assert len(told) / len(there) >= 0.9, show_confusion(labelled)


def test_no_difference_of_calendar_is_told_as_a_contradiction(labelled: list[Labelled]) -> None:
    calendars = [pair for pair in labelled if pair.expected == "calendar-only"]
    assert len(calendars) >= 5
    assert [pair.name for pair in calendars if pair.found == "contradiction"] == []


def test_three_of_four_pairs_have_just_their_type(labelled: list[Labelled]) -> None:
    alike = [pair for pair in labelled if pair.found == pair.expected]
    assert len(alike) / len(labelled) >= 0.75, show_confusion(labelled)


def test_every_contradiction_that_is_told_was_labelled(shipped: Corpus) -> None:
    told = [frozenset(row[:2]) for row in compare_claims(shipped).iter_rows() if row[2] == "contradiction"]
    rows = [frozenset((row["one"], row["other"])) for row in read_labels()]
    assert [sorted(pair) for pair in told if pair not in rows] == []
