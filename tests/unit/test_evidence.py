"""A passage is found, told by place and digest, and known again only where it stands unaltered."""

from hashlib import sha256

import pytest

from kg.evidence import FEWEST_WORDS, Copy, Passage, Span, Verdict, digest_bytes, is_long, normalize

STORY = """The tide came early that year, and nobody had mended the old sea wall.

Ada kept the lamp. She counted nine boats out and only seven boats home.

“Who keeps the lamp now?” asked the miller’s boy… Nobody knew."""
LONG = "She counted nine boats out and only seven boats home"
SHORT = "Ada kept the lamp"


def _copy(text: str) -> Copy:
    """Give the copy of a text in UTF-8."""
    return Copy(text.encode())


def _cite(phrase: str, text: str = STORY) -> Passage:
    """Give the only passage of a phrase in a text."""
    [passage] = _copy(text).find(phrase)
    return passage


def _digest(text: str) -> str:
    """Give a sha256 without help from the module under test."""
    return sha256(text.encode()).hexdigest()


# ---- kg-norm/1 ----


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("a\r\nb\rc\nd", "a b c d"),
        ("a \t\u00a0\u2003\n\n  b", "a b"),
        (" a\n", " a "),
        ("cafe\u0301", "caf\u00e9"),
        ("so\u00adft\u200b\u200c\u200d\u2060\ufeff", "soft"),
        ("a \u200b b", "a b"),
        ("e\u00ad\u0301", "\u00e9"),
        ("a\u0f73\u0301", "\u00e1\u0f71\u0f72"),
        ("\u2018a\u2019 \u201ab\u201b \u2032 \u02bc \u2039c\u203a", "'a' 'b' ' ' 'c'"),
        ("\u201ca\u201d \u201eb\u201f \u2033 \u00abc\u00bb", '"a" "b" " "c"'),
        ("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-------"),
        ("wait\u2026", "wait..."),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("", ""),
    ],
)
def test_what_does_not_count_is_made_alike(text: str, normal: str) -> None:
    assert normalize(text) == normal


@pytest.mark.parametrize(
    "text", ["Ada", "ada", "7", "(seven)", "[seven]", "a_b", "a,b;c.", "½", "№ 7", "ſ", "ﬁ", "Ⅳ", "straße", "ё"]
)
def test_all_else_counts_and_is_left_as_it_is(text: str) -> None:
    assert normalize(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), (" - ", 0), ("one", 1), ("the miller's boy", 3), ("twenty-six", 2), ("7, 8 and 9", 4), ("a_b", 2)],
)
def test_words_are_runs_of_letters_and_digits(text: str, words: int) -> None:
    missing = FEWEST_WORDS - words
    assert is_long(f"{text} {'word ' * missing}")
    assert not is_long(f"{text} {'word ' * (missing - 1)}")


# ---- Places and digests ----


def test_a_copy_knows_the_digest_of_its_file_and_of_its_normalised_text() -> None:
    data = b"\xef\xbb\xbfone\r\n\r\ntwo"
    copy = Copy(data)
    assert copy.file_digest == digest_bytes(data) == sha256(data).hexdigest()
    assert copy.digest == _digest("one two")


def test_a_file_that_is_not_utf_8_is_no_copy() -> None:
    with pytest.raises(UnicodeDecodeError):
        Copy("caf\u00e9".encode("latin-1"))


def test_a_passage_of_eight_words_has_the_digest_of_its_words_alone() -> None:
    passage = _cite("and nobody had mended the old sea wall")
    assert is_long("and nobody had mended the old sea wall")
    assert passage.digest == _digest("and nobody had mended the old sea wall")


def test_a_shorter_passage_has_the_digest_of_its_paragraph_and_its_place_in_it() -> None:
    passage = _cite("nobody had mended the old sea wall")
    paragraph = "The tide came early that year, and nobody had mended the old sea wall."
    assert passage.digest == _digest(f"{paragraph}\n35-69")


def test_a_short_passage_over_a_break_has_the_digest_of_both_paragraphs() -> None:
    passage = _cite("sea wall. Ada kept")
    paragraphs = STORY.partition("\n\n\u201c")[0].replace("\n\n", " ")
    assert passage.digest == _digest(f"{paragraphs}\n61-79")


def test_a_passage_has_its_place_in_the_file_and_in_the_normalised_text() -> None:
    passage = _cite("two…", "one\r\n\r\n  two… three")
    assert passage[:4] == (9, 13, 4, 10)


def test_a_place_covers_all_that_its_letters_came_from() -> None:
    copy = _copy("a\u00ad cafe\u0301\u200b b")
    assert copy.text == "a caf\u00e9 b"
    assert [copy.to_file(Span(at, at + 1)) for at in (0, 1, 5, 6)] == [(0, 1), (2, 3), (6, 8), (9, 10)]
    assert copy.to_norm(Span(3, 8)) == (2, 6)


def test_a_byte_order_mark_shifts_no_place() -> None:
    assert Copy(b"\xef\xbb\xbfone two").find("two") == _copy("one two").find("two")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("blank", ["", " ", "\t ", "\u00ad", " \u200b"])
def test_a_line_with_nothing_in_it_parts_paragraphs_whatever_the_line_ends(end: str, blank: str) -> None:
    copy = _copy(f"one{end}two{end}{blank}{end}{end}three")
    first, second = copy.paragraphs()
    assert copy.raw[slice(*first)] == f"one{end}two"
    assert copy.raw[slice(*second)] == "three"


@pytest.mark.parametrize("text", ["", "\n", " \r\n \r\n", "\u00ad", "\ufeff\ufeff"])
def test_a_text_with_nothing_in_it_has_no_paragraph_and_no_passage(text: str) -> None:
    copy = _copy(text)
    assert copy.paragraphs() == []
    assert copy.find("one") == []
    assert copy.verify(_cite(SHORT)) == Verdict("failed")
    assert copy.verify(Passage(0, 1, 0, 1, "0" * 64)) == Verdict("failed")


# ---- Finding ----


def test_a_phrase_is_found_everywhere_in_order() -> None:
    places = [passage.start for passage in _copy(STORY).find("boats")]
    assert places == [STORY.index("boats"), STORY.rindex("boats")]


@pytest.mark.parametrize("phrase", ["miller's boy...", "miller\u2019s\n boy\u2026", "mil\u00adler's boy..."])
def test_a_phrase_is_found_however_it_is_typed(phrase: str) -> None:
    assert _cite(phrase) == _cite("miller’s boy…")


@pytest.mark.parametrize("phrase", ["boat", "ats", "lam", "da", "Boats", "lamps", "", " ", "[...]", "lamp [...]"])
def test_a_phrase_is_found_in_whole_words_or_not_at_all(phrase: str) -> None:
    assert _copy(STORY).find(phrase) == []


def test_a_phrase_may_leave_out_what_stands_between_its_parts() -> None:
    passage = _cite("Ada [...] nine boats [...] home")
    assert (
        STORY[passage.start : passage.end] == "Ada kept the lamp. She counted nine boats out and only seven boats home"
    )


def test_what_is_left_out_ends_at_the_nearest_place() -> None:
    near, far = _copy("a b a b").find("a [...] b")
    assert (near[:2], far[:2]) == ((0, 3), (4, 7))


# ---- Verifying ----


@pytest.mark.parametrize("phrase", [LONG, SHORT])
def test_a_passage_in_its_place_is_verified(phrase: str) -> None:
    assert _copy(STORY).verify(_cite(phrase), distributed=True) == Verdict("verified")


@pytest.mark.parametrize("phrase", [LONG, SHORT])
def test_in_the_copy_distributed_start_and_end_must_agree_too(phrase: str) -> None:
    passage = _cite(phrase)._replace(start=0)
    assert _copy(STORY).verify(passage, distributed=True) == Verdict("failed")
    assert _copy(STORY).verify(passage) == Verdict("verified")


def test_a_passage_whose_line_ends_shift_it_is_verified_and_not_moved() -> None:
    copy = _copy(STORY.replace("\n", "\r\n"))
    assert [copy.verify(_cite(phrase)) for phrase in (LONG, SHORT)] == [Verdict("verified")] * 2


@pytest.mark.parametrize("phrase", [LONG, SHORT])
def test_a_passage_in_one_other_place_is_moved_and_the_place_is_told(phrase: str) -> None:
    front = "A page of\r\nanother book.\r\n\r\n"
    passage = _cite(phrase)
    place = Span(passage.start + len(front), passage.end + len(front))
    assert _copy(front + STORY).verify(passage) == Verdict("moved", place)


@pytest.mark.parametrize("phrase", [LONG, SHORT])
def test_a_passage_in_two_places_neither_of_them_its_own_is_not_guessed(phrase: str) -> None:
    assert _copy(f"Foreword.\n\n{STORY}\n\n{STORY}").verify(_cite(phrase)) == Verdict("failed")


@pytest.mark.parametrize("phrase", [LONG, SHORT])
def test_a_passage_in_its_place_is_verified_though_it_stands_elsewhere_too(phrase: str) -> None:
    assert _copy(f"{STORY}\n\n{STORY}").verify(_cite(phrase)) == Verdict("verified")


def test_a_short_passage_fails_with_a_letter_changed_beside_it_in_its_paragraph() -> None:
    copy = _copy(STORY.replace("home", "hole"))
    assert copy.verify(_cite(SHORT)) == Verdict("failed")
    assert copy.verify(_cite("Nobody knew")) == Verdict("verified")


def test_a_short_passage_elsewhere_in_its_paragraph_is_another_one() -> None:
    text = "The boy and the boy and the boy."
    places = _copy(text).find("boy")
    assert len({passage.digest for passage in places}) == 3


def test_a_long_passage_fails_with_a_letter_changed_in_it_and_not_with_one_beside_it() -> None:
    assert _copy(STORY.replace("home", "hole")).verify(_cite(LONG)) == Verdict("failed")
    assert _copy(STORY.replace("lamp", "land")).verify(_cite(LONG)) == Verdict("verified")


def test_words_that_stand_inside_other_words_are_not_the_passage() -> None:
    words = "nine boats out and only seven boats home"
    assert _copy(f"xx{words} {words}s").verify(_cite(words)) == Verdict("failed")


@pytest.mark.parametrize("span", [(-1, 5), (5, 5), (9, 5), (0, 10_000), (10_000, 10_005)])
def test_a_place_that_is_none_fails(span: tuple[int, int]) -> None:
    passage = _cite(SHORT)._replace(norm_start=span[0], norm_end=span[1])
    assert _copy(STORY).verify(passage) == Verdict("failed")


def test_a_place_counted_from_the_end_of_the_text_fails() -> None:
    passage = _cite(LONG, f"Ada said: {LONG}")
    counted = passage._replace(norm_start=-len(LONG))
    assert _copy(f"Ada said: {LONG}").verify(counted) == Verdict("failed")


def test_a_digest_with_the_wrong_length_of_passage_fails_beside_a_true_one() -> None:
    moved, passage = _copy(f"Foreword. {STORY}"), _cite(LONG)
    wrong = passage._replace(norm_end=passage.norm_end + 6)
    assert [verdict.outcome for verdict in moved.verify_all([wrong, passage, wrong])] == ["failed", "moved", "failed"]


def test_a_passage_that_begins_with_a_blank_is_not_found_elsewhere_alone_or_among_others() -> None:
    copy, moved, at = _copy(STORY), _copy(f"Foreword.\n\n{STORY}"), _cite(LONG)
    blank = copy.cite(Span(at.norm_start - 1, at.norm_end))
    assert copy.verify(blank) == Verdict("verified")
    assert moved.verify(blank) == moved.verify_all([_cite(SHORT), blank])[1] == Verdict("failed")


def test_passages_are_answered_in_the_order_they_were_asked() -> None:
    passages = [_cite(phrase) for phrase in (LONG, SHORT, "asked the miller's boy", "nobody")]
    copy = _copy(STORY.replace("Ada", "Ida"))
    outcomes = [verdict.outcome for verdict in copy.verify_all(passages)]
    assert outcomes == ["verified", "failed", "verified", "verified"]
    assert copy.verify_all([]) == []
