"""A build is opened for questions, and its answers are records and typed data frames."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from pyoxigraph import Literal, NamedNode

import kg
from kg.builds import Build
from kg.errors import OutsideError, UsageError
from kg.names import XSD
from kg.queries import Answer
from kg.reader import Reader, to_frame


@pytest.fixture(scope="module")
def reader(built: Build) -> Reader:
    """Give the build of the small dataset, opened as a user of the library does."""
    return kg.open(built.folder)


def test_a_question_gives_a_frame_with_typed_columns(reader: Reader) -> None:
    frame = reader.query("rests-on", assertion="assertion/chronicle/0005")
    assert frame.height == 2
    assert frame["agreed"].to_list() == [True, True]
    assert (frame["least"][0], frame["most"][0]) == (1, 2)
    assert frame["claim"].to_list() == ["assertion/letters/0001", "assertion/chronicle/0005"]


def test_an_empty_answer_has_its_columns(reader: Reader) -> None:
    frame = reader.query("who-says", subject="event/flood", property="bornOn")
    assert frame.is_empty()
    assert "gist" in frame.columns


def test_a_query_of_ones_own_is_asked_as_it_stands(reader: Reader) -> None:
    text = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?c a <https://w3id.org/kg-claims/ontology#Assertion> } }"
    assert reader.query(text)["n"].to_list() == [32]
    with pytest.raises(UsageError, match="takes no parameters"):
        reader.query(text, subject="event/flood")


def test_a_column_has_a_type_only_if_all_its_terms_share_it() -> None:
    columns = {
        "day": [Literal("1801-03-03", datatype=NamedNode(f"{XSD}date")), None],
        "share": [
            Literal("0.5", datatype=NamedNode(f"{XSD}decimal")),
            Literal("1", datatype=NamedNode(f"{XSD}decimal")),
        ],
        "mixed": [Literal("1", datatype=NamedNode(f"{XSD}integer")), Literal("one")],
        "none": [None, None],
    }
    frame = to_frame(Answer(tuple(columns), tuple(zip(*columns.values(), strict=True))))
    assert frame.rows() == [(date(1801, 3, 3), 0.5, "1", None), (None, 1.0, "one", None)]
    assert frame["mixed"].dtype == pl.String


def test_what_is_not_there_is_told_with_what_is_near(reader: Reader) -> None:
    with pytest.raises(UsageError, match="near to it are person/jonas-brandt"):
        reader.require(["person/jonas-brand"])
    with pytest.raises(UsageError, match="there is no saved question"):
        reader.query("none")


def test_a_folder_without_a_build_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="holds no build"):
        kg.open(tmp_path)
