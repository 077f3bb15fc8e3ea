"""A curator's draft names passages by their words and becomes rows; what cannot be found is told with its line."""

import json

import pytest

from kg.drafts import Curation, Draft, read_draft
from kg.errors import Place
from kg.evidence import Copy, Span

TEXT = "The mill burned. The miller fled.\n\nThe mill was built anew, says Ana Roe."
COPY = Copy(TEXT.encode())
CURATION = Curation("A. Curator", "2026-01-31", "julian", "convention")


def read(*records: object) -> Draft:
    """Read a draft of records given as what their JSON says."""
    return read_draft((json.dumps(record) for record in records), "draft.jsonl", COPY, CURATION)


def message(record: object) -> str:
    """Give the one problem of a draft of one record."""
    (problem,) = read(record).problems
    assert (problem.place, problem.rule) == (Place("draft.jsonl", 1), "draft")
    return problem.message


def test_a_claim_gets_place_digest_stance_and_curation() -> None:
    (claim,) = read({"phrase": "The miller fled", "subject": "person/miller", "gist": "He fled."}).claims
    passage = COPY.cite(Span(17, 32))
    assert claim == {
        "start": 17,
        "end": 32,
        "norm_start": 17,
        "norm_end": 32,
        "digest": passage.digest,
        "stance": "affirms",
        "subject": "person/miller",
        "gist": "He fled.",
        "curator": "A. Curator",
        "curated": "2026-01-31",
    }


def test_a_voice_is_known_by_its_speaker_and_needs_no_passage() -> None:
    draft = read({"voice": "002", "speaker": "person/ana-roe", "quoted_by": "001", "mode": "paraphrase"})
    assert draft.voices == [
        {"id": "002", "stance": "affirms", "speaker": "person/ana-roe", "quoted_by": "001", "mode": "paraphrase"}
    ]
    assert (draft.claims, draft.names, draft.problems) == ([], [], [])


def test_a_name_form_is_taken_where_it_first_stands() -> None:
    (name,) = read({"name": "The mill", "entity": "place/mill", "kind": "description"}).names
    assert (name["form"], name["start"], name["end"]) == ("The mill", 0, 8)
    assert (name["kind"], name["language"], name["curator"]) == ("description", "en-Latn", "A. Curator")


def test_a_date_gets_the_calendar_of_the_text_unless_it_has_its_own() -> None:
    plain = {"phrase": "The miller fled", "date": "1801"}
    first, second = read(plain, plain | {"calendar": "gregorian", "basis": "stated"}).claims
    assert (first["calendar"], first["basis"]) == ("julian", "convention")
    assert (second["calendar"], second["basis"]) == ("gregorian", "stated")


def test_nth_says_which_of_several_places_is_meant() -> None:
    starts = [read({"phrase": "The mill", "nth": nth}).claims[0]["start"] for nth in (1, 2)]
    assert starts == [0, TEXT.rindex("The mill")]


def test_a_stance_given_is_kept() -> None:
    assert read({"phrase": "The miller fled", "stance": "doubts"}).claims[0]["stance"] == "doubts"


def test_blank_lines_and_remarks_are_passed_over_but_counted() -> None:
    draft = read_draft(["", "# a remark\n", "   \n", "no JSON"], "draft.jsonl", COPY, CURATION)
    assert [problem.place for problem in draft.problems] == [Place("draft.jsonl", 4)]


def test_all_faults_of_a_draft_are_told_and_the_rest_is_read() -> None:
    draft = read({"phrase": "The mill"}, {"phrase": "The miller fled"}, {"phrase": "The owl"}, [])
    assert [problem.place.line for problem in draft.problems] == [1, 3, 4]
    assert len(draft.claims) == 1


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"phrase": "The mill"}, f"stands 2 times, at 0, {TEXT.rindex('The mill')}: lengthen it or give nth"),
        ({"phrase": "The mill", "nth": 0}, "stands 2 times, so there is no number 0"),
        ({"phrase": "The mill", "nth": 3}, "stands 2 times, so there is no number 3"),
        ({"phrase": "The mill", "nth": -1}, "so there is no number -1"),
        ({"phrase": "The miller fled", "nth": 2}, "stands 1 times, so there is no number 2"),
        ({"phrase": "The miller fle"}, "does not stand in the text, so copy it from there: 'The miller fle'"),
        ({"phrase": ""}, "does not stand in the text"),
        ({"gist": "He fled."}, "does not stand in the text"),
        ({"phrase": 7}, "needs a text as phrase, and as nth, if there is one, a whole number"),
        ({"phrase": None}, "needs a text as phrase"),
        ({"name": 7, "entity": "place/mill"}, "needs a text as name"),
        ({"phrase": "The mill", "nth": "1"}, "a whole number"),
        ({"phrase": "The mill", "nth": 1.5}, "a whole number"),
        ({"phrase": "The miller fled", "gist": ["He fled."]}, "has no text or number as gist"),
        ({"phrase": ["The mill"], "nth": True}, "has no text or number as phrase, nth"),
        ({"speaker": {"person": "ana-roe"}}, "has no text or number as speaker"),
        ([], "is no JSON object; write {...} on one line"),
        ("phrase", "is no JSON object"),
        (None, "is no JSON object"),
        ({"phrase": "\ud800"}, "is not JSON in UTF-8"),
    ],
)
def test_a_record_that_cannot_be_meant_is_told_in_words(record: object, told: str) -> None:
    assert told in message(record)


@pytest.mark.parametrize("line", ["{", '{"phrase": "The mill"', "[" * 100_000, "{'phrase': 'The mill'}", "1" * 5000])
def test_a_line_that_is_no_json_is_told_with_its_line(line: str) -> None:
    (problem,) = read_draft([line], "draft.jsonl", COPY, CURATION).problems
    assert problem.place == Place("draft.jsonl", 1)
    assert problem.message.startswith("is not JSON in UTF-8: ")
