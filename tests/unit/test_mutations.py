"""Every passage of both datasets is refused where its words were altered, and known where only their form was."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
from conftest import TEXTS

from kg.evidence import Copy, Passage, Span, Verdict, is_long, normalize
from kg.model import Corpus


class Cutting(NamedTuple):
    """A passage in the paragraphs around it, and the words of the file that it cites."""

    passage: Passage
    before: str
    words: str
    after: str

    def judge(self, *parts: str) -> str:
        """Tell what becomes of the passage where its paragraphs read so."""
        return Copy("".join(parts).encode()).verify(self.passage).outcome


class Material(NamedTuple):
    """One text with all passages that a dataset cites from it, each once."""

    copy: Copy
    passages: list[Passage]

    def cut(self) -> list[Cutting]:
        """Cut every passage out of the text with the paragraphs around it."""
        return [self._cut(passage, self.copy.paragraphs()) for passage in self.passages]

    def _cut(self, passage: Passage, paragraphs: list[Span]) -> Cutting:
        around = [p for p in paragraphs if p.start < passage.end and p.end > passage.start]
        start, end = around[0].start, around[-1].end
        shift = self.copy.to_norm(Span(start, end)).start
        inside = passage._replace(norm_start=passage.norm_start - shift, norm_end=passage.norm_end - shift)
        raw = self.copy.raw
        return Cutting(inside, raw[start : passage.start], raw[passage.start : passage.end], raw[passage.end : end])


def _read_materials(corpus: Corpus, folder: Path) -> list[Material]:
    """Read the texts of a dataset and the passages of its claims and name forms."""
    materials = []
    for text, file in corpus.frames["texts"].select("id", "file").iter_rows():
        frames = corpus.frames[f"assertions/{text}"], corpus.frames["names"].filter(pl.col("text") == text)
        rows = pl.concat([frame.select(Passage._fields) for frame in frames]).unique(maintain_order=True)
        materials.append(Material(Copy((folder / file).read_bytes()), [Passage(*row) for row in rows.iter_rows()]))
    return materials


@pytest.fixture(scope="module")
def small(corpus: Corpus) -> list[Material]:
    return _read_materials(corpus, TEXTS)


@pytest.fixture(scope="module")
def large(shipped: Corpus, sources: Path) -> list[Material]:
    return _read_materials(shipped, sources)


@pytest.fixture(params=["small", "large"])
def materials(request: pytest.FixtureRequest) -> list[Material]:
    found: list[Material] = request.getfixturevalue(request.param)
    assert sum(len(material.passages) for material in found) >= 40
    return found


# ---- Altered words ----


def _change_letter(words: str) -> str:
    """Change the letter nearest to the middle; where there is none, the first character."""
    letters = [at for at, char in enumerate(words) if char.isalpha()]
    at = min(letters, key=lambda at: abs(at - len(words) // 2), default=0)
    return f"{words[:at]}{'y' if words[at] == 'x' else 'x'}{words[at + 1 :]}"


def _change_digit(words: str) -> str:
    """Change the last digit to the next one."""
    return re.sub(r"\d(?=\D*\Z)", lambda digit: str((int(digit.group()) + 1) % 10), words)


def _swap_name(words: str) -> str:
    """Put another name for the last word that begins with a capital, else for the last word."""
    *_, last = [*re.finditer(r"\w+", words), *re.finditer(r"\b[A-Z]\w*", words)]
    return f"{words[: last.start()]}Zenobia{words[last.end() :]}"


def _insert_not(words: str) -> str:
    """Put `not` before the last word."""
    return re.sub(r"(\S+\s*)\Z", r"not \1", words)


def _swap_halves(words: str) -> str:
    """Put the second half of the words, or of the letters of one word, before the first."""
    parts, blank = (words.split(), " ") if len(words.split()) > 1 else (list(words), "")
    middle = len(parts) // 2
    return blank.join([*parts[middle:], *parts[:middle]])


def _splice(words: str) -> str:
    """Put words from elsewhere in the middle."""
    return f"{words[: len(words) // 2]} as was said before {words[len(words) // 2 :]}"


def _insert_bracket(words: str) -> str:
    """Put a bracket in the middle."""
    return f"{words[: len(words) // 2]}[{words[len(words) // 2 :]}"


SPOILS: dict[str, tuple[Callable[[str], str], str]] = {
    "letter": (_change_letter, r"."),
    "digit": (_change_digit, r"\d"),
    "name": (_swap_name, r"."),
    "not": (_insert_not, r"."),
    "halves": (_swap_halves, r"(.).*(?!\1)."),
    "splice": (_splice, r"."),
    "bracket": (_insert_bracket, r"."),
}
"""How words are altered, and what there must be in them for it."""


def test_every_passage_is_verified_in_the_paragraphs_around_it(materials: list[Material]) -> None:
    cuttings = [cutting for material in materials for cutting in material.cut()]
    assert len(cuttings) == sum(len(material.passages) for material in materials)
    assert {cutting.judge(cutting.before, cutting.words, cutting.after) for cutting in cuttings} == {"verified"}


@pytest.mark.parametrize("kind", SPOILS)
def test_every_passage_is_refused_when_its_words_are_altered(materials: list[Material], kind: str) -> None:
    spoil, needed = SPOILS[kind]
    cuttings = [c for material in materials for c in material.cut() if re.search(needed, c.words, re.DOTALL)]
    assert len(cuttings) >= 5
    assert [c.words for c in cuttings if spoil(c.words) == c.words] == []
    assert [c for c in cuttings if c.judge(c.before, spoil(c.words), c.after) != "failed"] == []


@pytest.mark.parametrize(("short", "outcome"), [(True, "failed"), (False, "verified")], ids=["short", "long"])
def test_a_letter_changed_beside_a_passage_spoils_it_only_where_it_is_short(
    materials: list[Material], short: bool, outcome: str
) -> None:
    cuttings = [c for material in materials for c in material.cut() if re.search(r"[A-Za-z]", c.before + c.after)]
    asked = [c for c in cuttings if is_long(normalize(c.words)) != short]
    assert len(asked) >= 5
    assert [c for c in asked if c.judge(_blot(c.before), c.words, _blot(c.after)) != outcome] == []


def _blot(text: str) -> str:
    """Change the first letter, if there is one."""
    return re.sub(r"[A-Za-z]", lambda letter: "x" if letter.group() != "x" else "y", text, count=1)


def test_no_passage_is_known_in_a_whole_copy_with_a_letter_changed_in_each(materials: list[Material]) -> None:
    for copy, passages in materials:
        spoiled = Copy(_stab(copy.raw, passages).encode())
        verdicts = spoiled.verify_all(passages)
        elsewhere = [(p, v.place) for p, v in zip(passages, verdicts, strict=True) if v.place]
        assert verdicts.count(Verdict("failed")) == len(passages) - len(elsewhere) > 0
        assert all(spoiled.raw[slice(*place)] == copy.raw[p.start : p.end] for p, place in elsewhere)


def _stab(text: str, passages: list[Passage]) -> str:
    """Change as few letters as can be so that each passage has a changed one in it."""
    changed, last = list(text), -1
    for passage in sorted(passages, key=lambda passage: passage.end):
        if last < passage.start:
            last = max(at for at in range(passage.start, passage.end) if text[at].isalnum())
            changed[last] = "y" if text[last] == "x" else "x"
    return "".join(changed)


# ---- The same words in another form ----


def _typeset(text: str) -> str:
    """Put typographic quotes, apostrophes, dashes and ellipses for plain ones."""
    return text.replace("...", "\u2026").translate(str.maketrans("\"'-", "\u201e\u2019\u2011"))


def _typewrite(text: str) -> str:
    """Put plain quotes, apostrophes, dashes and ellipses for typographic ones."""
    plain = {"\u2026": "...", **dict.fromkeys("\u201c\u201d", '"'), **dict.fromkeys("\u2018\u2019", "'")}
    return re.sub(r"[\u2013\u2014]", "-", re.sub("[\u2026\u201c\u201d\u2018\u2019]", lambda m: plain[m[0]], text))


FORMS: dict[str, Callable[[str], str]] = {
    "crlf": lambda text: re.sub(r"\r?\n", "\r\n", text),
    "cr": lambda text: re.sub(r"\r?\n", "\r", text),
    "byte order mark": lambda text: f"\ufeff{text}",
    "curly": _typeset,
    "straight": _typewrite,
    "soft hyphens": lambda text: re.sub(r"(\w)(?=\w)", "\\1\u00ad", text),
    "zero width": "\u200b".join,
    "blanks": lambda text: text.replace(" ", " \u00a0\t"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_passage_is_verified_in_another_form_of_the_text(
    materials: list[Material], form: Callable[[str], str]
) -> None:
    others = [Copy(form(copy.raw).encode()) for copy, _ in materials]
    assert any(other.file_digest != copy.file_digest for other, (copy, _) in zip(others, materials, strict=True))
    for other, (copy, passages) in zip(others, materials, strict=True):
        assert other.digest == copy.digest
        assert other.verify_all(passages) == [Verdict("verified")] * len(passages)


def test_every_passage_is_verified_in_a_decomposed_copy(large: list[Material]) -> None:
    decomposed = [Copy(unicodedata.normalize("NFD", copy.raw).encode()) for copy, _ in large]
    assert any(other.raw != copy.raw for other, (copy, _) in zip(decomposed, large, strict=True))
    verdicts = [v for other, (_, passages) in zip(decomposed, large, strict=True) for v in other.verify_all(passages)]
    assert set(verdicts) == {Verdict("verified")}


# ---- The same words in another place ----


def test_every_passage_is_found_behind_a_page_of_another_text(materials: list[Material]) -> None:
    page = "A page of another book\r\nwas bound in here by mistake.\r\n\r\n" * 30
    for copy, passages in materials:
        verdicts = Copy(f"{page}{copy.raw}".encode()).verify_all(passages)
        moved = [Verdict("moved", Span(p.start + len(page), p.end + len(page))) for p in passages]
        lost = [p for p, verdict, place in zip(passages, verdicts, moved, strict=True) if verdict != place]
        assert {verdict.outcome for verdict in verdicts} <= {"moved", "failed"}
        assert [p for p in lost if _count_places(copy, p) < 2] == []


def _count_places(copy: Copy, passage: Passage) -> int:
    """Count the places of a text at which a passage might have stood."""
    words = copy.raw[passage.start : passage.end]
    return sum(place.digest == passage.digest for place in copy.find(words))
