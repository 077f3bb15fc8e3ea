"""Names are compared by their parts, scores say why, and on the dataset's own names the numbers are those told."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT, TESTS

from kg.checks import read_corpus
from kg.layout import find_folder
from kg.matching import DOUBTFUL, SURE, VERDICTS, Days, Finding, Named, NameParts, compare, find, judge, take_apart
from kg.model import Corpus
from kg.proposals import list_named, list_titles

FORMS = TESTS / "matching" / "forms.csv"
OTHERS = TESTS / "matching" / "others.csv"


def person(*names: str, born: Days | None = None, died: Days | None = None) -> Named:
    """Give a person of some names."""
    return Named(f"person/{names[0].lower().replace(' ', '-')}", "person", names, born, died)


def score(one: str, other: str) -> float:
    """Score two names of persons."""
    return compare(person(one), person(other)).value


# ---- Names taken apart ----


@pytest.mark.parametrize(
    ("name", "surname", "given"),
    [
        ("Leon Trotsky", ("trotsky",), ("leon",)),
        ("L.D. Trotsky", ("trotsky",), ("l.", "d.")),
        ("L. D. Trotsky", ("trotsky",), ("l.", "d.")),
        ("Trotsky", ("trotsky",), ()),
        ("Троцкий, Лев Давидович", ("trotskii",), ("lev", "davidovich")),
        ("Kerenskiĭ, Aleksandr Fedorovich, 1881-1970", ("kerenskiĭ",), ("aleksandr", "fedorovich")),
        ("V. A. Antonov-Ovseenko", ("antonov", "ovseenko"), ("v.", "a.")),
        ("the autocrat Alexander", ("alexander",), ()),
        ("Gaston de Galliffet", ("galliffet",), ("gaston",)),
        ("Einde O’Callaghan", ("ocallaghan",), ("einde",)),
        ("Lenin’s", ("lenin",), ()),
    ],
)
def test_a_name_is_taken_apart(name: str, surname: tuple[str, ...], given: tuple[str, ...]) -> None:
    assert take_apart(name)[0] == NameParts(surname, given, "", 1.0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Georgy Lomov (Oppokov)", {("lomov", "georgy"), ("oppokov", "georgy")}),
        ("Nikolai Osinsky (Valerian Obolensky)", {("osinsky", "nikolai"), ("obolensky", "valerian")}),
        ("Iossif (Joseph) Djugachvili", {("djugachvili", "iossif"), ("djugachvili", "joseph")}),
        (
            "Lunacharskii, A. V. (Anatolii Vasilevich)",
            {("lunacharskii", "a. v."), ("lunacharskii", "anatolii vasilevich")},
        ),
    ],
)
def test_what_stands_in_brackets_is_another_name(name: str, expected: set[tuple[str, str]]) -> None:
    found = {("-".join(parts.surname), " ".join(parts.given)) for parts in take_apart(name) if parts.certainty == 1}
    assert expected == found


def test_the_surname_may_stand_first_and_the_number_last() -> None:
    assert NameParts(("krylenko",), ("nikolai", "vasilevich"), "", 0.97) in take_apart("Крыленко Николай Васильевич")
    assert take_apart("Alexander II") == (NameParts(("alexander",), (), "II", 1.0),)
    assert take_apart("Nikolaus II.") == (NameParts(("nikolaus",), (), "II", 1.0),)


@pytest.mark.parametrize("text", ["Ferryman of the town", "", "...", "a sailor", "( )", "(", "x" * 500 + " Y"])
def test_a_description_is_no_name(text: str) -> None:
    assert take_apart(text) == ()


# ---- Scores and their reasons ----


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("Lev Davidovich Trotskii", "Lev Davidovich Trotsky"), ("Lev Davidovich Trotskii", "Lev Trotsky")),
        (("Lev Trotskii", "Lev Trotsky"), ("L. D. Trotsky", "Lev Davidovich Trotskii")),
        (("L. D. Trotsky", "Lev Davidovich Trotskii"), ("L. D. Trotsky", "Lev Trotskii")),
        (("L. D. Trotsky", "Lev Trotskii"), ("Trotsky", "Lev Trotskii")),
        (("Trotsky", "Lev Trotskii"), ("N. Trotsky", "Lev Trotskii")),
        (("Lev Ryazanov", "Lev Riazanov"), ("Lev Ryazonov", "Lev Riazanov")),
        (("Alexander Kerensky", "Aleksandr Kerenskii"), ("Alexander Kerensky", "Alexei Kerensky")),
        (("Alexei Kerensky", "Alexander Kerensky"), ("Boris Kerensky", "Alexander Kerensky")),
    ],
)
def test_what_agrees_more_scores_more(better: tuple[str, str], worse: tuple[str, str]) -> None:
    assert score(*better) > score(*worse)


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("L. D. Trotsky", "Lev Davidovich Trotskii", SURE),
        ("S. D. Mstislavskii", "Sergei Dmitrievich Mstislavsky", SURE),
        ("S. D. Mstislavskii", "Sergei Mstislavsky", 0.77),
        ("Peter Krasnov", "Пётр Краснов", SURE),
        ("Jules Guesde", "Julius Guesde", SURE),
    ],
)
def test_true_forms_score_high(one: str, other: str, least: float) -> None:
    assert score(one, other) >= least


def test_the_factors_of_the_reasons_multiply_to_the_score() -> None:
    found = compare(person("L. D. Trotzki", born=Days(10, 10)), person("Lev Davidovich Trotskii", born=Days(20, 20)))
    product = 1.0
    for reason in found.reasons:
        product *= reason.factor
    assert found.value == min(0.99, product)
    assert found.explain() == (
        "surname trotzki is trotskii in another romanisation; "
        "given names fit the initials: l. d. and lev davidovich; born at the same time"
    )


def test_dates_raise_and_lower_a_score_whatever_the_calendar() -> None:
    plain = compare(person("Jonas Brandt"), person("Jonas Brandt")).value
    one = person("Jonas Brandt", born=Days(1000, 1000), died=Days(9000, 9365))
    alike = compare(one, person("Jonas Brandt", born=Days(1012, 1012))).value
    near = compare(one, person("Jonas Brandt", born=Days(1100, 1100))).value
    far = compare(one, person("Jonas Brandt", born=Days(2000, 2000))).value
    dead = compare(one, person("Jonas Brandt", died=Days(9800, 9800))).value
    assert alike > plain > near > far
    assert far < DOUBTFUL
    assert dead < plain


def test_a_pseudonym_fits_by_any_of_the_names() -> None:
    known = person("Vladimir Lenin", "Lenin", "Vladimir Ilyich Ulyanov")
    assert compare(person("V. I. Ulianov"), known).value >= SURE
    assert compare(person("V. I. Ulianov"), person("Vladimir Lenin")).value == 0


def test_a_bare_surname_among_the_names_does_not_hide_that_given_names_differ() -> None:
    assert compare(person("Ivan Smirnov", "Smirnov"), person("Vladimir Smirnov", "Smirnov")).value < DOUBTFUL


def test_other_things_are_compared_by_their_words() -> None:
    council = Named("body/a", "body", ("Council of People's Commissars",))
    assert compare(council, Named("body/b", "body", ("The Council of the People’s Commissars",))).value >= SURE
    assert compare(council, Named("body/c", "body", ("People's Commissars",))).value < SURE
    assert compare(Named("body/d", "body", ("Novaya Zhizn",)), Named("body/e", "body", ("Novaia Zhizn",))).value >= SURE
    assert (
        compare(Named("event/d", "event", ("Congress II",)), Named("event/e", "event", ("Congress III",))).value < SURE
    )
    assert compare(council, Named("body/f", "body", ("",))).value == 0


# ---- Verdicts ----


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([], "unknown"),
        ([0.39], "unknown"),
        ([0.4], "ambiguous"),
        ([0.76], "ambiguous"),
        ([0.8], "likely"),
        ([0.8, 0.71], "ambiguous"),
        ([0.88], "found"),
        ([0.95, 0.5], "found"),
        ([0.95, 0.9], "ambiguous"),
    ],
)
def test_a_verdict_needs_a_score_and_a_lead(values: list[float], verdict: str) -> None:
    assert judge(values) == verdict
    assert verdict in VERDICTS


def test_a_surname_alone_is_ambiguous_even_if_only_one_has_it() -> None:
    found = find("Trotsky", [person("Leon Trotsky", "Trotsky"), person("Lev Kamenev")])
    assert (found.verdict, [candidate.named.reference for candidate in found.candidates]) == (
        "ambiguous",
        ["person/leon-trotsky"],
    )


def test_titles_are_no_part_of_a_name_but_a_name_may_be_a_title() -> None:
    among = [person("Lavr Kornilov"), person("General")]
    assert find("General Lavr Kornilov", among, frozenset({"general"})).verdict == "found"
    assert find("General", among, frozenset({"general"})).candidates[0].named.reference == "person/general"


def test_a_person_who_is_only_described_is_found_by_the_description() -> None:
    assert find("Ferryman of Veldhaven", [person("Ferryman of Veldhaven"), person("Klara Voss")]).verdict == "found"


# ---- The dataset's own names ----


@cache
def read_shipped() -> Corpus:
    """Give the dataset that is shipped."""
    return read_corpus(ROOT / "data", find_folder("ontology"))


@cache
def list_pool() -> tuple[Named, ...]:
    """Give the persons, parties and bodies of the dataset with all their names."""
    return tuple(named for named in list_named(read_shipped()) if named.kind in ("person", "party", "body"))


def list_forms() -> list[tuple[str, str]]:
    """Give every form under which a text names a person, with the person."""
    rows = (
        read_shipped()
        .frames["names"]
        .filter(kind="name")
        .vstack(read_shipped().frames["names"].filter(kind="pseudonym"))
        .vstack(read_shipped().frames["names"].filter(kind="abbreviation"))
    )
    pairs = rows.select("form", "entity").unique().sort("entity", "form").iter_rows()
    return [(form, entity) for form, entity in pairs if entity.startswith("person/")]


def leave_out(form: str) -> list[Named]:
    """Give all as if nobody had been named so; a label stays, for everybody has one."""
    return [
        replace(one, names=(one.names[0], *(name for name in one.names[1:] if name != form))) for one in list_pool()
    ]


def is_first(finding: Finding, form: str, entity: str) -> bool:
    """Tell whether a form leads to its entity, or to several that all bear it."""
    shared = {one.reference for one in list_pool() if form in one.names}
    leading = [c.named.reference for c in finding.candidates if c.score.value == finding.candidates[0].score.value]
    return entity in leading or (len(shared) > 1 and finding.verdict == "ambiguous")


def count(findings: Mapping[tuple[str, str], Finding]) -> Counter[str]:
    """Count how many forms lead to whom they mean, what the verdicts are, and how many are found wrongly."""
    counts = Counter[str]()
    for (form, entity), finding in findings.items():
        counts["forms"] += 1
        counts["first"] += is_first(finding, form, entity)
        counts[finding.verdict] += 1
        sure = finding.verdict in ("found", "likely")
        counts["wrong"] += sure and finding.candidates[0].named.reference != entity
    return counts


@cache
def measure(left_out: bool) -> Counter[str]:
    """Measure the matcher on the dataset's own forms, each known to it or left out."""
    titles = list_titles(read_shipped())
    pairs = list_forms()
    return count({pair: find(pair[0], leave_out(pair[0]) if left_out else list_pool(), titles) for pair in pairs})


def read_told(name: str) -> list[int]:
    """Give the numbers of one row of the table in the document."""
    text = (ROOT / "docs" / "matching.md").read_text("utf-8")
    row = re.search(rf"^\| {re.escape(name)} \|(.*)\|$", text, re.MULTILINE)
    assert row, name
    return [int(cell) for cell in row.group(1).split("|")]


COLUMNS = ("forms", "first", "found", "likely", "ambiguous", "unknown", "wrong")


def test_a_form_that_is_known_leads_to_its_person() -> None:
    counts = measure(left_out=False)
    assert counts["forms"] > 200
    assert counts["first"] / counts["forms"] >= 0.99
    assert counts["wrong"] == 0
    assert [counts[column] for column in COLUMNS] == read_told("each form known")


def test_a_form_that_is_left_out_leads_to_its_person_by_the_others() -> None:
    counts = measure(left_out=True)
    assert counts["first"] / counts["forms"] >= 0.98
    assert counts["wrong"] == 0
    assert [counts[column] for column in COLUMNS] == read_told("each form left out")


def test_no_bare_surname_of_the_dataset_is_found() -> None:
    bare = [form for form, entity in list_forms() if " " not in form and re.fullmatch(r"[\w-]+", form)]
    assert len(bare) > 100
    titles = list_titles(read_shipped())
    assert [form for form in bare if find(form, list_pool(), titles).verdict in ("found", "likely")] == []


def test_no_two_persons_of_the_dataset_are_merged() -> None:
    persons = [one for one in list_pool() if one.kind == "person"]
    assert len(persons) > 200
    merged = [
        (one.reference, other.reference)
        for at, one in enumerate(persons)
        for other in persons[at + 1 :]
        if compare(one, other).value >= DOUBTFUL
    ]
    assert merged == []


# ---- Forms that stand in no text ----


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table of test cases."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def find_all(rows: Iterable[dict[str, str]]) -> dict[tuple[str, str], Finding]:
    """Find each form among the persons, parties and bodies."""
    titles = list_titles(read_shipped())
    return {(row["form"], row["entity"]): find(row["form"], list_pool(), titles) for row in rows}


def test_forms_of_other_traditions_lead_to_their_persons() -> None:
    counts = count(find_all(read_rows(FORMS)))
    assert counts["forms"] == 120
    assert [counts[column] for column in COLUMNS] == read_told("forms of other traditions")
    assert counts["first"] == 120


@pytest.mark.parametrize("tradition", sorted({row["tradition"] for row in read_rows(FORMS)}))
def test_every_tradition_has_forms_that_are_found(tradition: str) -> None:
    findings = find_all(row for row in read_rows(FORMS) if row["tradition"] == tradition)
    assert {finding.verdict for finding in findings.values()} <= {"found", "likely"}
    assert all(finding.candidates[0].named.reference == entity for (_, entity), finding in findings.items())


@pytest.mark.parametrize("row", read_rows(OTHERS), ids=lambda row: f"{row['one']} / {row['other']}")
def test_names_that_are_only_alike_are_not_merged(row: dict[str, str]) -> None:
    assert judge([score(row["one"], row["other"])]) in ("ambiguous", "unknown")


def test_the_document_counts_pairs_and_matches_as_they_are() -> None:
    text = " ".join((ROOT / "docs" / "matching.md").read_text("utf-8").split())
    judged = dict(read_shipped().frames["matches"].group_by("judgement").len().iter_rows())
    assert f"none of {len(read_rows(OTHERS))} pairs of names that are only alike" in text
    assert f"identifiers of {sum(judged.values())} pairs" in text
    assert f"{judged['same']} same, {judged['unsure']} unsure" in text
    assert f"{judged['different']} different" in text
