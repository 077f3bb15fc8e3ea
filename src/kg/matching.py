"""Names compared, and candidates for a name with scores that say what they rest on; pure.

A score is a product of factors, each with its reason. It says how far two *descriptions* agree and is
no probability. A surname alone is never more than ambiguous, however rare; what differs by a letter
is another name until somebody says that it is a misprint.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import product
from math import prod
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz, process

from kg.romanisation import FREE, LETTER, VOWEL, begins_alike, fold, measure

VERDICTS = ("found", "likely", "ambiguous", "unknown")
"""One fits; one fits as far as is known; one or several may be meant; none is."""

SURE, LIKELY, DOUBTFUL, LISTED = 0.88, 0.77, 0.4, 0.1
"""The score from which a name is found, likely or ambiguous, and from which a candidate is listed at all."""

LEAD = 0.1
"""How much better than the next a candidate must be to be found or likely."""

_MISPRINT, _LETTER = VOWEL + FREE, LETTER + 2 * FREE
_FIRST = {"same": 0.94, "initial": 0.8, "alike": 0.62, "missing": 0.5, "unlike": 0.25, "unlike initial": 0.15}
"""What a full name is worth by how the given names stand to each other; one that is unlike may be a title."""

_DOUBTED_NUMBER = 0.4
_SECOND = {"same": 0.35, "alike": 0.6, "initial": 0.5, "missing": 1.0, "unlike": 0.3, "unlike initial": 0.3}
"""How much of the doubt that is left a patronymic leaves; of one that is unlike, how much of the worth it leaves."""

_LONGEST = 120
_OTHER_CALENDAR = 14
"""Days by which dates may differ and be one: the two calendars are at most 13 days apart so far."""


class Reason(NamedTuple):
    """What speaks for or against a candidate, and the factor by which it changes the score."""

    text: str
    factor: float


@dataclass(frozen=True, slots=True)
class Score:
    """How far two names agree: the reasons, whose factors multiply to the value."""

    reasons: tuple[Reason, ...]

    @property
    def value(self) -> float:
        """Give the product of the factors, 0 to 0.99."""
        return min(0.99, prod(reason.factor for reason in self.reasons)) if self.reasons else 0.0

    def explain(self) -> str:
        """Tell the reasons in one line."""
        return "; ".join(reason.text for reason in self.reasons)


class Days(NamedTuple):
    """The first and the last possible day of something, as day numbers."""

    earliest: int
    latest: int


@dataclass(frozen=True)
class Named:
    """What has names: an entity of the dataset or a candidate from elsewhere.

    `names` begins with the best-known one; `kind` is as in a reference: person, party, body ...
    """

    reference: str
    kind: str
    names: tuple[str, ...]
    born: Days | None = None
    died: Days | None = None

    @cached_property
    def parts(self) -> tuple["NameParts", ...]:
        """Give the parts of every name, in every order in which they may stand."""
        return tuple(dict.fromkeys(parts for name in self.names for parts in take_apart(name)))

    def reads(self, name: str) -> bool:
        """Tell whether a name of this entity can be read as that of a person."""
        return self.kind == "person" and bool(take_apart(name))


class NameParts(NamedTuple):
    """The parts of a person's name in one order: words of the surname, given names, a ruler's number."""

    surname: tuple[str, ...]
    given: tuple[str, ...]
    number: str
    certainty: float

    @property
    def is_full(self) -> bool:
        """Tell whether there is more than a surname."""
        return bool(self.given or self.number)


class Candidate(NamedTuple):
    """An entity that may be meant, and how well it fits."""

    named: Named
    score: Score


class Finding(NamedTuple):
    """What is found for a name: one of VERDICTS, and the candidates, best first."""

    verdict: str
    candidates: tuple[Candidate, ...]


def find(name: str, among: Iterable[Named], titles: frozenset[str] = frozenset()) -> Finding:
    """Give the entities that a name may stand for; `titles` are words before a name that are no part of it."""
    asked = Named("", "person", (_drop_titles(name, titles),))
    pool = list(among)
    persons = [Candidate(named, compare(asked, named)) for named in pool if named.kind == "person"]
    found = [found for found in (*persons, *_find_others(name, pool)) if found.score.value >= LISTED]
    best: dict[str, Candidate] = {}
    for candidate in sorted(found, key=lambda candidate: (-candidate.score.value, candidate.named.reference)):
        best.setdefault(candidate.named.reference, candidate)
    return Finding(judge([candidate.score.value for candidate in best.values()]), tuple(best.values()))


def judge(values: Sequence[float]) -> str:
    """Give the verdict over the scores of candidates, best first."""
    if not values or values[0] < DOUBTFUL:
        return "unknown"
    if values[0] < LIKELY or (len(values) > 1 and values[0] - values[1] < LEAD):
        return "ambiguous"
    return "found" if values[0] >= SURE else "likely"


def compare(one: Named, other: Named) -> Score:
    """Compare two entities of a kind by the two of their names that fit best, and by the dates of their lives."""
    best = _compare_as_persons(one, other) if one.kind == "person" else _compare_as_others(one, other)
    if not best.reasons:
        return best
    dates = (*_compare_dates("born", one.born, other.born), *_compare_dates("died", one.died, other.died))
    return Score((*best.reasons, *dates))


def _compare_as_persons(one: Named, other: Named) -> Score:
    """Compare persons by their names; a surname alone does not count where there are given names to compare."""
    found: dict[bool, Score] = {}
    for a, b in product(one.parts, other.parts):
        score, full = _compare_parts(a, b), a.is_full and b.is_full
        if max(a.certainty, b.certainty) == 1 and score.value > found.get(full, Score(())).value:
            found[full] = score
    return found.get(True) or found.get(False) or Score(())


def _compare_as_others(one: Named, other: Named) -> Score:
    scores = (_compare_titles(a, b) for a in one.names for b in other.names)
    return max(scores, key=lambda score: score.value, default=Score(()))


# ---- Persons ----


@lru_cache(maxsize=1 << 14)
def take_apart(text: str) -> tuple[NameParts, ...]:
    """Give the parts of a person's name in every order that it may have.

    Understood are `A. B. Surname`, `Surname, A. B.`, `Surname A. B.` and other names in brackets.
    """
    found = []
    for plain in [] if _is_description(text) else _resolve_brackets(text):
        head, comma, tail = plain.partition(",")
        if comma and _cut_words(tail):
            found.append(_part(_cut_words(tail), _cut_words(head), 1.0))
            continue
        words = _cut_words(head)
        found.append(_part(words[:-1], words[-1:], 1.0))
        if len(words) > 1 and not _is_number(words[-1]):
            found.append(_part(words[1:], words[:1], 0.97))
        if len(words) > 2:
            found.append(_part(words[:1], words[1:2], 0.9))
    return tuple(parts for parts in found if parts.surname)


def _is_description(text: str) -> bool:
    """Tell whether somebody is only described: it is long, or a small word stands within what should be a name."""
    return bool(
        set(re.sub(r"\([^()]*\)", "", text).split()[1:])
        & {"of", "the", "and", "in", "to", "at", "from", "by", "on", "for"}
    )


def _resolve_brackets(text: str) -> list[str]:
    """Give a name without its brackets, and with what stands in them instead of the words before."""
    found = re.findall(r"\(([^()]+)\)", text)
    plain = re.sub(r"\s*\([^()]*\)", "", text)
    variants = [plain]
    for inner in found:
        before, _, after = text.partition(f"({inner})")
        replaced = re.sub(r"\([^()]*\)", "", f"{_drop_words(before, inner)} {inner} {after}")
        variants.append(inner if len(_cut_words(inner)) > 1 and not _has_initials(before) else replaced)
    return variants


def _drop_words(before: str, inner: str) -> str:
    """Take away from the end of a text as many words as stand in brackets for them."""
    head, comma, tail = before.rpartition(",")
    words = tail.split()
    return f"{head}{comma} {' '.join(words[: -len(inner.split())])}"


def _has_initials(text: str) -> bool:
    return text.rstrip().endswith(".")


_WORD = re.compile(r"[^\W\d_]+(?:['’ʹʺʼ`\u0361\ufe20\ufe21][^\W\d_]*)*(?:[-‐–][^\W\d_]+(?:['’ʹʺʼ][^\W\d_]*)*)*\.?")
_NUMBER = re.compile(r"(?=[IVX])(X{0,2})(IX|IV|V?I{0,3})")


def _is_number(word: str) -> bool:
    """Tell whether a word is a Roman number; I. and V. with their full stop are rather initials."""
    plain = word.rstrip(".")
    return bool(_NUMBER.fullmatch(plain)) and (plain == word or len(plain) > 1)


def _cut_words(text: str) -> list[str]:
    """Cut a name into its words that begin with a capital letter; initials keep their full stop."""
    spaced = re.sub(r"['’]s\b", "", text).replace(".", ". ")
    return [word for word in _WORD.findall(spaced) if not word[0].islower()]


def _part(given: Sequence[str], surname: Sequence[str], certainty: float) -> NameParts:
    number = ""
    if given and surname and _is_number(surname[-1]):
        number, given, surname = surname[-1].rstrip("."), given[:-1], given[-1:]
    folded = (fold(part) for word in surname for part in re.split(r"[-‐–]", word.rstrip(".")))
    words = tuple(word for word in folded if word)
    if words and len(words[-1]) == 1:
        words = ()
    return NameParts(words, tuple(_fold_given(word) for word in given), number, certainty)


def _fold_given(word: str) -> str:
    return fold(word.rstrip(".")) + ("." if word.endswith(".") or len(word) == 1 else "")


def _drop_titles(name: str, titles: frozenset[str]) -> str:
    """Take away titles before a name, as long as a word is left."""
    words = name.split()
    while len(words) > 1 and words[0].casefold() in titles:
        words = words[1:]
    return " ".join(words)


@lru_cache(maxsize=1 << 16)
def _compare_parts(one: NameParts, other: NameParts) -> Score:
    surname = _compare_surnames(one.surname, other.surname)
    if one.number and other.number and _is_one_name("".join(one.surname), "".join(other.surname)):
        surname = Reason(f"{'-'.join(one.surname)} is {'-'.join(other.surname)} in another language", 1.0)
    if surname is None:
        return Score(())
    reasons = [surname, _compare_given(one, other)]
    certainty = one.certainty * other.certainty
    if certainty < 1:
        reasons.append(Reason("the words are in another order", certainty))
    return Score(tuple(reasons))


class _Nearness(NamedTuple):
    """How far apart two surnames of some length may be, what that is worth and how it is told."""

    most: float
    size: int
    factor: float
    told: str


_NEARNESS = (
    _Nearness(_MISPRINT, 5, 0.8, "surname {} is {} but for a vowel"),
    _Nearness(_LETTER, 5, 0.4, "surname {} is not {}: a letter differs"),
    _Nearness(2 * _LETTER, 8, 0.25, "surname {} is not {}: two letters differ"),
)


def _compare_surnames(one: tuple[str, ...], other: tuple[str, ...]) -> Reason | None:
    """Compare two surnames, each of one word or more; None where they have nothing to do with each other."""
    a, b = "".join(one), "".join(other)
    names = "-".join(one), "-".join(other)
    distance = measure(a, b)
    if distance == 0:
        return Reason(f"surname {names[1]}", 1.0)
    if is_spelling(a, b):
        return Reason("surname {} is {} in another romanisation".format(*names), 1 - distance / 20)
    if _share_part(one, other):
        return Reason("surnames {} and {} share a part".format(*names), 0.8)
    near = (near for near in _NEARNESS if distance <= near.most and min(len(a), len(b)) >= near.size)
    return next((Reason(found.told.format(*names), found.factor) for found in near), None)


def is_spelling(one: str, other: str) -> bool:
    """Tell whether two folded words are one, printed by different schemes: no more differs than a letter each may."""
    return measure(one, other) <= FREE * max(len(one), len(other))


def _share_part(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if len(one) == len(other) == 1:
        return False
    return any(measure(a, b) <= _MISPRINT for a in one for b in other if min(len(a), len(b)) >= 4)


def _compare_given(one: NameParts, other: NameParts) -> Reason:
    """Compare given names and patronymics, each of which may be an initial or not there."""
    if one.number or other.number:
        return _compare_numbers(one, other)
    first, second = (_relate(*_pick(one.given, other.given, at)) for at in (0, 1))
    told = f"{' '.join(one.given) or '-'} and {' '.join(other.given) or '-'}"
    if "unlike" in first or "unlike" in second:
        return Reason(f"given names differ: {told}", _FIRST[first] if "unlike" in first else _SECOND[second])
    factor = 1 - (1 - _FIRST[first]) * _SECOND[second]
    if first == "missing":
        return Reason("surname alone" if not (one.given and other.given) else told, factor)
    return Reason(f"given names {_TOLD[first]}: {told}", factor)


_TOLD = {"same": "agree", "initial": "fit the initials", "alike": "begin alike"}


def _compare_numbers(one: NameParts, other: NameParts) -> Reason:
    told = f"{one.number or 'none'} and {other.number or 'none'}"
    if one.number != other.number:
        bare = not all(parts.is_full for parts in (one, other))
        return Reason(f"numbers differ: {told}", _DOUBTED_NUMBER if bare else 0.1)
    return Reason(f"number {one.number}", _FIRST["same"])


def _pick(one: tuple[str, ...], other: tuple[str, ...], at: int) -> tuple[str, str]:
    return "".join(one[at : at + 1]), "".join(other[at : at + 1])


def _relate(one: str, other: str) -> str:
    """Tell how two given names, or initials that end with a full stop, stand to each other."""
    if not one or not other:
        return "missing"
    a, b = sorted((one.rstrip("."), other.rstrip(".")), key=len)
    if one.endswith(".") or other.endswith("."):
        return "initial" if begins_alike(a, b) else "unlike initial"
    if is_spelling(a, b) or _is_one_name(a, b):
        return "same"
    distance = measure(a, b, max(2.0, len(b) / 2))
    return "alike" if distance <= len(b) / 2 and begins_alike(a[0], b) else "unlike"


@lru_cache(maxsize=1 << 14)
def _is_one_name(one: str, other: str) -> bool:
    """Tell whether two given names are one in two languages."""
    return any(_is_among(one, forms) and _is_among(other, forms) for forms in _list_given_names())


def _is_among(word: str, forms: Iterable[str]) -> bool:
    return any(is_spelling(word, form) for form in forms)


@cache
def _list_given_names() -> tuple[tuple[str, ...], ...]:
    lines = (Path(__file__).with_name("spellings") / "given-names.txt").read_text("utf-8").splitlines()
    return tuple(tuple(map(fold, line.split())) for line in lines if not line.startswith("#"))


# ---- Whatever else has a name ----

_ARTICLES = frozenset({"the", "a", "an", "of", "and", "for", "in", "le", "la", "les", "der", "die", "das"})
_MOST_WORDS = 40


def _find_others(name: str, pool: Sequence[Named]) -> list[Candidate]:
    """Compare a name with what is not the name of a person, and shares enough letters with it."""
    named_otherwise = [(at, text) for at, named in enumerate(pool) for text in named.names if not named.reads(text)]
    texts = {key: _simplify(key[1]) for key in named_otherwise}
    near = process.extract(_simplify(name), texts, scorer=fuzz.token_set_ratio, limit=40, score_cutoff=60)
    best: dict[int, Score] = {}
    for _, _, (at, text) in near:
        score = _compare_titles(name, text)
        if pool[at].kind == "person" and not _is_description(text):
            score = Score((*score.reasons, Reason("it is too short to be anybody's alone", 0.5)))
        best[at] = max(score, best.get(at, score), key=lambda score: score.value)
    return [Candidate(pool[at], score) for at, score in best.items()]


def _simplify(text: str) -> str:
    return " ".join(_list_words(text))


@lru_cache(maxsize=1 << 14)
def _list_words(text: str) -> tuple[str, ...]:
    words = (fold(word) for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", re.sub(r"['’]s\b", "", text)))
    return tuple(word for word in words if word not in _ARTICLES)[:_MOST_WORDS]


def _compare_titles(one: str, other: str) -> Score:
    """Compare names of parties, bodies, places, works and events by the words that they share."""
    a, b = _list_words(one), _list_words(other)
    if not a or not b:
        return Score(())
    shared = sum(any(_is_same(word, found) for found in b) for word in a)
    share = (shared + sum(any(_is_same(word, found) for found in a) for word in b)) / (len(a) + len(b))
    if not share:
        return Score(())
    if share == 1 and len(a) == len(b):
        return Score((Reason(f"the same words: {' '.join(b)}", 0.95),))
    return Score((Reason(f"{shared} of {len(a)} words are among the {len(b)} of {' '.join(b)}", share**2 * 0.5),))


def _is_same(one: str, other: str) -> bool:
    """Tell whether two words are one; numbers, in whichever digits, must be the same to the letter."""
    exact = one.isdigit() or _NUMBER.fullmatch(one.upper()) or _NUMBER.fullmatch(other.upper())
    return one == other or (not exact and is_spelling(one, other))


# ---- Dates ----


def _compare_dates(what: str, one: Days | None, other: Days | None) -> list[Reason]:
    """Compare dates of birth or of death, in whichever calendar either was meant."""
    if one is None or other is None:
        return []
    apart = max(one.earliest - other.latest, other.earliest - one.latest)
    if apart > _OTHER_CALENDAR:
        return [Reason(f"{what} {apart} days apart", 0.3 if apart > 366 else 0.6)]
    return [Reason(f"{what} at the same time", 1.12)]
