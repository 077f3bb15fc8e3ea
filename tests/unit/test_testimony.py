"""What claims say alike is one testimony, and its witnesses are counted as a historian counts them."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
import pytest
from made import Row, Tables, claim, read_made, text, voice

from kg.criticism import compare_claims
from kg.model import Corpus
from kg.testimony import gather_testimonies, list_dependencies, list_links, name_witnesses

ANNA, LEA, JOOST, MIRA = "person/anna-roos", "person/lea-dorn", "person/joost-maan", "person/mira-holt"
FLOOD = {"subject": "event/flood", "property": "occurredOn"}
LOST = {"subject": "event/flood", "property": "numbered", "unit": "houses", "part": "part/lost"}
OFFICE = {"subject": "person/jonas-brandt", "property": "heldOffice", "object": "body/council"}
BORN = {"subject": "person/jonas-brandt", "property": "bornIn"}
MARCH, DAY = FLOOD | {"date": "1801-03"}, FLOOD | {"date": "1801-03-15"}


class Library:
    """Texts that tests write: each has its author, whom it may quote, and its claims."""

    def __init__(self) -> None:
        """Begin with no text."""
        self.tables: Tables = {"texts": [], "names": []}

    def write(self, name: str, author: str, *claims: Row, work: str = "", **cells: str) -> "Library":
        """Add a text; what its author does not claim himself names another voice."""
        work = work or name
        self.tables["texts"].append(text(name, work, translation_of=cells.pop("translation_of", "")))
        self.tables[f"chains/{name}"] = [voice(1, author, **{"work": f"work/{work}"} | cells)]
        self.tables[f"assertions/{name}"] = [claim(number, **row) for number, row in enumerate(claims, 1)]
        return self

    def quote(self, name: str, *speakers: str, **cells: str) -> "Library":
        """Let the author of a text quote others, one after another."""
        voices = self.tables[f"chains/{name}"]
        for speaker in speakers:
            voices.append(voice(len(voices) + 1, speaker, **{"quoted_by": "001"} | cells))
        return self

    def read(self) -> Corpus:
        """Read what was written."""
        return read_made(self.tables)

    def find(self, reference: str) -> dict[str, Any]:
        """Find the testimony to which a claim belongs."""
        corpus = self.read()
        told = gather_testimonies(corpus, compare_claims(corpus))
        return told.row(by_predicate=pl.col("claims").list.contains(f"assertion/{reference}"), named=True)

    def weigh(self, reference: str) -> tuple[int, int, int]:
        """Give the fewest and the most witnesses behind a claim, and how many claims say so."""
        found = self.find(reference)
        return found["least"], found["most"], found["nominal"]


def write_two(one: Row, other: Row) -> Library:
    """Let two authors who know make one claim each."""
    return Library().write("annals", ANNA, one).write("memoir", LEA, other)


def supports(finer: Row, coarser: Row) -> bool:
    """Tell whether one claim supports the testimony of another."""
    return "assertion/annals/0001" in write_two(finer, coarser).find("memoir/0001")["supporters"]


def test_two_who_say_the_same_are_one_testimony_on_two_witnesses() -> None:
    found = write_two(DAY, DAY).find("annals/0001")
    assert found["claims"] == found["supporters"] == ["assertion/annals/0001", "assertion/memoir/0001"]
    assert (found["id"], found["least"], found["most"], found["nominal"]) == ("annals/0001", 2, 2, 2)


def test_the_same_day_in_two_calendars_is_one_testimony() -> None:
    old_style = FLOOD | {"date": "1801-03-03", "calendar": "julian"}
    assert len(write_two(old_style, DAY).find("annals/0001")["claims"]) == 2


@pytest.mark.parametrize("other", [{"role": "chairman"}, {"place": "place/veldhaven"}, {"date": "1801"}])
def test_what_one_says_and_the_other_does_not_makes_two_testimonies(other: Row) -> None:
    assert write_two(OFFICE | other, OFFICE).find("annals/0001")["claims"] == ["assertion/annals/0001"]


def test_sentences_are_alike_where_their_gists_are() -> None:
    judged = {"subject": "event/flood", "property": "judged", "gist": "It was the fault of the council."}
    assert write_two(judged, judged).weigh("annals/0001") == (2, 2, 2)
    assert write_two(judged, judged | {"gist": "It was nobody's fault."}).weigh("annals/0001") == (1, 1, 1)


def test_one_speaker_is_one_witness_in_two_works() -> None:
    assert Library().write("annals", ANNA, DAY).write("memoir", ANNA, DAY).weigh("annals/0001") == (1, 1, 2)


def test_a_translation_is_no_second_witness() -> None:
    library = Library().write("annals", ANNA, DAY)
    library.write("annals-english", ANNA, DAY, work="annals", translation_of="text/annals")
    assert library.weigh("annals/0001") == (1, 1, 2)


def test_a_witness_quoted_by_two_is_one_witness() -> None:
    library = write_two(DAY | {"voice": "002"}, DAY | {"voice": "002"})
    library.quote("annals", "person/ferryman").quote("memoir", "person/ferryman")
    assert library.weigh("annals/0001") == (1, 1, 2)


def test_two_who_write_in_one_work_are_two_witnesses() -> None:
    library = Library().write("annals", ANNA, DAY).write("annals-second", LEA, DAY, work="annals")
    assert library.weigh("annals/0001") == (2, 2, 2)


def test_authors_without_a_work_speak_each_for_himself() -> None:
    library = Library().write("annals", ANNA, DAY, work="a").write("memoir", LEA, DAY, work="b")
    for name in ("annals", "memoir"):
        library.tables[f"chains/{name}"][0]["work"] = ""
    assert library.weigh("annals/0001") == (2, 2, 2)


@pytest.mark.parametrize(
    ("origins", "least"),
    [("witness witness", 2), ("witness unknown", 1), ("unknown unknown", 1), ("inference witness", 2)],
)
def test_who_does_not_say_how_he_knows_may_have_it_from_the_other(origins: str, least: int) -> None:
    one, other = origins.split()
    library = Library().write("annals", ANNA, DAY, origin=one).write("memoir", LEA, DAY, origin=other)
    assert library.weigh("annals/0001") == (least, 2, 2)


def test_a_voice_that_only_reports_is_no_certain_witness() -> None:
    assert write_two(DAY, DAY | {"stance": "reports"}).weigh("annals/0001") == (1, 2, 2)


@pytest.mark.parametrize("stance", ["doubts", "denies"])
def test_who_doubts_or_denies_is_no_witness(stance: str) -> None:
    library = write_two(DAY, DAY | {"stance": stance})
    assert library.find("annals/0001")["supporters"] == ["assertion/annals/0001"]
    corpus = library.read()
    assert gather_testimonies(corpus, compare_claims(corpus)).height == 1


def test_a_voice_that_its_text_rejects_is_no_witness() -> None:
    library = write_two(DAY, DAY | {"voice": "002"}).quote("memoir", "person/ferryman", stance="denies")
    assert library.weigh("annals/0001") == (1, 1, 1)


def test_what_is_affirmed_and_contradicted_by_none_is_agreed() -> None:
    assert write_two(DAY, DAY).find("annals/0001")["agreed"] is True
    assert write_two(DAY, MARCH).find("annals/0001")["agreed"] is True
    assert write_two(LOST | {"value": "40"}, LOST | {"value": "50"}).find("annals/0001")["agreed"] is False


def test_what_is_only_reported_is_not_agreed() -> None:
    reported = DAY | {"stance": "reports"}
    assert write_two(reported, reported).find("annals/0001")["agreed"] is False
    assert write_two(reported, DAY).find("annals/0001")["agreed"] is True


def test_what_is_denied_is_not_agreed() -> None:
    assert write_two(OFFICE, OFFICE | {"stance": "denies"}).find("annals/0001")["agreed"] is False


def test_a_month_stays_agreed_though_its_day_is_contested() -> None:
    library = Library().write("annals", ANNA, DAY).write("memoir", LEA, FLOOD | {"date": "1801-03-16"})
    library.write("letters", JOOST, MARCH)
    assert library.find("annals/0001")["agreed"] is False
    assert library.find("letters/0001")["agreed"] is True
    assert library.weigh("letters/0001") == (3, 3, 3)


def test_that_somebody_disputes_a_claim_is_agreed_where_nobody_denies_it() -> None:
    disputing = {"subject": LEA, "property": "disagreedWith", "object": "assertion/annals/0001"}
    library = write_two(LOST | {"value": "40"}, disputing)
    assert library.find("annals/0001")["agreed"] is False
    assert library.find("memoir/0001")["agreed"] is True


@pytest.mark.parametrize(
    ("finer", "coarser"),
    [
        (DAY, MARCH),
        (DAY, FLOOD | {"date": "1801"}),
        (DAY, FLOOD | {"date": "1801-03-10/1801-03-20"}),
        (DAY, FLOOD | {"date": "1801-03-10/.."}),
        (FLOOD | {"date": "1801-03-03", "calendar": "julian"}, MARCH),
        (LOST | {"value": "40"}, LOST | {"value": "30/50"}),
        (LOST | {"value": "40"}, LOST | {"value": "30/.."}),
        (LOST | {"value": "35/45"}, LOST | {"value": "30/50"}),
        (OFFICE | {"role": "chairman"}, OFFICE),
        (OFFICE | {"place": "place/veldhaven"}, OFFICE),
        (OFFICE | {"date": "1801-03-15"}, OFFICE),
        (OFFICE | {"date": "1801-03-15"}, OFFICE | {"date": "1801"}),
    ],
)
def test_a_claim_supports_what_it_implies_and_is_not_supported_by_it(finer: Row, coarser: Row) -> None:
    assert supports(finer, coarser)
    assert not supports(coarser, finer)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (DAY, FLOOD | {"date": "1801-04"}),
        (FLOOD | {"date": "1801-03-10/1801-03-20"}, FLOOD | {"date": "1801-03-15/1801-03-25"}),
        (LOST | {"value": "40"}, LOST | {"value": "50/.."}),
        (LOST | {"value": "40"}, LOST | {"value": "30/50", "unit": "people"}),
        (LOST | {"value": "40"}, LOST | {"value": "30/50", "part": ""}),
        (LOST | {"value": "40", "phase": "opening"}, LOST | {"value": "30/50"}),
        (OFFICE | {"role": "chairman"}, OFFICE | {"role": "secretary"}),
        (OFFICE | {"object": "place/veldhaven"}, OFFICE),
        (OFFICE | {"date": "1801"}, OFFICE | {"date": "1802"}),
    ],
)
def test_claims_of_which_neither_implies_the_other_do_not_support_one_another(one: Row, other: Row) -> None:
    assert not supports(one, other)
    assert not supports(other, one)


MISSED = "a claim that is more precise in this is not seen to imply the other"


@pytest.mark.parametrize(
    ("finer", "coarser"),
    [
        (DAY | {"time": "21:00"}, DAY),
        (DAY | {"time": "21:00"}, MARCH),
        (OFFICE | {"place": "place/guildhall"}, OFFICE | {"place": "place/veldhaven"}),
        pytest.param(
            BORN | {"object": "place/guildhall"},
            BORN | {"object": "place/veldhaven"},
            marks=pytest.mark.xfail(strict=True, reason=MISSED),
        ),
    ],
)
def test_times_and_places_within_others_imply_them(finer: Row, coarser: Row) -> None:
    assert supports(finer, coarser)


def test_a_number_of_a_place_does_not_support_the_number_of_the_whole() -> None:
    assert not supports(LOST | {"value": "40", "place": "place/guildhall"}, LOST | {"value": "40"})


@pytest.mark.parametrize(
    ("about", "exact"),
    [
        (LOST | {"value": "~300"}, LOST | {"value": "300"}),
        (FLOOD | {"date": "1801~"}, FLOOD | {"date": "1801"}),
    ],
)
def test_about_a_number_does_not_support_the_number(about: Row, exact: Row) -> None:
    assert not supports(about, exact)


def test_a_number_written_with_decimals_is_the_same_answer() -> None:
    assert len(write_two(LOST | {"value": "40"}, LOST | {"value": "40.0"}).find("annals/0001")["claims"]) == 2


def test_an_author_who_wrote_with_another_is_one_witness_when_he_is_quoted() -> None:
    library = Library().write("annals", ANNA, work="annals").write("annals-second", LEA, DAY, work="annals")
    library.write("memoir", JOOST, DAY | {"voice": "002"}).quote("memoir", LEA)
    assert library.weigh("memoir/0001") == (1, 1, 2)


def test_an_author_of_two_works_is_one_witness_though_he_wrote_one_with_another() -> None:
    library = Library().write("annals", ANNA, work="annals").write("annals-second", LEA, DAY, work="annals")
    library.write("memoir", LEA, DAY)
    assert library.weigh("memoir/0001") == (1, 1, 2)


def test_every_voice_has_one_witness_and_says_whether_it_knows(corpus: Corpus) -> None:
    named = name_witnesses(corpus)
    assert named.columns == ["text", "voice", "witness", "known"]
    assert named.select("text", "voice").n_unique() == named.height == 9
    known = named.filter(text="chronicle").sort("voice").select("witness", "known").rows()
    assert known[0] == ("person/petrus-anker", False)
    assert known[2] == ("person/ferryman", True)


def test_a_voice_is_heard_through_its_text_and_every_speaker_of_its_chain(corpus: Corpus) -> None:
    links = list_links(corpus).filter(text="chronicle", voice="003")["through"].to_list()
    assert links == ["person/ferryman", "person/klara-voss", "person/petrus-anker", "text/chronicle"]
    assert list_links(corpus).is_duplicated().sum() == 0


def test_who_quotes_himself_is_one_link() -> None:
    library = Library().write("annals", ANNA).quote("annals", ANNA, ANNA, quoted_by="001")
    assert list_links(library.read()).filter(voice="003")["through"].to_list() == [ANNA, "text/annals"]


def disputing(reference: str) -> Row:
    """Give a claim that disputes another."""
    return {"subject": LEA, "property": "disagreedWith", "object": f"assertion/{reference}"}


def test_a_claim_about_a_claim_depends_on_text_and_speakers_of_that_claim() -> None:
    library = write_two(DAY | {"voice": "002"}, disputing("annals/0001")).quote("annals", "person/ferryman")
    links = list_dependencies(library.read())
    assert links["reference"].unique().to_list() == ["assertion/memoir/0001"]
    assert links["through"].to_list() == [ANNA, "person/ferryman", "text/annals"]


def test_a_claim_about_a_claim_about_a_claim_depends_on_both() -> None:
    library = write_two(DAY, disputing("annals/0001")).write("letters", JOOST, disputing("memoir/0001"))
    links = list_dependencies(library.read()).filter(reference="assertion/letters/0001")
    assert links["through"].to_list() == [ANNA, LEA, "text/annals", "text/memoir"]


def test_claims_that_speak_of_one_another_depend_on_one_another() -> None:
    library = write_two(disputing("memoir/0001"), disputing("annals/0001"))
    with time_limit(3):
        links = list_dependencies(library.read())
    assert set(links.filter(reference="assertion/annals/0001")["through"]) >= {LEA, "text/memoir"}


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what takes longer."""

    def stop(_number: int, _frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_the_testimonies_of_the_shipped_dataset_hold_every_claim_once_that_is_affirmed_or_reported(
    shipped: Corpus,
) -> None:
    told = gather_testimonies(shipped, compare_claims(shipped))
    given = told.explode("claims")["claims"]
    standing = [frame["standing"].is_in(["affirms", "reports"]).sum() for frame in _list_frames(shipped)]
    assert given.n_unique() == len(given) == sum(standing)
    assert told["id"].n_unique() == told.height
    assert told.filter(~pl.col("claims").list.set_difference("supporters").list.len().eq(0)).is_empty()


def _list_frames(corpus: Corpus) -> list[pl.DataFrame]:
    return [corpus.frames[f"assertions/{name}"] for name in corpus.texts]
