"""Faults that one text has within itself: sums, shares, ages, dates and places that cannot all be so.

The rules are SHACL-SPARQL constraints of shapes/criticism.ttl. A validator asks such a constraint
once for each node; here each SELECT is asked once of the whole store, with `$this` unbound, which
finds the same and is faster by orders of magnitude. By convention a SELECT binds `?claims`: the
IRIs, with spaces between, of the other assertions on which a finding rests.
Source: W3C, Shapes Constraint Language (2017), 5, SPARQL-based Constraints.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Triple, serialize

from kg.errors import UsageError
from kg.names import PROV, RDF, SH, VOCABULARIES, Base
from kg.store import Store, load_graphs

FAULTS = "faults"
"""The name of the graph that holds what was found."""

_RULES = """
SELECT ?shape ?constraint ?target ?select ?message ?severity WHERE {
    ?shape sh:targetClass ?target ; sh:severity ?severity ; sh:sparql ?constraint .
    ?constraint sh:select ?select ; sh:message ?message .
}"""
_PREFIXES = """
SELECT DISTINCT ?constraint ?prefix ?namespace WHERE {
    ?constraint sh:prefixes/sh:declare ?declared .
    ?declared sh:prefix ?prefix ; sh:namespace ?namespace .
}"""

Row = dict[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A finding: the shape and its constraint, the assertion it is about, and the arithmetic in words.

    `claims` are the other assertions on which it rests. All but the message are IRIs.
    """

    shape: str
    focus: str
    claims: tuple[str, ...]
    message: str
    severity: str
    constraint: str


@dataclass(frozen=True, slots=True)
class Faults:
    """What was found, by how many rules, and at how many assertions they looked."""

    results: tuple[Fault, ...]
    rules: int
    assertions: int


def find_faults(store: Store, shapes: str) -> Faults:
    """Ask every SPARQL constraint of shapes in Turtle, once, of all graphs of a store together.

    A search without a rule or without an assertion to look at is an error of use, never a pass.
    Raises UsageError.
    """
    rules = _read_rules(shapes)
    targets = {rule["target"] for rule in rules}
    nodes = {target: _list_nodes(store, target) for target in targets}
    looked = len(set().union(*nodes.values()))
    if not looked:
        raise UsageError("the rules find no assertion to look at, so nothing was searched for faults")
    results = {fault for rule in rules for fault in _ask(store, rule) if fault.focus in nodes[rule["target"]]}
    return Faults(tuple(sorted(results)), len(rules), looked)


def write_faults(faults: Faults, base: Base) -> str:
    """Write what was found as a SHACL validation report in Turtle: IRIs under `base`, no blank node.

    A result is named after its shape and the assertion that it is about, and was derived from all
    assertions on which it rests. Raises UsageError where an assertion is not of the dataset.
    """
    known = {prefix: VOCABULARIES[prefix] for prefix in ("prov", "sh", "xsd")}
    return (serialize(_report(faults, base), format=RdfFormat.TURTLE, prefixes=known) or b"").decode()


def _read_rules(shapes: str) -> list[Row]:
    """Read the constraints, each with its shape's target and severity, and its query with prefixes."""
    graph = load_graphs({f"{SH}shapesGraph": shapes.encode()})
    declared = _list_rows(graph, f"PREFIX sh: <{SH}>{_PREFIXES}")
    return [
        rule
        | {
            "query": "".join(
                f"PREFIX {row['prefix']}: <{row['namespace']}>\n"
                for row in declared
                if row["constraint"] == rule["constraint"]
            )
            + rule["select"]
        }
        for rule in _list_rows(graph, f"PREFIX sh: <{SH}>{_RULES}")
    ]


def _list_nodes(store: Store, target: str) -> set[str]:
    return {row["node"] for row in _list_rows(store, f"SELECT ?node WHERE {{ ?node a <{target}> }}")}


def _ask(store: Store, rule: Row) -> Iterator[Fault]:
    for row in _list_rows(store, rule["query"]):
        claims = tuple(sorted(set(row["claims"].split()) - {row["this"]}))
        yield Fault(
            rule["shape"], row["this"], claims, _fill(rule["message"], row), rule["severity"], rule["constraint"]
        )


def _fill(message: str, row: Row) -> str:
    """Put what a solution binds in the place of `{?name}` or `{$name}`."""
    return re.sub(r"\{[?$](\w+)\}", lambda found: row.get(found[1], found[0]), message)


def _list_rows(store: Store, query: str) -> list[Row]:
    """List the solutions of a SELECT over all graphs: name to the text of the term, where there is one."""
    found = cast(QuerySolutions, store.query(query, union=True))
    names = [variable.value for variable in found.variables]
    return [{name: row[name].value for name in names if row[name] is not None} for row in found]


def _report(faults: Faults, base: Base) -> Iterator[Triple]:
    report = NamedNode(base.mint("fault/report"))
    yield Triple(report, NamedNode(f"{RDF}type"), NamedNode(f"{SH}ValidationReport"))
    yield Triple(report, NamedNode(f"{SH}conforms"), Literal(not faults.results))
    named = list(_name(faults, base))
    for result, _ in named:
        yield Triple(report, NamedNode(f"{SH}result"), result)
    for result, fault in named:
        yield from _describe(result, fault)


def _name(faults: Faults, base: Base) -> Iterator[tuple[NamedNode, Fault]]:
    """Name each result, a second one of a shape about the same assertion with a number."""
    seen: Counter[str] = Counter()
    for fault in faults.results:
        reference = base.reference(fault.focus)
        if reference is None:
            raise UsageError(f"{fault.focus} is not of the dataset {base.iri}, so no result about it can be named")
        shape = fault.shape.rpartition("/")[2].removesuffix("Shape")
        name = f"fault/{shape}/{reference.removeprefix('assertion/')}"
        seen[name] += 1
        yield NamedNode(base.mint(name if seen[name] == 1 else f"{name}-{seen[name]}")), fault


def _describe(result: NamedNode, fault: Fault) -> Iterator[Triple]:
    told: list[tuple[str, NamedNode | Literal]] = [
        (f"{RDF}type", NamedNode(f"{SH}ValidationResult")),
        (f"{SH}focusNode", NamedNode(fault.focus)),
        (f"{SH}resultMessage", Literal(fault.message)),
        (f"{SH}resultSeverity", NamedNode(fault.severity)),
        (f"{SH}sourceShape", NamedNode(fault.shape)),
        (f"{SH}sourceConstraint", NamedNode(fault.constraint)),
        (f"{SH}sourceConstraintComponent", NamedNode(f"{SH}SPARQLConstraintComponent")),
        *((f"{PROV}wasDerivedFrom", NamedNode(claim)) for claim in (fault.focus, *fault.claims)),
    ]
    yield from (Triple(result, NamedNode(predicate), term) for predicate, term in told)
