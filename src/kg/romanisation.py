"""How far two spellings of a word are apart when both may be romanisations of one Cyrillic word.

No table of letters stands here. What each scheme of romanisation makes of a letter, or of two
together, is asked of the library `iuliia`; the few ways of printing that it lacks (German, older
English and French) are schemes in its own file format in the folder `spellings`.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import permutations, product
from math import inf as infinity
from pathlib import Path
from typing import NamedTuple

import iuliia

SCHEMES = (
    *("ala_lc", "ala_lc_alt", "bgn_pcgn", "bgn_pcgn_alt", "bs_2979", "bs_2979_alt", "wikipedia"),
    *("gost_779", "iso_9_1954", "iso_9_1968", "scientific", "ungegn_1987", "icao_doc_9303"),
    *("gost_16876", "gost_52290", "mvd_310", "mvd_310_fr", "mvd_782"),
)
"""The schemes of the library that books, catalogues, gazetteers and passports follow."""

ALPHABET = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
VOWELS = frozenset("aeiouy")
FREE, VOWEL, DOUBLED, SWAPPED, LETTER = 0.05, 0.6, 0.3, 0.8, 1.0
"""What a difference costs: of scheme, of one vowel, of a letter doubled or swapped with the next, of a letter."""

LONGEST = 40
"""Letters of a word; longer ones are compared as they are."""

_SIGNS = dict.fromkeys(map(ord, "ʹʺʼʻ'’‘`´\"″′\u0361\ufe20\ufe21"))
_OLD_LETTERS = str.maketrans("іѣѳѵ", "иефи")


class _Pair(NamedTuple):
    """Two spellings of the same letters; `first` and `last` tell that they are so only there in a word."""

    one: str
    other: str
    first: bool
    last: bool


def fold(word: str) -> str:
    """Give a word in Latin letters, lower case, without the signs that stand for hard, soft and tied letters."""
    plain = unicodedata.normalize("NFC", word.casefold().translate(_OLD_LETTERS))
    if any("\u0400" <= letter <= "\u04ff" for letter in plain):
        plain = iuliia.ALA_LC_ALT.translate(plain.removesuffix("ъ"))
    return unicodedata.normalize("NFC", plain.translate(_SIGNS))


@lru_cache(maxsize=1 << 18)
def measure(one: str, other: str, most: float = 2.5) -> float:
    """Give the distance of two folded words in letters, differences of romanisation all but free.

    What is more than `most`, or between words longer than LONGEST, is told as infinite.
    """
    if one == other:
        return 0.0
    if max(len(one), len(other)) > LONGEST:
        return infinity
    reach = {(0, 0): 0.0}
    for i, j in product(range(len(one) + 1), range(len(other) + 1)):
        if (i, j) in reach:
            for i_, j_, step in _steps(one, other, i, j):
                cost = reach[i, j] + step
                if cost <= most and cost < reach.get((i_, j_), infinity):
                    reach[i_, j_] = cost
    return reach.get((len(one), len(other)), infinity)


def begins_alike(initial: str, word: str) -> bool:
    """Tell whether an initial, of one letter or more, can stand for a word."""
    reach = {(0, 0)}
    for i in range(len(initial)):
        for j in range(min(len(word), 6)):
            if (i, j) in reach:
                reach |= {(i_, j_) for i_, j_, step in _steps(initial, word, i, j) if step <= FREE}
    return any((len(initial), j) in reach for j in range(1, len(word) + 1))


def _steps(one: str, other: str, i: int, j: int) -> Iterator[tuple[int, int, float]]:
    """Give where one can go on from a place in both words, and at which cost."""
    a, b = one[i : i + 1], other[j : j + 1]
    if a and a == b:
        yield i + 1, j + 1, 0.0
    elif a and b and _strip(a) == _strip(b):
        yield i + 1, j + 1, FREE
    yield from _romanised_steps(one, other, i, j)
    if a and b and a != b:
        yield i + 1, j + 1, VOWEL if {_strip(a), _strip(b)} <= VOWELS else LETTER
    if a:
        yield i + 1, j, DOUBLED if one[i - 1 : i] == a else LETTER
    if b:
        yield i, j + 1, DOUBLED if other[j - 1 : j] == b else LETTER
    if a and b and one[i : i + 2] == other[j : j + 2][::-1] and a != b:
        yield i + 2, j + 2, SWAPPED


def _romanised_steps(one: str, other: str, i: int, j: int) -> Iterator[tuple[int, int, float]]:
    """Give the steps over spellings of the same Cyrillic letters."""
    a, b = one[i : i + 1], other[j : j + 1]
    for key in {(a, b), ("", b), (a, "")}:
        for pair in _collect_pairs().get(key, ()):
            if one.startswith(pair.one, i) and other.startswith(pair.other, j):
                i_, j_ = i + len(pair.one), j + len(pair.other)
                begins, ends = (i, j) == (0, 0), (i_, j_) == (len(one), len(other))
                if (begins or not pair.first) and (ends or not pair.last):
                    yield i_, j_, FREE


@cache
def _strip(letter: str) -> str:
    return unicodedata.normalize("NFKD", letter)[:1]


@cache
def _collect_pairs() -> dict[tuple[str, str], list[_Pair]]:
    """Give the pairs of unlike spellings of one letter, or of two together, by the first letters of both."""
    pairs: dict[tuple[str, str], set[_Pair]] = defaultdict(set)
    for spellings, first, last in _list_units():
        for one, other in permutations(spellings, 2):
            pairs[one[:1], other[:1]].add(_Pair(one, other, first, last))
    return {key: sorted(found) for key, found in pairs.items()}


def _list_units() -> Iterator[tuple[set[str], bool, bool]]:
    """List all spellings of each letter, and of two letters that some scheme does not spell one by one.

    With each comes whether it is so at the beginning of a word only, and at its end only.
    """
    single = {letter: _spell(f"б{letter}б", 1, 1) for letter in ALPHABET}
    single["ё"] |= single["е"]  # books leave out the dots
    for letter, known in single.items():
        yield known, False, False
        yield from ((found | known, True, False) for found in [_spell(f"{letter}б", 0, 1)] if found - known)
    for one, other in product(ALPHABET, repeat=2):
        known = {a + b for a in single[one] for b in single[other]}
        inner, last = _spell(f"б{one}{other}б", 1, 1), _spell(f"б{one}{other}", 1, 0)
        if other == "ё":
            inner |= _spell(f"б{one}еб", 1, 1)
        if inner - known:
            yield inner | known, False, False
        if last - inner - known:
            yield last | inner | known, False, True


def _spell(cyrillic: str, before: int, after: int) -> set[str]:
    """Spell letters in every scheme, without the neighbours that stand before and after them."""
    spelled = (scheme.translate(cyrillic) for scheme in _list_schemes())
    return {fold(word[before : len(word) - after]) for word in spelled}


@cache
def _list_schemes() -> tuple[iuliia.Schema, ...]:
    own = iuliia.FileRepo(Path(__file__).with_name("spellings"))
    return (*(iuliia.schemas.get(name) for name in SCHEMES), *(own.get(name) for name in own.names()))
