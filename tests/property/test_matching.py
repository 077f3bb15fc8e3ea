"""Laws of comparing names, for whatever text stands where a name should."""

import iuliia
from hypothesis import given
from hypothesis import strategies as st

from kg.matching import VERDICTS, Days, Named, compare, find, take_apart
from kg.romanisation import FREE, SCHEMES, fold, measure

CYRILLIC = "абвгдежзийклмнопрстуфхцчшщыэюя"
WORDS = st.text(st.sampled_from("abcdefghiklmnoprstuvyz"), min_size=2, max_size=9)
RUSSIAN = st.text(st.sampled_from(CYRILLIC), min_size=2, max_size=10)
NAMES = st.lists(WORDS.map(str.title), min_size=1, max_size=4).map(" ".join)
ANYTHING = st.one_of(NAMES, st.text(max_size=60), st.text(st.sampled_from("().,-’' IVXa1Яё"), max_size=30))
DAYS = st.none() | st.integers(0, 10**6).map(lambda day: Days(day, day + 30))


def person(name: str, born: Days | None = None) -> Named:
    """Give a person of one name."""
    return Named(f"person/{name}", "person", (name,), born)


@given(ANYTHING, ANYTHING)
def test_any_two_texts_can_be_compared_and_the_score_is_a_share(one: str, other: str) -> None:
    for kind in ("person", "place"):
        score = compare(Named("a", kind, (one,)), Named("b", kind, (other,)))
        assert 0 <= score.value <= 0.99
        assert bool(score.reasons) == (score.value > 0)


@given(NAMES, NAMES, DAYS, DAYS)
def test_it_does_not_matter_which_of_two_names_comes_first(
    one: str, other: str, a: Days | None, b: Days | None
) -> None:
    there, back = compare(person(one, a), person(other, b)), compare(person(other, b), person(one, a))
    assert abs(there.value - back.value) < 1e-9


@given(NAMES)
def test_nothing_fits_a_name_better_than_itself(name: str) -> None:
    alike = compare(person(name), person(name)).value
    assert alike >= compare(person(name), person(f"{name}x")).value
    assert alike >= compare(person(name), person(f"Q {name}")).value


@given(ANYTHING, st.lists(ANYTHING, max_size=5))
def test_a_finding_does_not_depend_on_the_order_of_what_is_searched(name: str, others: list[str]) -> None:
    among = [Named(f"{kind}/{at}", kind, (other,)) for at, other in enumerate(others) for kind in ("person", "body")]
    found = find(name, among)
    assert found == find(name, among[::-1])
    assert found.verdict in VERDICTS
    values = [candidate.score.value for candidate in found.candidates]
    assert values == sorted(values, reverse=True)
    assert len({candidate.named.reference for candidate in found.candidates}) == len(values)


@given(WORDS.map(str.title), st.lists(NAMES, max_size=4))
def test_one_word_alone_is_never_found_among_persons(surname: str, others: list[str]) -> None:
    among = [person(name) for name in {*others, f"Jonas {surname}"}]
    assert find(surname, among).verdict in ("ambiguous", "unknown")


@given(st.text(max_size=80))
def test_parts_are_folded_words_and_at_least_a_surname(text: str) -> None:
    for parts in take_apart(text):
        assert all(parts.surname)
        assert all(word == fold(word) for word in parts.surname)


@given(RUSSIAN, st.sampled_from(SCHEMES), st.sampled_from(SCHEMES))
def test_two_romanisations_of_one_word_are_one_word(word: str, one: str, other: str) -> None:
    spellings = [fold(iuliia.schemas.get(scheme).translate(word)) for scheme in (one, other)]
    assert measure(*spellings) <= FREE * len(word)


@given(WORDS, WORDS)
def test_a_distance_is_symmetric_and_nothing_is_nearer_than_itself(one: str, other: str) -> None:
    assert measure(one, other) == measure(other, one)
    assert measure(one, one) == 0
    assert (measure(one, other) == 0) == (one == other)
