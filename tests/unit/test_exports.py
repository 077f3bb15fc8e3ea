"""The exported tables have the columns that were promised, and every record a row."""

import polars as pl
import pytest

from kg.checks import TABLE_OF
from kg.documents import to_text
from kg.exports import EXPORTS, export_table
from kg.graph import render
from kg.layout import find_folder
from kg.model import Corpus
from kg.names import Base
from kg.queries import Question, read_questions
from kg.store import Store, load_graphs

PROMISED = """
id, text, start, end, subject, subject_label, property, object, object_label, value, unit, date_printed,
date_julian, date_gregorian, place, role, part, phase, stance, voices, gist
"""

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def questions() -> dict[str, Question]:
    """Give the questions that are shipped."""
    return read_questions(find_folder("queries"))


def export(what: str, store: Store, questions: dict[str, Question], base: Base) -> Rows:
    """Export a table: its rows by column."""
    answer = export_table(what, store, questions, base)
    return [dict(zip(answer.columns, map(to_text, row), strict=True)) for row in answer.rows]


@pytest.fixture(scope="module")
def assertions(store: Store, questions: dict[str, Question], corpus: Corpus) -> dict[str, dict[str, str]]:
    """Give the exported assertions of the small dataset by id."""
    return {row["id"]: row for row in export("assertions", store, questions, corpus.settings.base)}


@pytest.fixture(scope="module")
def entities(store: Store, questions: dict[str, Question], corpus: Corpus) -> Rows:
    """Give the exported entities of the small dataset."""
    return export("entities", store, questions, corpus.settings.base)


def list_assertions(corpus: Corpus) -> set[str]:
    """List the references of all assertions of a dataset's tables."""
    return {f"assertion/{text}/{id_}" for text in corpus.texts for id_ in corpus.frames[f"assertions/{text}"]["id"]}


def list_entities(corpus: Corpus) -> set[str]:
    """List the references of all entities of a dataset's tables."""
    return {f"{kind}/{id_}" for kind, table in TABLE_OF.items() for id_ in corpus.frames[table]["id"]}


# ---- Assertions ----


def test_assertions_have_just_the_columns_promised(
    store: Store, questions: dict[str, Question], corpus: Corpus
) -> None:
    answer = export_table("assertions", store, questions, corpus.settings.base)
    assert ", ".join(answer.columns) == " ".join(PROMISED.split())


def test_every_assertion_has_one_row(
    assertions: dict[str, dict[str, str]], store: Store, questions: dict[str, Question], corpus: Corpus
) -> None:
    rows = export("assertions", store, questions, corpus.settings.base)
    assert [row["id"] for row in rows] == sorted(list_assertions(corpus))
    assert len(rows) == len(assertions) == 32


def test_every_cell_of_a_row_is_that_of_its_table(assertions: dict[str, dict[str, str]], corpus: Corpus) -> None:
    told = {"start", "end", "subject", "property", "date_printed", "date_julian", "date_gregorian", "gist"}
    for text in corpus.texts:
        for row in corpus.frames[f"assertions/{text}"].iter_rows(named=True):
            exported = assertions[f"assertion/{text}/{row['id']}"]
            cells = {column: "" if row[column] is None else str(row[column]) for column in told}
            assert cells == {column: exported[column] for column in told}
            assert exported["voices"] == row["chain"]
            assert exported["stance"] == row["standing"]
            assert exported["text"] == f"{text}.txt"


@pytest.mark.parametrize(
    ("id_", "told"),
    [
        ("chronicle/0001", {"object": "", "object_label": "", "value": "The Flood Council of Veldhaven", "unit": ""}),
        ("chronicle/0003", {"object": "place/veldhaven", "object_label": "Veldhaven", "role": "clerk", "value": ""}),
        ("chronicle/0005", {"object": "", "value": "", "date_julian": "1801-03-03", "date_gregorian": "1801-03-15"}),
        ("chronicle/0011", {"value": "15", "unit": "members", "part": "Dykers", "object": ""}),
        ("chronicle/0017", {"object": "concept/role/baker", "object_label": "baker"}),
        ("chronicle/0022", {"value": "~300", "unit": "people", "part": "lost", "stance": "doubts"}),
        ("chronicle/0024", {"place": "Guildhall", "subject_label": "Keys of the Guildhall", "phase": ""}),
        (
            "letters/0007",
            {"object": "assertion/chronicle/0019", "object_label": "The ferryman saw forty houses drown."},
        ),
        ("letters/0008", {"object": "", "object_label": "", "value": "", "property": "stated"}),
    ],
)
def test_a_row_tells_what_answers_in_the_column_for_it(
    id_: str, told: dict[str, str], assertions: dict[str, dict[str, str]]
) -> None:
    row = assertions[f"assertion/{id_}"]
    assert {column: row[column] for column in told} == told


def test_voices_are_joined_outermost_first(assertions: dict[str, dict[str, str]]) -> None:
    row = assertions["assertion/chronicle/0019"]
    assert row["voices"] == "Petrus Anker <- Klara Voss <- Ferryman of Veldhaven"


def test_a_claim_about_a_claim_of_another_text_has_a_row_and_a_label(
    corpus: Corpus, questions: dict[str, Question]
) -> None:
    frame = corpus.frames["assertions/letters"]
    about = pl.when(pl.col("id") == "0007").then(pl.lit("assertion/chronicle/0019")).otherwise("subject")
    frames = {**corpus.frames, "assertions/letters": frame.with_columns(subject=about)}
    changed = Corpus(corpus.settings, corpus.vocabulary, frames)
    graphs = {corpus.settings.base.graph(name): turtle.encode() for name, turtle in render(changed)}
    rows = export("assertions", load_graphs(graphs), questions, corpus.settings.base)
    assert len(rows) == 32
    assert [row["subject_label"] for row in rows if row["id"] == "assertion/letters/0007"] == [
        "The ferryman saw forty houses drown."
    ]


# ---- Entities ----


def test_entities_have_just_the_columns_promised(store: Store, questions: dict[str, Question], corpus: Corpus) -> None:
    answer = export_table("entities", store, questions, corpus.settings.base)
    assert answer.columns == ("id", "kind", "label", "names")


def test_every_entity_has_one_row_with_kind_and_label(entities: Rows, corpus: Corpus) -> None:
    assert [row["id"] for row in entities] == sorted(list_entities(corpus))
    for row in entities:
        kind, _, id_ = row["id"].partition("/")
        labels = corpus.frames[TABLE_OF[kind]].filter(pl.col("id") == id_)["label"].to_list()
        assert (row["kind"], [row["label"]]) == (kind, labels)


def test_names_are_joined_each_once_and_none_where_there_is_none(entities: Rows) -> None:
    names = {row["id"]: row["names"] for row in entities}
    assert names["person/petrus-anker"] == "Anker | Petrus Anker | Petrus the Elder"
    assert names["person/jonas-brandt"] == "Brandt | Jonas Brandt"
    assert names["event/flood"] == ""


def test_every_name_form_of_the_tables_is_among_the_names(entities: Rows, corpus: Corpus) -> None:
    names = {row["id"]: row["names"].split(" | ") for row in entities}
    forms = list(corpus.frames["names"].select("entity", "form").iter_rows())
    assert len(forms) == 22
    assert all(form in names[entity] for entity, form in forms)


# ---- What is shipped ----


def test_every_record_of_the_shipped_dataset_has_one_row(shipped: Corpus, questions: dict[str, Question]) -> None:
    graphs = {shipped.settings.base.graph(name): turtle.encode() for name, turtle in render(shipped)}
    ontology = {path.stem: path.read_bytes() for path in sorted(find_folder("ontology").glob("*.ttl"))}
    store = load_graphs(graphs | {f"urn:{name}": turtle for name, turtle in ontology.items()})
    wanted = {"assertions": list_assertions(shipped), "entities": list_entities(shipped)}
    assert set(wanted) == set(EXPORTS)
    for what, ids in wanted.items():
        exported = [row["id"] for row in export(what, store, questions, shipped.settings.base)]
        assert len(exported) == len(ids) > 1000
        assert set(exported) == ids
