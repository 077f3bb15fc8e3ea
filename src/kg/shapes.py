"""SHACL behind one function; the only module that imports rdflib and pySHACL.

pySHACL is the reference; `shacl`, the faster engine, is what a build runs. The tests prove the two
equal on every shape and on the whole dataset. Source: W3C, Shapes Constraint Language (2017).
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyshacl
import rdflib
import shacl
from pyoxigraph import RdfFormat, parse, serialize
from rdflib import BNode, Graph, Node, URIRef

from kg.errors import OutsideError, UsageError
from kg.names import RDF, RDFS, SH

FAST, REFERENCE = "shacl", "pyshacl"
ENGINES = (FAST, REFERENCE)
BLANK = "[]"
"""What stands for a blank node, whose label means nothing outside one run."""

CRITICISM = "criticism"
"""The file of rules that look for faults of a text, which is no fault of the data that record it."""


@dataclass(frozen=True, slots=True, order=True)
class Result:
    """One result of a validation: what it is about, the rule, and a sentence to act on.

    `focus` and `value` are terms as text, `value` empty where there is none; `path` is the IRI of a
    property, empty where the rule follows none or more than one; `component` and `severity` are
    local names such as MinCountConstraintComponent and Violation.
    """

    focus: str
    path: str
    component: str
    value: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a validation found, and on how many focus nodes of how many shapes it looked."""

    results: tuple[Result, ...]
    nodes: int
    shapes: int


def read_shapes(folder: Path, names: Iterable[str] = ()) -> str:
    """Join the shape files of a folder, all but that of CRITICISM, or those named, into one Turtle text."""
    held = sorted(path for path in folder.glob("*.ttl") if path.stem != CRITICISM)
    paths = [folder / f"{name}.ttl" for name in names] or held
    if not paths:
        raise OutsideError(f"{folder} holds no shapes")
    return "\n".join(path.read_text("utf-8") for path in paths)


def validate(data: str, shapes: str, engine: str = FAST) -> Report:
    """Validate Turtle against shapes in Turtle with one of ENGINES.

    A validation that finds no node to look at is an error of use, never a pass. Raises UsageError.
    """
    if engine not in ENGINES:
        raise UsageError(f"{engine!r} is no engine; use one of {', '.join(ENGINES)}")
    targets = _list_targets(shapes)
    nodes = _count_nodes(data, targets)
    if not nodes:
        raise UsageError("the shapes find nothing in the data to look at, so nothing was validated")
    results = _run_fast(data, shapes) if engine == FAST else _run_reference(data, shapes)
    return Report(tuple(sorted(set(results))), nodes, len(targets))


def _list_targets(shapes: str) -> set[str]:
    quads = parse(shapes, format=RdfFormat.TURTLE)
    return {quad.object.value for quad in quads if quad.predicate.value == f"{SH}targetClass"}


def _count_nodes(data: str, targets: set[str]) -> int:
    """Count the instances of the targets, and of what the data declares to be their subclasses."""
    members: dict[str, set[str]] = defaultdict(set)
    below: dict[str, set[str]] = defaultdict(set)
    for quad in parse(data, format=RdfFormat.TURTLE):
        if quad.predicate.value == f"{RDF}type":
            members[str(quad.object)].add(str(quad.subject))
        elif quad.predicate.value == f"{RDFS}subClassOf":
            below[str(quad.object)].add(str(quad.subject))
    reached: set[str] = set()
    ahead = [f"<{target}>" for target in targets]
    while ahead:
        if (name := ahead.pop()) not in reached:
            reached.add(name)
            ahead += below[name]
    return len(set().union(*(members[name] for name in reached)))


def _run_fast(data: str, shapes: str) -> list[Result]:
    report = shacl.Shapes.from_turtle(shapes).validate_turtle(data)
    return [
        Result(
            focus=_plain(result.focus_node),
            path=_plain(result.path or ""),
            component=result.component,
            value=BLANK if (result.value or "").startswith("_:") else result.value_plain or "",
            severity=result.severity,
            message=result.message or "",
        )
        for result in report.results
    ]


def _run_reference(data: str, shapes: str) -> list[Result]:
    graph, rules = _read_graph(data), _read_graph(shapes)
    _, report, _ = pyshacl.validate(graph, shacl_graph=rules, inference="none", advanced=False)

    def told(node: Node, name: str) -> str:
        value = report.value(node, URIRef(f"{SH}{name}"))
        return "" if value is None else BLANK if isinstance(value, BNode) else str(value)

    return [
        Result(
            focus=told(node, "focusNode"),
            path=told(node, "resultPath").removeprefix(BLANK),
            component=_local_name(told(node, "sourceConstraintComponent")),
            value=told(node, "value"),
            severity=_local_name(told(node, "resultSeverity")),
            message=told(node, "resultMessage"),
        )
        for node in report.subjects(URIRef(f"{RDF}type"), URIRef(f"{SH}ValidationResult"))
    ]


def _read_graph(turtle: str) -> Graph:
    """Read Turtle for rdflib with literals as they are written.

    rdflib would make 7 of 007: when it reads numbers in Turtle, which is why they come as N-Triples,
    and whenever its switch is on, which pySHACL leaves so.
    """
    rdflib.NORMALIZE_LITERALS = False
    triples = serialize(parse(turtle, format=RdfFormat.TURTLE), format=RdfFormat.N_TRIPLES)
    return Graph().parse(data=triples or b"", format="nt")


def _plain(term: str) -> str:
    """Give the IRI of a term in N-Triples; that of a path of more than one property is empty."""
    if term.startswith("_:"):
        return BLANK
    return term[1:-1] if re.fullmatch("<[^>]*>", term) else ""


def _local_name(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1]
