"""Paragraphs are drawn by lot, the same for the same seed."""

from pathlib import Path

import pytest

from kg.errors import OutsideError
from kg.model import Corpus
from kg.sampling import draw_paragraphs

TEXTS = Path(__file__).parents[1] / "texts"


def test_all_paragraphs_together_hold_every_claim_and_name(corpus: Corpus) -> None:
    drawn = draw_paragraphs(corpus, TEXTS, 1000, 1)
    assert sum(paragraph.claims.height for paragraph in drawn) == 32
    assert sum(paragraph.names.height for paragraph in drawn) == corpus.frames["names"].height


def test_the_same_seed_draws_the_same_paragraphs(corpus: Corpus) -> None:
    places = [[p.span for p in draw_paragraphs(corpus, TEXTS, 4, seed)] for seed in (1, 1, *range(2, 9))]
    assert places[0] == places[1]
    assert any(other != places[0] for other in places[2:])
    assert len(places[0]) == 4


def test_a_text_that_is_absent_is_told(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="is not there"):
        draw_paragraphs(corpus, tmp_path, 4, 1)
