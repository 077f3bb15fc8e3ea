"""What a corpus asks for, what is proposed, and what a judged row becomes."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from conftest import DATASET

from kg.checks import read_corpus
from kg.dates import GREGORIAN, read_date
from kg.description import Table, read_description
from kg.errors import DataError
from kg.layout import find_folder
from kg.matching import Days, Named, Reason, Score
from kg.model import Corpus
from kg.proposals import (
    BY_RULE,
    Candidate,
    Proposal,
    accept_above,
    add_rows,
    list_named,
    list_titles,
    make_rows,
    merge,
    propose,
    read_days,
    read_proposals,
    take_rows,
    write_proposals,
)

ITEM = "http://www.wikidata.org/entity/"
BRANDT = "person/jonas-brandt"
BASIC = Proposal("", BRANDT, "Jonas Brandt", f"{ITEM}Q2", "Brandt", "", "Q5", "0.94", "found", "surname brandt", "")


def candidate(number: int, value: float, name: str = "Jonas Brandt") -> Candidate:
    """Give a candidate of some score."""
    named = Named(f"{ITEM}Q{number}", "person", (name,))
    return Candidate(named, "", "Q5", Score((Reason("because", value),)))


@pytest.fixture(scope="module")
def table() -> Table:
    """Give the description of the table of matches."""
    return read_description(DATASET)["matches"]


# ---- What a corpus asks for ----


def test_every_entity_is_listed_with_its_label_first(corpus: Corpus) -> None:
    named = {one.reference: one for one in list_named(corpus)}
    assert len(named) == sum(corpus.frames[name].height for name in ("persons", "parties", "bodies", "events")) + sum(
        corpus.frames[name].height for name in ("places", "works", "texts")
    )
    assert named["person/petrus-anker"].names == ("Petrus Anker", "Petrus the Elder", "Anker")
    assert named["person/klara-voss"].names == ("Klara Voss", "Clara Vos")


def test_descriptions_are_no_names_and_claimed_names_are(corpus: Corpus, shipped: Corpus) -> None:
    named = {one.reference: one for one in (*list_named(corpus), *list_named(shipped))}
    assert "My friends" not in named["body/friends-of-voss"].names
    assert {"Dawn of Liberty", "Alexander III"} <= set(named["body/zarya-svobody"].names)


def test_dates_claimed_of_a_life_are_known_where_they_lie_close(shipped: Corpus) -> None:
    named = {one.reference: one for one in list_named(shipped)}
    year = read_date("1890", GREGORIAN)
    assert named["person/victor-serge"].born == (year.earliest, year.latest)
    assert named["person/leon-trotsky"].born is None


def test_titles_are_the_roles_of_one_word(corpus: Corpus) -> None:
    assert {"clerk", "baker"} <= list_titles(corpus)


@pytest.mark.parametrize(
    ("texts", "edtf"),
    [
        (["1879-11-07T00:00:00Z"], "1879-11-07"),
        (["1879-11-07"], "1879-11-07"),
        (["1890-01-01T00:00:00Z"], "1890"),
        (["1890"], "1890"),
        (["unknown", "1890"], "1890"),
        (["1879-11-07", "1879-11-08"], "1879-11-07/1879-11-08"),
    ],
)
def test_dates_of_services_become_days(texts: list[str], edtf: str) -> None:
    read = read_date(edtf, GREGORIAN)
    assert read_days(texts) == Days(*(day for day in (read.earliest, read.latest) if day is not None))


@pytest.mark.parametrize("texts", [[], ["soon"], [""], ["1879-13-45"]])
def test_what_is_no_date_is_passed_over(texts: list[str]) -> None:
    assert read_days(texts) is None


# ---- What is proposed ----


def test_candidates_are_proposed_best_first_and_what_has_nothing_in_common_is_not() -> None:
    subject = Named(BRANDT, "person", ("Jonas Brandt",))
    found = propose(subject, [candidate(3, 0.05), candidate(1, 0.3), candidate(2, 0.95), candidate(4, 0.2)], 2)
    assert [(row.object, row.score, row.verdict) for row in found] == [
        (f"{ITEM}Q2", "0.95", "found"),
        (f"{ITEM}Q1", "0.30", ""),
    ]


def test_several_that_fit_are_all_ambiguous() -> None:
    found = propose(Named(BRANDT, "person", ("Brandt",)), [candidate(1, 0.95), candidate(2, 0.94)], 5)
    assert [row.verdict for row in found] == ["ambiguous", "ambiguous"]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "  =1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_marked_as_text(text: str) -> None:
    found = propose(Named(BRANDT, "person", ("Jonas Brandt",)), [candidate(1, 0.5, text)], 1)
    assert found[0].candidate == f"'{text.strip()}"


def test_what_is_judged_is_kept_and_what_was_asked_again_is_replaced() -> None:
    judged = replace(BASIC, judgement="different", justification="another")
    stale = replace(BASIC, object=f"{ITEM}Q9")
    other = replace(BASIC, subject="person/klara-voss")
    new = [replace(BASIC, reasons="anew"), replace(BASIC, object=f"{ITEM}Q3", score="0.99")]
    assert merge([judged, stale, other], new) == [new[1], judged, other]


def test_proposals_are_read_as_they_were_written_and_as_spreadsheets_save_them() -> None:
    rows = [BASIC, replace(BASIC, object=f"{ITEM}Q3", description='a "b", c', judgement="same")]
    text = write_proposals(rows)
    assert read_proposals(text.encode(), "p.csv") == rows
    assert read_proposals(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), "p.csv") == rows


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "column is missing"),
        (b"judgement,subject,object\nsame,person/x\n", "more or fewer cells"),
        (b"judgement,subject\nsame,person/x\n", "column is missing"),
        (b"judgement;subject;object\nsame;person/x;http://a.org/1\n", "commas between cells"),
        (b"judgement,subject,object\nSame,person/x,http://a.org/1\n", "'Same' is no judgement"),
        (b"judgement,subject,object\nsame,person/x,http://a.org/1,more\n", "more or fewer cells"),
        (b"judgement,subject,object,score\nsame,person/x,http://a.org/1,high\n", "is no number"),
        (b"judgement,subject,object\nsame,person/\xff,http://a.org/1\n", "is no CSV in UTF-8"),
        (b'judgement,subject,object\nsame,"person/x,http://a.org/1\n', "is no CSV in UTF-8"),
    ],
)
def test_a_file_of_proposals_with_a_fault_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_proposals(data, "p.csv")


def test_a_file_with_a_header_alone_holds_no_proposal() -> None:
    assert read_proposals(write_proposals([]).encode(), "p.csv") == []


# ---- What becomes of it ----


def make(rows: list[Proposal], corpus: Corpus) -> list[dict[str, str]]:
    """Make rows of matches."""
    return make_rows(rows, corpus, "p.csv", "Ada", "2026-01-31")


def test_a_judged_row_becomes_a_match_numbered_on_from_the_last(corpus: Corpus) -> None:
    rows = [
        replace(BASIC, judgement="same"),
        replace(BASIC, object=f"{ITEM}Q3"),
        replace(BASIC, object=f"{ITEM}Q4", judgement="different", justification=" another \n town "),
    ]
    assert make(rows, corpus) == [
        {
            "id": "0002",
            "subject": BRANDT,
            "predicate": "skos:exactMatch",
            "object": f"{ITEM}Q2",
            "judgement": "same",
            "justification": "judged by hand; surname brandt",
            "author": "Ada",
            "judged": "2026-01-31",
        },
        {
            "id": "0003",
            "subject": BRANDT,
            "predicate": "skos:exactMatch",
            "object": f"{ITEM}Q4",
            "judgement": "different",
            "justification": "another town",
            "author": "Ada",
            "judged": "2026-01-31",
        },
    ]


VELDHAVEN = replace(BASIC, subject="place/veldhaven", object=f"{ITEM}Q1")


def test_what_is_judged_so_already_is_passed_over(corpus: Corpus) -> None:
    assert make([replace(VELDHAVEN, judgement="different")], corpus) == []
    assert len(make([replace(BASIC, judgement="same")] * 2, corpus)) == 1


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([replace(VELDHAVEN, judgement="same")], "are judged different, as 0001"),
        ([replace(BASIC, judgement="same"), replace(BASIC, judgement="unsure")], "are judged same, as 0002"),
        (
            [replace(BASIC, judgement="same"), replace(BASIC, object=f"{ITEM}Q3", judgement="same")],
            "cannot be two things of one list",
        ),
    ],
)
def test_judgements_that_contradict_are_refused_with_their_line(
    rows: list[Proposal], words: str, corpus: Corpus
) -> None:
    with pytest.raises(DataError, match=words) as caught:
        make(rows, corpus)
    assert [problem.place.line for problem in caught.value.problems] == [len(rows) + 1]


def test_an_entity_may_be_the_same_in_two_lists(corpus: Corpus) -> None:
    rows = [replace(BASIC, judgement="same"), replace(BASIC, object="http://viaf.org/viaf/1", judgement="same")]
    assert len(make(rows, corpus)) == 2


def test_by_rule_only_what_is_found_and_not_judged_is_accepted_and_says_so(corpus: Corpus) -> None:
    rows = [
        BASIC,
        replace(BASIC, object=f"{ITEM}Q3", verdict="ambiguous"),
        replace(BASIC, object=f"{ITEM}Q4", score="0.89"),
        replace(BASIC, object=f"{ITEM}Q5", judgement="unsure"),
    ]
    accepted = make(accept_above(rows, 0.9), corpus)
    assert [row["object"] for row in accepted] == [f"{ITEM}Q2"]
    assert accepted[0]["justification"] == f"{BY_RULE}, score 0.94 of 0.9 asked for: surname brandt"


def test_added_rows_taken_away_leave_the_table_as_it_was(corpus: Corpus, table: Table) -> None:
    text = (DATASET / "matches.csv").read_text("utf-8")
    added = add_rows(text, table, make([replace(BASIC, judgement="same", justification='a "b", c')], corpus))
    assert added.startswith(text)
    assert added.count("\n") == text.count("\n") + 1
    assert take_rows(added, ["0002"]) == text
    assert take_rows(added, []) == added


def test_a_justification_is_cut_to_what_its_column_holds(corpus: Corpus) -> None:
    rows: list[Mapping[str, str]] = [*make([replace(BASIC, judgement="same", justification="x y " * 200)], corpus)]
    assert len(rows[0]["justification"]) <= 400
    assert read_corpus(DATASET, find_folder("ontology")).frames["matches"].height == 1
