"""Both engines against the W3C test suite of SHACL core (data-shapes-test-suite, core)."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyshacl
import pytest
import shacl
from rdflib import RDF, SH, Graph, Namespace, Node

from kg.shapes import ENGINES, FAST, REFERENCE

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
CASES = 98
"""How many cases the suite has, so that none is lost on the way."""

EXPECTED_FAILURES: dict[str, dict[str, str]] = {FAST: {}, REFERENCE: {}}
"""The cases that an engine fails, each with the reason; at present there are none."""


class Outcome(NamedTuple):
    """What a validation gives: whether the data conform, and how many results of each component."""

    conforms: bool
    results: Counter[str]


class Case(NamedTuple):
    """A case of the suite: its name, its two graphs, and what is expected."""

    name: str
    data: Path
    shapes: Path
    expected: Outcome


def read_graph(path: Path) -> Graph:
    """Read a file of the suite under its own address."""
    return Graph().parse(path, format="turtle", publicID=path.as_uri())


def list_cases(manifest: Path) -> Iterator[Case]:
    """Follow a manifest to the cases that it includes."""
    graph = read_graph(manifest)
    for included in graph.objects(None, MF.include):
        yield from list_cases(to_path(included))
    for entry in graph.subjects(RDF.type, SHT.Validate):
        action, result = graph.value(entry, MF.action), graph.value(entry, MF.result)
        data, shapes = graph.value(action, SHT.dataGraph), graph.value(action, SHT.shapesGraph)
        name = f"{manifest.parent.name}/{manifest.stem}"
        yield Case(name, to_path(data), to_path(shapes), read_report(graph, result))


def to_path(address: Node | None) -> Path:
    """Give the file at an address."""
    return Path(str(address).removeprefix("file://"))


def read_report(graph: Graph, report: Node | None) -> Outcome:
    """Read a validation report."""
    results = graph.objects(report, SH.result)
    components = [str(graph.value(result, SH.sourceConstraintComponent)) for result in results]
    conforms = graph.value(report, SH.conforms)
    return Outcome(str(conforms) == "true", Counter(components))


def run_fast(case: Case) -> Outcome:
    """Validate with the engine of builds."""
    shapes = shacl.Shapes.from_text(case.shapes.read_text("utf-8"), base=case.shapes.as_uri())
    report = shapes.validate_text(case.data.read_text("utf-8"), base=case.data.as_uri())
    return Outcome(report.conforms, Counter(result.component_iri for result in report.results))


def run_reference(case: Case) -> Outcome:
    """Validate with pySHACL, which reads the files itself."""
    data, shapes = str(case.data), str(case.shapes)
    _, report, _ = pyshacl.validate(
        data, shacl_graph=shapes, data_graph_format="turtle", shacl_graph_format="turtle", inference="none"
    )
    return read_report(report, report.value(None, RDF.type, SH.ValidationReport))


@pytest.mark.filterwarnings("ignore:Parsing weird boolean:UserWarning")  # a case has one that is no boolean
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # pySHACL reads with what rdflib is giving up
@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_passes_the_suite_but_for_the_failures_that_are_explained(engine: str, conformance: Path) -> None:
    cases = list(list_cases(conformance / "shacl" / "core" / "manifest.ttl"))
    run = {FAST: run_fast, REFERENCE: run_reference}[engine]
    assert len(cases) == CASES
    assert {case.name for case in cases if run(case) != case.expected} == set(EXPECTED_FAILURES[engine])


def test_the_suite_expects_both_data_that_conform_and_data_that_do_not(conformance: Path) -> None:
    expected = [case.expected for case in list_cases(conformance / "shacl" / "core" / "manifest.ttl")]
    assert {outcome.conforms for outcome in expected} == {True, False}
    assert sum(outcome.results.total() for outcome in expected) > 200
