"""Each saved question gives its golden answer, by two engines, and loses it with any triple that it needs."""

import csv
import io
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import rdflib
from conftest import build_dataset, read_ontology
from pyoxigraph import NamedNode, Quad, QuerySolutions, RdfFormat
from pyoxigraph import Store as Oxigraph
from rdflib.paths import AlternativePath, MulPath, SequencePath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from renew import CASES, DATASET, GOLDEN, PLANTED, answer, plant

from kg.builds import Build
from kg.checks import read_corpus
from kg.cli.making import render_build
from kg.documents import to_text
from kg.layout import find_folder
from kg.model import Corpus
from kg.names import ONTOLOGY, Base
from kg.queries import Question, Term, ask, read_questions, to_term
from kg.store import Store, open_store


def to_stem(name: str) -> str:
    """Give the last part of a question's name."""
    return name.rpartition("/")[2]


OPTIONAL = [
    (name, parameter.name)
    for name, question in read_questions(find_folder("queries")).items()
    for parameter in question.parameters
    if not parameter.required and name != "provenance/silent"
]
"""What may be left out, but for the question that has an answer for every text whatever is asked."""


@pytest.fixture(scope="module")
def questions() -> dict[str, Question]:
    """Give the questions that are shipped."""
    return read_questions(find_folder("queries"))


@pytest.fixture(scope="module")
def base(corpus: Corpus) -> Base:
    """Give the base of the small dataset."""
    return corpus.settings.base


@pytest.fixture(scope="module")
def builds(built: Build, corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Mapping[bool, Build]:
    """Give the build of the small dataset, and one with a planted fault, by whether it is planted."""
    return {False: built, True: build_dataset(plant(corpus), tmp_path_factory.mktemp("planted") / "build")}


@pytest.fixture(scope="module")
def stores(builds: Mapping[bool, Build]) -> Mapping[str, Store]:
    """Give the store of which each case is asked."""
    opened = {planted: open_store(build.store) for planted, build in builds.items()}
    return {name: opened[name in PLANTED] for name in CASES}


# ---- Golden answers ----


def test_every_question_has_a_golden_answer_and_every_file_a_case(questions: dict[str, Question]) -> None:
    assert {case.question for case in CASES.values()} == set(questions)
    assert {path.stem for path in GOLDEN.glob("*.csv")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_question_gives_its_golden_answer(
    name: str, stores: Mapping[str, Store], questions: dict[str, Question], base: Base
) -> None:
    golden = (GOLDEN / f"{name}.csv").read_text("utf-8")
    assert len(list(csv.reader(io.StringIO(golden)))) > 1
    assert answer(CASES[name], stores[name], questions, base) == golden


def test_one_command_renews_the_golden_answers(tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in GOLDEN.glob("*.csv")}
    tests = tmp_path / "tests"
    (tests / "queries").mkdir(parents=True)
    (tests / "dataset").symlink_to(GOLDEN.parent / "dataset")
    (tests / "queries/renew.py").write_bytes((GOLDEN / "renew.py").read_bytes())
    (tests / "queries/old.csv").write_text("of a case that is no more", "utf-8")
    subprocess.run([sys.executable, tests / "queries/renew.py"], check=True)
    assert {path.name: path.read_bytes() for path in (tests / "queries").glob("*.csv")} == before


# ---- What may be left out, and what is there only in other data ----


def test_some_parameters_may_be_left_out() -> None:
    assert len(OPTIONAL) >= 4


@pytest.mark.parametrize(("name", "parameter"), OPTIONAL, ids=to_stem)
def test_an_optional_parameter_narrows_an_answer_and_the_wrong_one_empties_it(
    name: str, parameter: str, stores: Mapping[str, Store], questions: dict[str, Question], base: Base
) -> None:
    of_both = (key for key, case in CASES.items() if case.question == name and parameter in case.given)
    key = next(of_both)
    given, store = CASES[key].given, stores[key]
    without = {other: value for other, value in given.items() if other != parameter}
    whole, narrow = (ask(store, questions[name], told, base).rows for told in (without, given))
    assert narrow
    assert set(narrow) <= set(whole)
    assert not ask(store, questions[name], {**without, parameter: "person/nobody"}, base).rows


@pytest.fixture(scope="module")
def fuller(tmp_path_factory: pytest.TempPathFactory) -> Oxigraph:
    """Give a store of the small dataset to which a phase, a party's votes, a third witness and a fault are added."""
    data = Path(shutil.copytree(DATASET, tmp_path_factory.mktemp("fuller") / "data"))
    concepts, claims = data / "concepts.csv", data / "assertions/chronicle.csv"
    concepts.write_text(concepts.read_text("utf-8").replace("place-kind,b", "phase,opening,Opening,\nplace-kind,b", 1))
    with claims.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows[9]["phase"], rows[14]["part"] = "opening", "party/dykers"
    chains = data / "chains/chronicle.csv"
    chains.write_text(
        chains.read_text("utf-8").replace("unknown,work/flood-council", "witness,work/flood-council"), "utf-8"
    )
    with claims.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    _add_row(claims, "0005", {"id": "0025", "voice": "003"})
    agreed = {"property": "agreedWith", "object": "assertion/chronicle/0010"}
    _add_row(data / "assertions/letters.csv", "0007", {"id": "0009", **agreed})
    _add_row(data / "assertions/letters.csv", "0007", {"id": "0010", "voice": "002", **agreed})
    denied = {"property": "agreedWith", "object": "assertion/chronicle/0016"}
    _add_row(data / "assertions/letters.csv", "0007", {"id": "0011", **denied})
    _add_row(data / "assertions/letters.csv", "0007", {"id": "0012", "voice": "004", **denied})
    _add_row(claims, "0007", {"id": "0026", "date": "1801-03-06"})
    corpus, store = read_corpus(data, find_folder("ontology")), Oxigraph()
    for name, turtle in render_build(plant(corpus), read_ontology())[0]:
        store.load(turtle, format=RdfFormat.TURTLE, to_graph=NamedNode(corpus.settings.base.graph(name)))
    store.load(read_ontology(), format=RdfFormat.TURTLE, to_graph=NamedNode(ONTOLOGY))
    return store


def _add_row(path: Path, like: str, cells: Mapping[str, str]) -> None:
    """Add to a table, at its end, a row like another one but for some cells."""
    with path.open(newline="", encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["id"] == like)
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, list(row), lineterminator="\n").writerow({**row, **cells})


@pytest.mark.parametrize(
    ("name", "value", "column", "cell"),
    [
        ("composition", "24", "phase", "Opening"),
        ("composition", "26", "phase", ""),
        ("assertions", "24", "phase", "Opening"),
        ("tallies", "14", "part_label", "Dykers"),
        ("tallies", "9", "part_label", ""),
    ],
)
def test_a_phase_and_a_part_are_told_by_their_labels(
    name: str, value: str, column: str, cell: str, fuller: Oxigraph, questions: dict[str, Question], base: Base
) -> None:
    told = csv.DictReader(io.StringIO(answer(CASES[name], Store(fuller), questions, base)))
    assert [row[column] for row in told if row["value"] == value] == [cell]


# ---- Two engines ----


@pytest.fixture(scope="module")
def datasets(builds: Mapping[bool, Build]) -> Iterator[Mapping[bool, rdflib.Dataset]]:
    """Give the builds as rdflib reads them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        yield {planted: read_dataset(build) for planted, build in builds.items()}


def read_dataset(build: Build) -> rdflib.Dataset:
    """Read a build with rdflib."""
    read = rdflib.Dataset()
    for iri, graph in build.manifest["graphs"].items():
        read.graph(rdflib.URIRef(iri)).parse(build.folder / graph["file"], format="turtle")
    return read


def bind(question: Question, given: Mapping[str, str], base: Base) -> dict[str, Term]:
    """Give the terms of parameters by the variables that stand for them."""
    known = {parameter.name: parameter for parameter in question.parameters}
    return {known[name].variable: to_term(text, known[name].type, base) for name, text in given.items()}


def to_rdflib(term: Term) -> rdflib.URIRef | rdflib.Literal:
    """Give a parameter as a term of rdflib."""
    return rdflib.URIRef(term.value) if isinstance(term, NamedNode) else rdflib.Literal(to_text(term))


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning:rdflib")
@pytest.mark.parametrize("name", CASES)
def test_another_engine_gives_the_same_answer(
    name: str,
    stores: Mapping[str, Store],
    datasets: Mapping[bool, rdflib.Dataset],
    questions: dict[str, Question],
    base: Base,
) -> None:
    case = CASES[name]
    question = questions[case.question]
    bound = {variable: to_rdflib(term) for variable, term in bind(question, case.given, base).items()}
    found = datasets[name in PLANTED].query(question.text, initBindings=bound).bindings
    columns = [rdflib.Variable(column) for column in question.columns]
    other = Counter(tuple(str(row.get(column, "")) for column in columns) for row in found)
    ours = Counter(tuple(map(to_text, row)) for row in ask(stores[name], question, case.given, base).rows)
    assert other == ours
    assert ours.total() > 0


# ---- Every triple that a question needs ----


class Pattern(NamedTuple):
    """A triple pattern of a query: variables and terms, the predicates of its path, whether it must match."""

    subject: object
    predicates: tuple[str, ...]
    object: object
    direct: bool
    required: bool


def list_patterns(node: Any, required: bool = True) -> Iterator[Pattern]:  # noqa: ANN401
    """List the triple patterns of a query's algebra, as rdflib reads it."""
    if not isinstance(node, CompValue):
        return
    for subject, predicate, object_ in node["triples"] if node.name == "BGP" else []:
        direct = not isinstance(predicate, SequencePath | MulPath)
        yield Pattern(subject, tuple(list_predicates(predicate)), object_, direct, required)
    for part in {"p", "p1", "p2"}.intersection(node):
        yield from list_patterns(node[part], required and not (node.name == "LeftJoin" and part == "p2"))


def list_predicates(path: object) -> Iterator[str]:
    """List the predicates that occur in a path, or the one that a pattern has."""
    if isinstance(path, SequencePath | AlternativePath):
        for part in path.args:
            yield from list_predicates(part)
    elif isinstance(path, MulPath):
        yield from list_predicates(path.path)
    else:
        yield str(path)


def solve(question: Question, terms: Mapping[str, Term], patterns: list[Pattern], store: Store) -> list[dict[str, str]]:
    """Solve a query with every variable of its patterns told: the solutions, terms as text."""
    ends = {end for pattern in patterns for end in (pattern.subject, pattern.object)}
    variables = sorted({str(end) for end in ends if isinstance(end, rdflib.Variable)} | set(terms))
    head, _, rest = question.text.partition("SELECT")
    where = rest[rest.index("WHERE {") : rest.rindex("}") + 1]
    rows = store.query(f"{head}SELECT {' '.join(f'?{variable}' for variable in variables)} {where}", terms)
    assert isinstance(rows, QuerySolutions)
    return [{variable: to_text(row[variable]) for variable in variables} for row in rows]


def is_needed(quad: Quad, pattern: Pattern, solutions: list[dict[str, str]]) -> bool:
    """Tell whether a quad is what a pattern matches in some solution, or may be a step of its path."""
    if quad.predicate.value not in pattern.predicates:
        return False
    ends = (to_text(quad.subject), to_text(quad.object))
    asked = (pattern.subject, pattern.object)
    matched = ((row[str(end)] if isinstance(end, rdflib.Variable) else str(end) for end in asked) for row in solutions)
    return not pattern.direct or any(tuple(told) == ends for told in matched)


@pytest.mark.parametrize("question", sorted({case.question for case in CASES.values()}), ids=to_stem)
def test_an_answer_changes_with_any_triple_that_it_needs(
    question: str, fuller: Oxigraph, questions: dict[str, Question], base: Base
) -> None:
    asked, store = questions[question], Store(fuller)
    patterns = list(list_patterns(prepareQuery(asked.text).algebra))
    needed, moved = Counter[Pattern](), Counter[Pattern]()
    for given in [case.given for case in CASES.values() if case.question == question]:
        whole = ask(store, asked, given, base)
        solutions = solve(asked, bind(asked, given, base), patterns, store)
        for quad in list(fuller):
            of = [pattern for pattern in patterns if is_needed(quad, pattern, solutions)]
            if of:
                fuller.remove(quad)
                needed.update(of)
                moved.update(of if ask(store, asked, given, base) != whole else [])
                fuller.add(quad)
    assert patterns
    assert [pattern for pattern in patterns if not moved[pattern]] == []
    if "SELECT DISTINCT" not in asked.text and "GROUP BY" not in asked.text:
        strict = [pattern for pattern in patterns if pattern.required and pattern.direct]
        assert {pattern: moved[pattern] for pattern in strict} == {pattern: needed[pattern] for pattern in strict}
