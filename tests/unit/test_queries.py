"""A saved question says what it asks, and is asked with terms, never with text."""

import re
from pathlib import Path

import pytest
import yaml
from pyoxigraph import Literal, NamedNode

from kg.builds import Build
from kg.errors import DataError, OutsideError, UsageError
from kg.layout import find_folder
from kg.model import Corpus
from kg.names import VOCABULARIES, Base, concept_prefixes
from kg.queries import TYPES, Answer, Question, ask, ask_freely, read_question, read_questions, to_term
from kg.store import Store, load_graphs

BASE = Base("https://example.org/veldhaven/")
QUERIES = find_folder("queries")
FILES = sorted(QUERIES.rglob("*.rq"))

SOUND = """\
#+ summary: What is known of it?
#+ x-parameters:
#+   thing:
#+     meaning: The thing.
#+     example: thing/it
#+   word:
#+     meaning: Only with this word.
#+     example: "1801"
#+ x-columns:
#+   property: What is known.
#+   value: What it is.
SELECT ?_thing_iri ?__word_literal ?property ?value WHERE {
    ?_thing_iri ?property ?value .
    FILTER (COALESCE(?value = ?__word_literal, true))
}
"""

HOSTILE = (
    'a" } UNION { ?s ?p ?o } #',
    "?value",
    "\\",
    "<https://example.org/>",
    "'''",
    "a\nb\r\tc",
    " blanks ",
    '"@en',
    "𝔳𝔬𝔰𝔰 🌊",
    "",
)


def spoil(old: str, new: str) -> str:
    """Give the sound question with one thing changed."""
    assert old in SOUND
    return SOUND.replace(old, new)


def tell(answer: Answer) -> list[list[str]]:
    """Give the rows of an answer as text."""
    return [["" if term is None else str(term) for term in row] for row in answer.rows]


@pytest.fixture(scope="module")
def questions() -> dict[str, Question]:
    """Give the questions that are shipped."""
    return read_questions(QUERIES)


@pytest.fixture
def things() -> Store:
    """Give a store with two facts of one thing."""
    text = "SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }"
    store = load_graphs({"urn:g": b"<urn:s> <urn:p> 1 ."})
    assert len(tell(ask_freely(store, text))) == 1
    return store


# ---- What a question says of itself ----


def test_a_question_tells_its_parameters_and_columns() -> None:
    question = read_question("of/things", SOUND)
    thing, word = question.parameters
    assert (thing.variable, thing.type, thing.required, thing.example) == ("_thing_iri", "iri", True, "thing/it")
    assert (word.variable, word.type, word.required, word.example) == ("__word_literal", "literal", False, "1801")
    assert list(question.columns) == ["property", "value"]
    assert (question.name, question.summary) == ("of/things", "What is known of it?")
    assert question.text == SOUND


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT ?x WHERE { ?x ?y ?z }", "needs at least a summary"),
        (spoil("#+ summary: What is known of it?\n", ""), "needs at least a summary"),
        (spoil("known of it?", "known: of it?"), "the header is not YAML"),
        (spoil("#+ summary", "#+ endpoint: http://localhost\n#+ summary"), r"unknown keys \['endpoint'\]; it may have"),
        (spoil("#+ summary", "#+ 7: x\n#+ summary"), r"unknown keys \['7'\]"),
        (spoil("#+   thing:", "#+   other:"), "tells of parameters other, word, the query has thing, word"),
        (spoil("?__word_literal ?property", "?property").replace("?__word_literal", '""'), "the query has thing$"),
        (
            spoil("?property ?value .", "?property ?value . ?value ?_more_iri ?x ."),
            "query has thing, word, more",
        ),
        (spoil("#+     meaning: The thing.\n", ""), "parameter thing needs just a meaning and an example"),
        (
            spoil("#+     meaning: The thing.", "#+     meaning: The thing.\n#+     type: iri"),
            "parameter thing needs just",
        ),
        (
            spoil("#+   thing:\n#+     meaning: The thing.\n#+     example: thing/it", "#+   thing: it"),
            "parameter thing",
        ),
        (SOUND.partition("#+ x-columns")[0] + "SELECT" + SOUND.partition("SELECT")[2], "needs x-columns"),
        (spoil("What it is.", "[1, 2]"), "needs x-columns: each column with its meaning"),
        (spoil("#+   value: What it is.\n", ""), "tells of columns property, the query has property, value"),
        (spoil("#+   value: What", "#+   more: More.\n#+   value: What"), "tells of columns property, more, value"),
        (spoil("?property ?value WHERE", "?value ?property WHERE"), "the query has value, property"),
        (
            spoil("What is known.\n#+   value: What it is.", "").replace("property: ", "[property, value]"),
            "x-columns must give",
        ),
        (
            spoil("?_thing_iri ?__word_literal ?property", "?__word_literal ?property"),
            r"must select its .*: \?_thing_iri$",
        ),
        (spoil("WHERE {", "WHERE {{"), "is not valid SPARQL"),
    ],
)
def test_a_header_that_does_not_agree_with_its_query_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_question("of/things", text)


def test_a_parameter_that_only_a_comment_has_is_not_used() -> None:
    text = spoil("    FILTER", "# ?_old_iri was here\n    FILTER")
    assert read_question("of/things", text).parameters == read_question("of/things", SOUND).parameters


def test_every_file_at_fault_is_told_at_once_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "topic").mkdir()
    (tmp_path / "topic/sound.rq").write_text(SOUND, "utf-8")
    (tmp_path / "topic/bare.rq").write_text("SELECT * WHERE {}", "utf-8")
    (tmp_path / "topic/bytes.rq").write_bytes(b"#+ summary: \xff")
    with pytest.raises(DataError) as caught:
        read_questions(tmp_path)
    assert [problem.place.file for problem in caught.value.problems] == ["topic/bare.rq", "topic/bytes.rq"]


def test_a_folder_without_questions_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="holds no saved question"):
        read_questions(tmp_path)


# ---- What is shipped ----


def test_every_shipped_file_is_a_question_of_that_name(questions: dict[str, Question]) -> None:
    assert [f"{name}.rq" for name in questions] == [path.relative_to(QUERIES).as_posix() for path in FILES]
    assert len(questions) > 10


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_prefixes_stand_inline_are_used_and_are_those_of_the_names(path: Path, corpus: Corpus) -> None:
    text = path.read_text("utf-8")
    declared = dict(re.findall(r"^PREFIX ([a-z-]+): <(.*)>$", text, re.MULTILINE))
    known = VOCABULARIES | concept_prefixes(corpus.vocabulary.concepts)
    body = re.sub(r"^(#|PREFIX).*$", "", text, flags=re.MULTILINE)
    assert declared
    assert declared == {prefix: known[prefix] for prefix in declared}
    assert set(re.findall(r"\b([a-z-]+):[A-Za-z]", body)) == set(declared)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_query_is_valid_as_it_stands_and_a_shipped_header_is_whole(path: Path, store: Store) -> None:
    text = path.read_text("utf-8")
    header = yaml.safe_load("\n".join(line[2:] for line in text.splitlines() if line.startswith("#+")))
    assert header["summary"].endswith(("?", "."))
    assert header["method"] == "GET"
    assert header["tags"] == [path.parent.name]
    assert ask_freely(store, text).columns == tuple(header["x-columns"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_answer_has_the_declared_columns_and_no_others(
    path: Path, questions: dict[str, Question], store: Store
) -> None:
    question = questions[path.relative_to(QUERIES).with_suffix("").as_posix()]
    given = {parameter.name: parameter.example for parameter in question.parameters}
    assert ask(store, question, given, BASE).columns == tuple(question.columns)


def test_every_example_can_be_meant(questions: dict[str, Question], built: Build) -> None:
    parameters = [parameter for question in questions.values() for parameter in question.parameters]
    assert {parameter.type for parameter in parameters} == set(TYPES)
    for parameter in parameters:
        assert to_term(parameter.example, parameter.type, built.base)


# ---- Asking ----


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_a_literal(hostile: str) -> None:
    store = load_graphs({"urn:g": f"<{BASE.mint('thing/it')}> <urn:p> {Literal(hostile)}, 'other' .".encode()})
    text = spoil("?_thing_iri ?property ?value .", "GRAPH ?g { ?_thing_iri ?property ?value }")
    question = read_question("of/things", text)
    rows = ask(store, question, {"thing": "thing/it", "word": hostile}, BASE).rows
    assert [row[1] for row in rows] == [Literal(hostile)]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_finds_no_name(hostile: str, questions: dict[str, Question], store: Store) -> None:
    assert ask(store, questions["names/who-is"], {"name": "anker"}, BASE).rows
    assert not ask(store, questions["names/who-is"], {"name": hostile}, BASE).rows


@pytest.mark.parametrize("iri", ["thing/a b", "thing/> ?s ?p", "https://example.org/{x}", 'thing/"', "thing/\n"])
def test_what_is_no_iri_is_refused(iri: str, things: Store) -> None:
    question = read_question("of/things", SOUND)
    with pytest.raises(UsageError, match=r"of/things: parameter --thing: "):
        ask(things, question, {"thing": iri}, BASE)


def test_an_iri_may_be_given_whole_or_as_a_reference() -> None:
    whole = NamedNode("https://example.org/veldhaven/person/ada")
    assert to_term("person/ada", "iri", BASE) == to_term(whole.value, "iri", BASE) == whole
    assert to_term("person/ada", "literal", BASE) == Literal("person/ada")


def test_all_faults_of_the_parameters_are_told_at_once(things: Store) -> None:
    with pytest.raises(UsageError) as caught:
        ask(things, read_question("of/things", SOUND), {"word": "x", "colour": "red"}, BASE)
    assert "there is no parameter 'colour'; it has thing, word" in str(caught.value)
    assert "parameter --thing is missing: The thing.; for example thing/it" in str(caught.value)


def test_an_optional_parameter_may_be_left_out() -> None:
    store = load_graphs({"urn:g": f"<{BASE.mint('thing/it')}> <urn:p> 'a', 'b' .".encode()})
    text = spoil("?_thing_iri ?property ?value .", "GRAPH ?g { ?_thing_iri ?property ?value }")
    question = read_question("of/things", text)
    assert sorted(tell(ask(store, question, {"thing": "thing/it"}, BASE))) == [["<urn:p>", '"a"'], ["<urn:p>", '"b"']]
    assert tell(ask(store, question, {"thing": "thing/it", "word": "b"}, BASE)) == [["<urn:p>", '"b"']]


def test_a_cell_that_is_unbound_is_none(things: Store) -> None:
    text = "SELECT ?s ?x WHERE { GRAPH ?g { ?s ?p ?o } OPTIONAL { ?o ?p ?x } }"
    assert ask_freely(things, text).rows == ((NamedNode("urn:s"), None),)


@pytest.mark.parametrize(("object_", "truth"), [("1", "true"), ("2", "false")])
def test_a_question_of_truth_has_one_answer(object_: str, truth: str, things: Store) -> None:
    answer = ask_freely(things, f"ASK {{ GRAPH ?g {{ ?s ?p {object_} }} }}")
    assert answer.columns == ("answer",)
    assert [term.value for term in answer.rows[0] if isinstance(term, Literal)] == [truth]


@pytest.mark.parametrize("text", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <urn:s>"])
def test_a_query_that_gives_a_graph_is_refused(text: str, things: Store) -> None:
    with pytest.raises(UsageError, match="gives a graph; use SELECT or ASK"):
        ask_freely(things, text)


@pytest.mark.parametrize("text", ["SELECT (<urn:f>(1) AS ?x) WHERE {}", "ASK { FILTER (<urn:f>(1)) }"])
def test_a_query_that_the_store_cannot_answer_is_told(text: str, things: Store) -> None:
    with pytest.raises(UsageError, match=r"the query cannot be answered: .*urn:f"):
        ask_freely(things, text)
