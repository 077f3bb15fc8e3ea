"""Hostile queries: each known way to kill, stall, fill or misuse an engine, in many sizes and disguises."""

from collections.abc import Callable, Iterator

TARGET = "<http://127.0.0.1:{port}/>"
"""Where a call goes that gets out; a test listens there."""

_NESTED: dict[str, Callable[[int], str]] = {
    "braces": lambda n: f"SELECT * {'{' * n}{'}' * n}",
    "parentheses": lambda n: f"SELECT * {{ FILTER({'(' * n}1{')' * n}) }}",
    "lists": lambda n: f"SELECT * {{ ?s ?p {'(' * n}{')' * n} }}",
    "nodes": lambda n: f"SELECT * {{ ?s ?p {'[<a:b> ' * n}1{']' * n} }}",
    "paths": lambda n: f"SELECT * {{ ?s {'(' * n}<a:b>{')*' * n} ?o }}",
    "exists": lambda n: f"SELECT * {{ {'FILTER EXISTS {' * n}{'}' * n} }}",
    "selects": lambda n: f"SELECT * {{ {'{ SELECT * {' * n}{'} }' * n} }}",
    "graphs": lambda n: f"SELECT * {{ {'GRAPH ?g {' * n}{'}' * n} }}",
    "optionals": lambda n: f"SELECT * {{ {'OPTIONAL {' * n}{'}' * n} }}",
    "unclosed": lambda n: f"ASK {'{' * n}",
    "conditions": lambda n: f"SELECT * {{ FILTER({'IF(1,1,' * n}1{')' * n}) }}",
    "triples": lambda n: f"SELECT * {{ ?s ?p {'<<( <a:b> <a:b> ' * n}1{' )>>' * n} }}",
}
_REPEATED: dict[str, Callable[[int], str]] = {
    "nots": lambda n: f"SELECT * {{ FILTER({'!' * n}1) }}",
    "ors": lambda n: f"SELECT * {{ FILTER({'1||' * n}1) }}",
    "ands": lambda n: f"SELECT * {{ FILTER({'1&&' * n}1) }}",
    "sums": lambda n: f"SELECT * {{ FILTER({'1+' * n}1) }}",
    "unions": lambda n: f"SELECT * {{ {'{} UNION ' * n}{{}} }}",
    "options": lambda n: f"SELECT * {{ {'OPTIONAL {} ' * n} }}",
    "minuses": lambda n: f"SELECT * {{ {'MINUS {} ' * n} }}",
    "filters": lambda n: f"SELECT * {{ {'FILTER(1) ' * n} }}",
    "steps": lambda n: f"SELECT * {{ ?s {'<a:b>/' * n}<a:b> ?o }}",
    "branches": lambda n: f"SELECT * {{ ?s {'<a:b>|' * n}<a:b> ?o }}",
    "joins": lambda n: f"SELECT * {{ {' '.join(f'?a{i} ?b{i} ?c{i} .' for i in range(n))} }}",
    "binds": lambda n: f"SELECT * {{ {' '.join(f'BIND(1 AS ?b{i})' for i in range(n))} }}",
    "columns": lambda n: f"SELECT {' '.join(f'(1 AS ?b{i})' for i in range(n))} {{}}",
    "objects": lambda n: f"SELECT * {{ ?s ?p {'1,' * n} 1 }}",
    "predicates": lambda n: f"SELECT * {{ ?s {'<a:b> 1;' * n} }}",
    "values": lambda n: f"SELECT * {{ VALUES ?x {{ {'1 ' * n} }} }}",
    "quotes": lambda n: f"ASK {{ ?s ?p {chr(34) * n} }}",
    "angles": lambda n: f"ASK {{ ?s ?p {'<' * n} }}",
    "dots": lambda n: f"ASK {{ ?s ?p {'a.b' * n} }}",
    "noise": lambda n: "ASK { " + "".join(chr(33 + (i * i * 7 + i * 13) % 94) for i in range(n)),
}
_HEAVY = (
    "SELECT * { GRAPH ?g { ?a ?b ?c . ?d ?e ?f . ?h ?i ?j . ?k ?l ?m } }",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?x ?y ?z } }",
    "SELECT DISTINCT ?c ?f { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?x ?y ?z } }",
    "SELECT * { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } } ORDER BY ?c ?f",
    "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?x) { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } }",
    "CONSTRUCT { ?a ?e ?f } { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?x ?y ?z } }",
    "SELECT * { GRAPH ?g { ?a (!<a:b>|!^<a:b>)* ?b . ?b (!<a:b>|!^<a:b>)* ?c } }",
    "ASK { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?x ?y ?z } FILTER(STRLEN(STR(?c)) = -1) }",
)
_CALLS = (
    "SELECT * {{ SERVICE {t} {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT {t} {{ ?s ?p ?o }} }}",
    "SELECT * {{ service{t}{{}} }}",
    "PREFIX : {t} SELECT * {{ SERVICE: {{}} }}",
    "PREFIX : {t} SELECT * {{ SERVICESILENT: {{}} }}",
    "PREFIX service: {t} SELECT * {{ SERVICE service: {{}} }}",
    "PREFIX : {t} PREFIX service: {t} SELECT * {{ service:#x\n{{}} }}",
    "SELECT * {{ VALUES ?x {{1}}SERVICE{t}{{}} }}",
    "SELECT * {{ BIND({t} AS ?t) SERVICE ?t {{}} }}",
    "SELECT * {{ BIND(1 AS ?a) BIND(2 AS ?b) FILTER(?a<?b#> '''\n) SERVICE {t} {{}} #'''\n}}",
    'SELECT * {{ # """\n SERVICE {t} {{}} #"""\n}}',
    "SELECT * {{ \\u0053ERVICE {t} {{}} }}",
    'SELECT * {{ ?s ?p "\\u0022 }} SERVICE {t} {{}}',
    "SELECT * {{ {{ SELECT * {{ SERVICE {t} {{}} }} }} }}",
    "SELECT * {{ OPTIONAL {{ SERVICE {t} {{}} }} }}",
    "ASK {{ FILTER EXISTS {{ SERVICE {t} {{}} }} }}",
    "LOAD {t}",
    "LOAD SILENT {t} INTO GRAPH <urn:g>",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE {t} {{ ?s ?p ?o }} }}",
    "ASK {{}} ; LOAD {t}",
    "SELECT * FROM {t} {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED {t} {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "DESCRIBE {t}",
    "SELECT * FROM <file:///etc/passwd> {{ ?s ?p ?o }}",
    "DROP ALL",
    "DELETE WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
)


def list_calls(port: int) -> list[str]:
    """List queries that would connect to a port of this machine, or write, were they let."""
    target = TARGET.format(port=port)
    return [call.format(t=target) for call in _CALLS]


def list_floods() -> list[str]:
    """List queries whose answer or work has no end."""
    doubled = " ".join(f"BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(40))
    return [*_HEAVY, f"SELECT * {{ BIND('xxxxxxxxxxxxxxxx' AS ?v0) {doubled} }}"]


def list_hostile(port: int) -> Iterator[str]:
    """List some five hundred hostile queries."""
    for make in _NESTED.values():
        yield from (
            make(depth)
            for depth in (10, 50, 100, 127, 128, 129, 140, 200, 300, 400, 1_000, 2_500, 5_000, 10_000, 20_000)
        )
    for make in _REPEATED.values():
        yield from (make(count) for count in (100, 300, 700, 1_500, 3_000, 7_000, 12_000, 20_000, 40_000))
    calls = list_calls(port)
    for call in calls:
        yield from (call, call.lower() if "\\u" not in call else f" {call}", f"# x\n{call}", call.replace(" ", "\n\t"))
        yield f"PREFIX x: <urn:x#> {call}"
    yield from list_floods()
    yield from (
        "",
        " ",
        "\x00",
        "ASK",
        "﻿ASK {}",
        "SELECT ?x WHERE { ?x ?y ?z } ; DROP ALL",
        "ASK {} ASK {}",
        "🙂" * 1000,
    )
