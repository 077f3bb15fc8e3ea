"""Spellings of one word by different schemes are near, other words are not."""

from math import inf

import pytest

from kg.romanisation import DOUBLED, FREE, LETTER, LONGEST, SWAPPED, VOWEL, begins_alike, fold, measure


def distance(one: str, other: str) -> float:
    """Measure two words as they are printed."""
    return measure(fold(one), fold(other))


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("Trot͡skiĭ", "trotskiĭ"),
        ("Trot︠s︡kiĭ", "trotskiĭ"),
        ("Zinovʹev", "zinovev"),
        ("O’Neill", "oneill"),
        ("Троцкий", "trotskii"),
        ("Троцкій", "trotskii"),
        ("Корниловъ", "kornilov"),
        ("Хрущёв", "khrushchev"),
        ("E\u0301mile", "émile"),
        ("", ""),
    ],
)
def test_a_word_is_folded_to_latin_letters_without_signs(printed: str, folded: str) -> None:
    assert fold(printed) == folded


@pytest.mark.parametrize(
    "spellings",
    [
        "Троцкий Trotsky Trotskii Trotskiy Trotski Trotzki Trotskij Trockij Trockij",
        "Зиновьев Zinoviev Zinov'ev Zinovyev Sinowjew Zinovev",
        "Хрущёв Khrushchev Khrushchyov Chruschtschow Khrouchtchev Chruščëv",
        "Шляпников Shlyapnikov Shliapnikov Schljapnikow Chliapnikov Šljapnikov",
        "Луначарский Lunacharsky Lunatscharski Lounatcharski Lunačarskij Lunacharskii",
        "Чхеидзе Chkheidze Tschcheidse Tchkheidze",
        "Урицкий Uritsky Urizki Ouritski Uritskii",
        "Муравьёв Muravyov Muraviev Murav'ev Murawjow",
        "Еремеев Yeremeyev Eremeev Jeremejew",
        "Дзержинский Dzerzhinsky Dserschinski Dzerjinski Dzeržinskij",
        "Бухарин Bukharin Bucharin Boukharine",
        "Корнилов Kornilov Kornilow Korniloff",
        "Максим Maksim Maxim",
    ],
)
def test_the_romanisations_of_a_word_differ_by_next_to_nothing(spellings: str) -> None:
    words = spellings.split()
    for one in words:
        for other in words:
            assert distance(one, other) <= FREE * max(len(fold(one)), len(fold(other))), (one, other)


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("Krylenko", "Kirilenko", LETTER),
        ("Rykov", "Bykov", LETTER),
        ("Lenin", "Lenina", LETTER),
        ("Trotsky", "Trotskaya", LETTER),
        ("Kamenev", "Kerensky", inf),
        ("Martov", "Martynov", 2.0),
        ("Dybenko", "Dubenko", VOWEL),
    ],
)
def test_other_names_are_a_letter_apart_or_more(one: str, other: str, least: float) -> None:
    assert distance(one, other) >= least


@pytest.mark.parametrize(
    ("one", "other", "cost"),
    [
        ("Nogin", "Nogin", 0.0),
        ("Béla", "Bela", FREE),
        ("Bolt", "Bult", VOWEL),
        ("Galifet", "Galiffet", DOUBLED),
        ("Krylenko", "Kyrlenko", SWAPPED),
        ("Muklevich", "Mulevich", LETTER),
        ("a" * (LONGEST + 1), "b", inf),
    ],
)
def test_a_difference_costs_what_it_is(one: str, other: str, cost: float) -> None:
    assert distance(one, other) == pytest.approx(cost)


@pytest.mark.parametrize(
    ("initial", "word"),
    [("L", "Lev"), ("Ya", "Iakov"), ("Y", "Julius"), ("Л", "Leon"), ("E", "Yevgeni"), ("Ж", "Zhordania")],
)
def test_an_initial_fits_a_word_in_any_scheme(initial: str, word: str) -> None:
    assert begins_alike(fold(initial), fold(word))


@pytest.mark.parametrize(("initial", "word"), [("V", "Grigory"), ("N", "Vladimir"), ("Л", "Nikolai"), ("A", "")])
def test_an_initial_does_not_fit_another_word(initial: str, word: str) -> None:
    assert not begins_alike(fold(initial), fold(word))
