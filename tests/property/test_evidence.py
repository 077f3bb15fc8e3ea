"""What does not count changes no passage, what counts spoils it, and no place is ever guessed."""

import re
import unicodedata
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.evidence import Copy, Passage, Span, Verdict, normalize

QUOTES = {'"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", "'": "\u2018\u2019\u201a\u201b\u2032\u02bc\u2039\u203a"}
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
NOTHING = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
BLANKS = " \t\u00a0\u2003\u3000\u0085\u2028"
COMBINING = "\u0301\u0308\u0323\u0327\u0338\u0344\u0f73\u3099\u1161\u11a8"
LETTERS = "aeo\u00e9\u00c5\u1e69\u0130\u1112\u304b\u0f40<="


def texts() -> st.SearchStrategy[str]:
    """Give random Unicode, much of it of the kinds that normalisation looks at."""
    typed = "".join(QUOTES.values()) + DASHES + "\u2026"
    odd = st.text(LETTERS + COMBINING + NOTHING + BLANKS + typed + "\r\n 7([_.'\"-")
    whole = st.text(st.characters(exclude_categories=["Cs"]))
    return st.lists(st.one_of(odd, whole), max_size=4).map("".join)


def stories() -> st.SearchStrategy[str]:
    """Give paragraphs of a few words, so that the same words stand in many places."""
    word = st.sampled_from(
        ["the", "boy", "a", "lamp", "sea-wall", "miller's", "7", "\u201cnow\u201d", "caf\u00e9", "no."]
    )
    line = st.lists(word, min_size=1, max_size=14).map(" ".join)
    paragraph = st.lists(line, min_size=1, max_size=2).map("\n".join)
    return st.lists(paragraph, min_size=1, max_size=4).map("\n\n".join)


@st.composite
def passages(draw: st.DrawFn, source: st.SearchStrategy[str]) -> tuple[Copy, Passage]:
    """Give a copy of a text and any passage of it, cut where it may."""
    copy = Copy(draw(source.filter(normalize)).encode())
    start = draw(st.integers(0, len(copy.text) - 1))
    return copy, copy.cite(Span(start, draw(st.integers(start + 1, len(copy.text)))))


@st.composite
def whole_words(draw: st.DrawFn) -> tuple[Copy, Passage]:
    """Give a copy of a story and a passage of it that cuts no word."""
    copy = Copy(draw(stories()).encode())
    words = [match.span() for match in re.finditer(r"\S+", copy.text)]
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first, min(first + 11, len(words) - 1)))
    return copy, copy.cite(Span(words[first][0], words[last][1]))


def _normalize_slowly(text: str) -> str:
    """Normalise a text step by step, as the profile tells it."""
    kept = unicodedata.normalize("NFC", re.sub(f"[{NOTHING}]", "", text))
    for plain, typed in {**QUOTES, "-": DASHES, "...": "\u2026"}.items():
        kept = re.sub(f"[{typed}]", plain, kept)
    return re.sub(r"\s+", " ", kept)


def _replace_quotes(text: str) -> str:
    """Exchange straight and typographic quotes, apostrophes and dashes."""
    straight = {typed: plain for plain, all_typed in QUOTES.items() for typed in all_typed}
    exchange: dict[str, int | str | None] = {**straight, '"': "\u201d", "'": "\u2019", "-": "\u2013", "\u2014": "-"}
    return text.translate(str.maketrans(exchange))


def _sprinkle(text: str) -> str:
    """Put soft hyphens and zero-width characters everywhere, between a letter and its accent too."""
    return "".join(f"{char}{NOTHING[at % len(NOTHING)]}" for at, char in enumerate(text))


ALIKE: dict[str, Callable[[str], str]] = {
    "nfc": lambda text: unicodedata.normalize("NFC", text),
    "nfd": lambda text: unicodedata.normalize("NFD", text),
    "crlf": lambda text: re.sub(r"(?<!\r)\n|\r(?!\n)", "\r\n", text),
    "cr": lambda text: re.sub(r"\r\n|\n", "\r", text),
    "quotes": _replace_quotes,
    "soft": _sprinkle,
}
each_form = pytest.mark.parametrize("form", ALIKE.values(), ids=ALIKE)


# ---- kg-norm/1 ----


@given(texts())
def test_a_text_is_normalised_as_the_profile_tells_it(text: str) -> None:
    assert normalize(text) == _normalize_slowly(text)


@given(texts())
def test_what_is_normalised_is_left_as_it_is(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@each_form
@given(texts())
def test_another_form_of_the_same_text_is_normalised_alike(form: Callable[[str], str], text: str) -> None:
    assert normalize(form(text)) == normalize(text)


@given(texts(), st.text(BLANKS + "\r\n" + NOTHING, max_size=5))
def test_a_run_of_white_space_counts_as_one_space(text: str, blanks: str) -> None:
    assert normalize(re.sub(r"\s+", lambda run: f"{run.group()}{blanks} ", text)) == normalize(text)


@given(texts(), texts(), st.sampled_from("aZ07([]){}_.,;:!?"))
def test_a_letter_a_digit_a_bracket_or_a_stop_more_counts(before: str, after: str, more: str) -> None:
    assert normalize(f"{before}{more}{after}") != normalize(before + after)


@given(texts(), texts(), st.characters(categories=["Lu"]))
def test_case_counts(before: str, after: str, letter: str) -> None:
    assume(normalize(letter.lower()) != normalize(letter))
    assert normalize(f"{before}{letter}{after}") != normalize(f"{before}{letter.lower()}{after}")


@given(texts())
def test_a_copy_has_the_normalised_text_and_the_map_of_every_letter(text: str) -> None:
    copy = Copy(text.encode())
    assert copy.text == normalize(copy.raw)
    places = [copy.to_file(Span(at, at + 1)) for at in range(len(copy.text))]
    assert places == sorted(places)
    assert all(copy.text[at] in normalize(copy.raw[slice(*place)]) for at, place in enumerate(places))


# ---- Citing and verifying ----


@given(passages(texts()) | passages(stories()))
def test_what_is_cited_is_verified(cited: tuple[Copy, Passage]) -> None:
    copy, passage = cited
    assert copy.verify(passage) == copy.verify(passage, distributed=True) == Verdict("verified")


@given(passages(texts()))
def test_the_place_of_a_passage_holds_its_words(cited: tuple[Copy, Passage]) -> None:
    copy, passage = cited
    words = copy.text[passage.norm_start : passage.norm_end]
    assert words in normalize(copy.raw[passage.start : passage.end])


@each_form
@given(passages(texts()) | passages(stories()))
def test_what_is_cited_is_verified_in_another_form_of_the_text(
    form: Callable[[str], str], cited: tuple[Copy, Passage]
) -> None:
    copy, passage = cited
    assert Copy(form(copy.raw).encode()).verify(passage) == Verdict("verified")


@given(whole_words())
def test_a_phrase_is_found_where_it_was_cited(cited: tuple[Copy, Passage]) -> None:
    copy, passage = cited
    found = copy.find(copy.raw[passage.start : passage.end])
    assert passage in found
    assert found == sorted(found)


@given(whole_words(), st.data())
def test_a_letter_changed_in_a_passage_is_never_verified(cited: tuple[Copy, Passage], data: st.DataObject) -> None:
    copy, passage = cited
    at = data.draw(st.integers(passage.start, passage.end - 1).filter(lambda at: copy.raw[at].isalnum()))
    changed = Copy(f"{copy.raw[:at]}x{copy.raw[at + 1 :]}".encode())
    assert changed.verify(passage).outcome != "verified"


@given(whole_words(), stories())
def test_a_passage_is_moved_only_where_exactly_one_other_place_has_its_digest(
    cited: tuple[Copy, Passage], other: str
) -> None:
    copy, passage = cited
    for text in (other, f"{other} {copy.raw}", f"{other}\n\n{copy.raw}", f"{copy.raw}\n\n{copy.raw}"):
        assert Copy(text.encode()).verify(passage) == _verify_slowly(Copy(text.encode()), passage)


def _verify_slowly(copy: Copy, passage: Passage) -> Verdict:
    """Verify a passage by citing every stretch of a copy that is as long."""
    length = passage.norm_end - passage.norm_start
    starts = [at for at in range(len(copy.text) - length + 1) if copy.text[at] != " "]
    spans = [Span(at, at + length) for at in starts if not _cuts(copy.text, at) and not _cuts(copy.text, at + length)]
    cited = [place for place in map(copy.cite, spans) if place.digest == passage.digest]
    if any(place.norm_start == passage.norm_start for place in cited):
        return Verdict("verified")
    return Verdict("moved", Span(*cited[0][:2])) if len(cited) == 1 else Verdict("failed")


def _cuts(text: str, at: int) -> bool:
    """Tell whether a place is inside a word."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


@given(st.lists(whole_words() | passages(stories()), min_size=1, max_size=6), stories(), st.randoms())
def test_a_passage_is_judged_alike_alone_and_among_others(
    cited: list[tuple[Copy, Passage]], front: str, random: Random
) -> None:
    copy = Copy("\n\n".join([front, *(copy.raw for copy, _ in cited)]).encode())
    asked = [passage for _, passage in cited]
    random.shuffle(asked)
    assert copy.verify_all(asked) == [Copy(copy.raw.encode()).verify(passage) for passage in asked]
