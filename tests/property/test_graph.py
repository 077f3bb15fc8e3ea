"""Whatever stands in a cell is read back to the letter, and no order of rows shows in the graph."""

from dataclasses import replace

import polars as pl
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, RdfFormat, parse

from kg.graph import render
from kg.model import Corpus
from kg.names import KG

CLAIMS, TEXT = "assertions/chronicle", "chronicle"

steady = settings(deadline=None, max_examples=25)


def cells() -> st.SearchStrategy[str]:
    """Give text as a cell may have it, much of it of the signs that mean something in Turtle."""
    signs = st.text("\"'\\<>@^.;,#{}[]()?$: nrtuU0041\u0085\u2028\ufeff\U0001f41f", min_size=1, max_size=30)
    return st.one_of(signs, st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))


def put(corpus: Corpus, column: str, told: dict[int, str]) -> Corpus:
    """Give the dataset with other cells in some rows of a column."""
    frame = corpus.frames[CLAIMS]
    whole = [told.get(row, cell) for row, cell in enumerate(frame[column])]
    changed = frame.with_columns(pl.Series(column, whole, pl.String))
    return replace(corpus, frames={**corpus.frames, CLAIMS: changed})


def render_text(corpus: Corpus) -> str:
    """Render the graph of the text."""
    return next(turtle for name, turtle in render(corpus) if name == TEXT)


rows = st.integers(0, 23)


@steady
@given(told=st.dictionaries(rows, cells(), min_size=6, max_size=12))
def test_any_text_comes_back_to_the_letter_from_two_readers(told: dict[int, str], corpus: Corpus) -> None:
    turtle = render_text(put(corpus, "gist", told))
    gists = [quad.object for quad in parse(turtle, format=RdfFormat.TURTLE) if quad.predicate.value == f"{KG}gist"]
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    assert len(gists) == corpus.frames[CLAIMS].height
    assert set(told.values()) <= {gist.value for gist in gists if isinstance(gist, Literal)}
    assert set(told.values()) <= {str(gist) for gist in graph.objects(None, rdflib.URIRef(f"{KG}gist"))}


@steady
@given(seeds=st.lists(st.integers(0, 2**32), min_size=14, max_size=14))
def test_no_order_of_rows_changes_a_byte(seeds: list[int], corpus: Corpus) -> None:
    shuffled = {
        name: frame.sample(fraction=1, shuffle=True, seed=seeds[number % len(seeds)])
        for number, (name, frame) in enumerate(corpus.frames.items())
    }
    assert list(render(replace(corpus, frames=shuffled))) == list(render(corpus))


@steady
@given(row=rows, column=st.sampled_from(["gist", "hedge", "printed", "date_printed", "curator"]), cell=cells())
def test_any_other_cell_changes_one_block(row: int, column: str, cell: str, corpus: Corpus) -> None:
    before = render_text(corpus).split("\n\n")
    after = render_text(put(corpus, column, {row: cell})).split("\n\n")
    changed = [old.split()[0] for old, new in zip(before, after, strict=True) if old != new]
    same = corpus.frames[CLAIMS][column][row] == cell
    assert changed == ([] if same else [f"assertion:{row + 1:04}"])
