"""The dataset card counts what the tables hold."""

from kg.card import Section, count_dataset
from kg.model import Corpus


def find(corpus: Corpus, title: str) -> Section:
    """Give the section of a title."""
    return next(section for section in count_dataset(corpus) if section.title == title)


def read_pairs(section: Section) -> dict[str, int | str]:
    """Give a section of two columns as a mapping."""
    return {str(name): count for name, count in section.rows}


def test_the_whole_is_the_sum_of_the_texts(corpus: Corpus) -> None:
    whole = read_pairs(find(corpus, "The whole"))
    texts = find(corpus, "Texts").rows
    assert whole["claims"] == sum(int(row[1]) for row in texts) == 32
    assert whole["passages"] == 32 + sum(int(row[3]) for row in texts)


def test_a_text_read_whole_is_read_to_a_hundred_per_cent(corpus: Corpus) -> None:
    assert {row[5] for row in find(corpus, "Texts").rows} == {"100%"}


def test_claims_are_counted_by_depth_of_chain(corpus: Corpus) -> None:
    assert read_pairs(find(corpus, "Claims by depth of their chain"))["3"] == 1


def test_every_count_by_property_sums_to_all_claims(corpus: Corpus) -> None:
    for title in ("Claims by property", "Claims by standing in their text", "Claims by who speaks"):
        assert sum(int(row[1]) for row in find(corpus, title).rows) == 32
