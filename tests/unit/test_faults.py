"""Every rule against made cases, and the rules asked at once against pySHACL, which asks them node by node.

A case is a table of claims in tests/criticism/faults/cases, named after the shape that it tries. A
claim with a message is one that the shape must find, in these words; no shape may find another one
of its text. The entities are those of things.csv, the voices those of voices.csv: the author (001),
one who is only passed on (002), one whom the author endorses (003), one who spoke on 1 June 1805
(004), and one who denies what was passed on (005).
"""

import csv
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from conftest import TESTS
from made import Row, Tables, claim, complete, copy_dataset, read_rows, text, write_rows
from pyoxigraph import BlankNode, RdfFormat, parse
from rdflib import PROV, RDF, RDFS, SH, Graph, Literal, Namespace, URIRef
from rdflib.plugins.sparql import processor
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.sparql import Query

from kg.checks import TABLE_OF, read_corpus
from kg.errors import UsageError
from kg.faults import Fault, Faults, find_faults, write_faults
from kg.graph import CONCEPTS, ENTITIES, render
from kg.layout import find_folder
from kg.model import Corpus
from kg.names import Base
from kg.shapes import CRITICISM, read_shapes
from kg.store import Store, load_graphs

FOLDER = TESTS / "criticism" / "faults"
CASES = sorted(path.stem for path in (FOLDER / "cases").glob("*.csv"))
SHAPES = read_shapes(find_folder("shapes"), [CRITICISM])
SHAPE = Namespace("https://w3id.org/kg-claims/shape/")
ALONE = ("share-above-one", "weekday-against-date", "lasted-against-dates", "told-before-it-happened")
"""The rules that can find a claim at fault with itself or with its voice alone."""

Finding = tuple[str, str]
"""What a rule finds: the assertion, and the message."""


def read_table(path: Path) -> list[Row]:
    """Read a small table; an empty cell is left out."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(file)]


def read_case(case: str) -> list[Row]:
    """Read the claims of a case, each a line after the one before unless it says where it starts."""
    rows = []
    for number, row in enumerate(read_table(FOLDER / "cases" / f"{case}.csv"), 1):
        start = int(row.get("start", 40 * number))
        span = {"start": start, "end": start + 20, "norm_start": start, "norm_end": start + 20}
        rows.append(claim(number, **row | {name: str(place) for name, place in span.items()}))
    return rows


def list_tables(data: Path) -> Tables:
    """Give the tables of a dataset that has each case as a text of its own."""
    tables = read_rows(data)
    for thing in read_table(FOLDER / "things.csv"):
        kind = thing.pop("kind")
        if kind == "concept":
            scheme, _, name = thing["id"].partition("/")
            tables["concepts"].append({"scheme": scheme, "id": name, "label": thing["label"]})
        else:
            sort = {"kind": thing.pop("sort")} if "sort" in thing else {}
            tables[TABLE_OF[kind]].append(thing | sort)
    tables["texts"] += [text(case, "chronicle", calendar="gregorian") for case in CASES]
    tables |= {f"chains/{case}": read_table(FOLDER / "voices.csv") for case in CASES}
    claims = {
        case: [{name: row[name] for name in row if name != "message"} for row in read_case(case)] for case in CASES
    }
    return complete(tables | {f"assertions/{case}": rows for case, rows in claims.items()})


def name_shape(case: str) -> str:
    """Give the IRI of the shape that a case is for."""
    return f"{SHAPE}{case.title().replace('-', '')}Shape"


def mint_focus(corpus: Corpus, case: str, row: Row) -> str:
    """Give the IRI of a claim of a case."""
    return corpus.settings.base.mint(f"assertion/{case}/{row['id']}")


def list_findings(faults: Faults, shape: str) -> set[Finding]:
    """Give what one shape found."""
    return {(fault.focus, fault.message) for fault in faults.results if fault.shape == shape}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Give all cases as one dataset, through files and checks."""
    data = copy_dataset(tmp_path_factory.mktemp("cases"))
    return read_corpus(write_rows(data, list_tables(data)), find_folder("ontology"))


@pytest.fixture(scope="module")
def graphs(cases: Corpus) -> dict[str, str]:
    """Give the graphs of the cases as Turtle, by name."""
    return {document.name: document.turtle for document in render(cases)}


@pytest.fixture(scope="module")
def found(cases: Corpus, graphs: dict[str, str]) -> Faults:
    """Give what all rules find in all cases."""
    return find_faults(load(cases, graphs), SHAPES)


@pytest.fixture(scope="module")
def small(corpus: Corpus) -> dict[str, str]:
    """Give the graphs of the small dataset as Turtle, by name."""
    return {document.name: document.turtle for document in render(corpus)}


def load(corpus: Corpus, graphs: dict[str, str]) -> Store:
    """Load graphs under their names."""
    return load_graphs({corpus.settings.base.graph(name): turtle.encode() for name, turtle in graphs.items()})


@cache
def prepare(query: str) -> Query:
    """Read a query for rdflib once; it would read it again for every node."""
    return translateQuery(parseQuery(query))


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rdflib keep the queries that it has read, which changes nothing but the time."""
    monkeypatch.setattr(processor, "parseQuery", lambda query: query)
    monkeypatch.setattr(processor, "translateQuery", lambda query, *_: prepare(query))


def ask_reference(turtle: str, shape: str) -> set[Finding]:
    """Validate by one shape with pySHACL."""
    rules = Graph().parse(data=SHAPES, format="turtle")
    data = Graph().parse(data=turtle, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=rules, use_shapes=[shape], inference="none")
    assert isinstance(report, Graph)
    results = list(report.subjects(RDF.type, SH.ValidationResult))
    assert {report.value(result, SH.resultSeverity) for result in results} <= {SH.Warning}
    return {(str(report.value(r, SH.focusNode)), str(report.value(r, SH.resultMessage))) for r in results}


def list_shapes() -> list[str]:
    """List the IRIs of the shapes."""
    return sorted(str(shape) for shape in Graph().parse(data=SHAPES, format="turtle").subjects(RDF.type, SH.NodeShape))


def test_every_shape_has_a_case_of_its_name() -> None:
    assert len(CASES) >= 28
    assert sorted(map(name_shape, CASES)) == list_shapes()


@pytest.mark.parametrize("case", CASES)
def test_a_case_has_claims_that_are_faults_and_claims_that_are_none(case: str) -> None:
    told = [bool(row.get("message")) for row in read_case(case)]
    assert any(told)
    assert not all(told)


@pytest.mark.parametrize("case", CASES)
def test_a_rule_finds_the_faults_of_its_case_and_no_rule_finds_another(cases: Corpus, found: Faults, case: str) -> None:
    base = cases.settings.base.mint(f"assertion/{case}/")
    told = {(mint_focus(cases, case, row), row["message"]) for row in read_case(case) if "message" in row}
    assert {(f.focus, f.message) for f in found.results if f.focus.startswith(base)} == told
    assert list_findings(found, name_shape(case)) == told


@pytest.mark.parametrize("case", CASES)
@pytest.mark.usefixtures("prepared")
def test_a_rule_finds_the_same_when_pyshacl_asks_it(graphs: dict[str, str], found: Faults, case: str) -> None:
    told = ask_reference("\n".join(graphs[name] for name in (ENTITIES, CONCEPTS, case)), name_shape(case))
    assert told
    assert told == list_findings(found, name_shape(case))


@pytest.mark.parametrize("shape", list_shapes())
@pytest.mark.usefixtures("prepared")
def test_pyshacl_and_the_store_tell_the_same_of_the_small_dataset(small: dict[str, str], shape: str) -> None:
    faults = find_faults(load_graphs({f"https://example.org/{name}": small[name].encode() for name in small}), SHAPES)
    assert faults.assertions > 30
    assert ask_reference("\n".join(small.values()), shape) == list_findings(faults, shape)


def test_a_finding_rests_on_the_claims_that_the_arithmetic_names(cases: Corpus, found: Faults) -> None:
    mint = cases.settings.base.mint
    (fault,) = (f for f in found.results if f.focus == mint("assertion/parts-above-whole/0001"))
    assert fault.claims == tuple(mint(f"assertion/parts-above-whole/{n}") for n in ("0002", "0004", "0005"))
    assert fault.severity == str(SH.Warning)
    assert all(f.focus not in f.claims for f in found.results)
    alone = {fault.shape for fault in found.results if not fault.claims}
    assert alone == {name_shape(case) for case in ALONE}


def test_faults_tell_how_much_was_looked_at(found: Faults) -> None:
    assert found.assertions == sum(len(read_case(case)) for case in CASES) + 32
    assert found.rules == len(CASES)


def test_a_search_that_looks_at_nothing_is_refused(corpus: Corpus, small: dict[str, str]) -> None:
    for graphs, shapes in (({}, SHAPES), (small, "")):
        with pytest.raises(UsageError, match="nothing was searched"):
            find_faults(load(corpus, graphs), shapes)


def test_what_is_no_node_of_the_target_is_not_found(corpus: Corpus, small: dict[str, str]) -> None:
    rule = """
    @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix kg: <https://w3id.org/kg-claims/ontology#> .
    <https://example.org/s> sh:targetClass kg:Voice ; sh:severity sh:Info ; sh:sparql <https://example.org/q> .
    <https://example.org/q> sh:message "{$this}: {?one} {?other}" ;
        sh:select "SELECT $this ?one ('' AS ?claims) WHERE { $this a ?one }" .
    """
    faults = find_faults(load(corpus, small), rule)
    assert {fault.message.rpartition("/")[2] for fault in faults.results} == {"ontology#Voice {?other}"}
    assert len(faults.results) == faults.assertions


def test_a_report_is_read_back_as_shacl_with_a_name_for_every_result(cases: Corpus, found: Faults) -> None:
    base = cases.settings.base
    turtle = write_faults(found, base)
    assert not [quad for quad in parse(turtle, format=RdfFormat.TURTLE) if isinstance(quad.subject, BlankNode)]
    graph = Graph().parse(data=turtle, format="turtle")
    report = graph.value(None, RDF.type, SH.ValidationReport)
    assert graph.value(report, SH.conforms) == Literal(False)
    results = list(graph.objects(report, SH.result))
    assert len(results) == len(found.results)
    told = {(str(graph.value(r, SH.focusNode)), str(graph.value(r, SH.resultMessage))) for r in results}
    assert told == {(fault.focus, fault.message) for fault in found.results}
    result = URIRef(base.mint("fault/WeekdayAgainstDate/weekday-against-date/0001"))
    assert graph.value(result, SH.sourceShape) == SHAPE.WeekdayAgainstDateShape
    assert graph.value(result, SH.sourceConstraint) == SHAPE["WeekdayAgainstDateShape-query"]
    assert graph.value(result, PROV.wasDerivedFrom) == URIRef(base.mint("assertion/weekday-against-date/0001"))


FOCUS = "https://example.org/veldhaven/assertion/chronicle/0001"


def make_fault(message: str, focus: str = FOCUS) -> Fault:
    """Make a finding about a claim."""
    return Fault(name_shape("two-dates"), focus, (), message, str(SH.Warning), f"{SHAPE}TwoDatesShape-query")


def test_a_second_result_of_a_shape_about_a_claim_has_a_number_and_words_are_kept_as_they_are() -> None:
    words = ('a "quoted"\\ word', "two\nlines of 1 < 2 … ☃")
    turtle = write_faults(Faults(tuple(map(make_fault, words)), 1, 1), Base("https://example.org/veldhaven/"))
    told = {str(one): str(word) for one, word in Graph().parse(data=turtle).subject_objects(SH.resultMessage)}
    name = "https://example.org/veldhaven/fault/TwoDates/chronicle/0001"
    assert told == {name: words[0], f"{name}-2": words[1]}


def test_a_report_without_a_result_conforms() -> None:
    graph = Graph().parse(data=write_faults(Faults((), 1, 1), Base("https://example.org/veldhaven/")))
    assert [str(value) for value in graph.objects(None, SH.conforms)] == ["true"]


def test_a_fault_of_another_dataset_is_refused() -> None:
    faults = Faults((make_fault("A message.", "https://example.org/elsewhere/1"),), 1, 1)
    with pytest.raises(UsageError, match="is not of the dataset"):
        write_faults(faults, Base("https://example.org/veldhaven/"))


def test_every_rule_says_what_it_claims_and_warns() -> None:
    graph = Graph().parse(data=SHAPES, format="turtle")
    shapes = set(graph.subjects(RDF.type, SH.NodeShape))
    assert {graph.value(shape, SH.severity) for shape in shapes} == {SH.Warning}
    for shape in shapes:
        assert len(str(graph.value(shape, RDFS.comment))) > 60
        assert graph.value(shape, SH.sparql) == URIRef(f"{shape}-query")
        assert graph.value(graph.value(shape, SH.sparql), SH.prefixes) == SHAPE.criticism


def test_what_is_found_in_the_shipped_texts_was_judged_by_a_reader_and_is_real(shipped: Corpus) -> None:
    documents = {document.name: document.turtle for document in render(shipped)}
    faults = find_faults(load(shipped, documents), SHAPES)
    judged = {(row["shape"], row["assertion"]): row["real"] for row in read_table(FOLDER / "of-the-texts.csv")}
    told = {
        (f.shape.removeprefix(SHAPE).removesuffix("Shape"), f.focus.partition("/assertion/")[2]) for f in faults.results
    }
    assert told == set(judged), "judge what is new in of-the-texts.csv, and take out what is gone"
    assert list(judged.values()).count("yes") >= 0.95 * len(judged)
