"""Claims of all texts stand in one frame, with who speaks last; what was read is measured once."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.claims import gather_claims, measure_readings
from kg.model import Corpus


def read(*spans: tuple[int, int]) -> pl.DataFrame:
    """Give readings of one text."""
    return pl.DataFrame(spans, {"start": pl.Int64, "end": pl.Int64}, orient="row")


def test_the_claims_of_all_texts_are_there_each_once(corpus: Corpus) -> None:
    claims = gather_claims(corpus)
    assert claims.height == sum(corpus.frames[f"assertions/{text}"].height for text in corpus.texts) == 32
    assert claims["reference"].n_unique() == 32
    assert claims["reference"][0] == "assertion/chronicle/0001"
    assert claims["text"].unique().sort().to_list() == ["chronicle", "letters"]


def test_a_claim_has_who_speaks_last_in_its_chain(corpus: Corpus) -> None:
    told = gather_claims(corpus).filter(pl.col("reference") == "assertion/chronicle/0019").row(0, named=True)
    assert (told["voice"], told["depth"], told["speaker"]) == ("003", 3, "person/ferryman")
    assert (told["origin"], told["endorsement"]) == ("witness", "reports")
    assert told["chain"] == "Petrus Anker <- Klara Voss <- Ferryman of Veldhaven"


def test_a_voice_is_looked_up_in_its_own_text(corpus: Corpus) -> None:
    claims = gather_claims(corpus).filter(pl.col("voice") == "004").select("text", "speaker").unique().sort("text")
    assert claims.rows() == [("chronicle", "person/jonas-brandt"), ("letters", "person/petrus-anker")]


def test_a_claim_keeps_its_columns(corpus: Corpus) -> None:
    claims, frame = gather_claims(corpus), corpus.frames["assertions/letters"]
    assert set(frame.columns) < set(claims.columns)
    assert claims.filter(pl.col("text") == "letters").select(frame.columns).equals(frame)


@pytest.mark.parametrize(
    ("spans", "characters"),
    [
        ([], 0),
        ([(0, 10)], 10),
        ([(0, 10), (10, 20)], 20),
        ([(0, 10), (5, 20)], 20),
        ([(0, 10), (0, 10)], 10),
        ([(0, 30), (5, 10), (8, 20)], 30),
        ([(20, 30), (0, 10)], 20),
        ([(7, 9), (3, 4)], 3),
    ],
)
def test_what_is_read_twice_counts_once(spans: list[tuple[int, int]], characters: int) -> None:
    assert measure_readings(read(*spans)) == characters


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda span: (span[0], span[0] + span[1]))))
def test_readings_cover_as_many_characters_as_lie_in_one_of_them(spans: list[tuple[int, int]]) -> None:
    covered = {character for start, end in spans for character in range(start, end)}
    assert measure_readings(read(*spans)) == len(covered)
