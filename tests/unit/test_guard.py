"""What is refused before the engine sees it, and what only looks like it."""

import time
from contextlib import suppress

import pytest
from hostile import list_calls

from kg.errors import UsageError
from kg.guard import DEEPEST, LONGEST, ForbiddenError, TooLongError, read_query, refuse_unsafe
from kg.queries import ask_freely
from kg.store import load_graphs

LEGAL = [
    'SELECT * { ?s ?p "SERVICE <x> {}" }',
    "SELECT * { ?s ?p '''a\nSERVICE <x> {\n''' }",
    "SELECT * { ?s ?p 'it\\'s SERVICE <x> {}' }",
    "# SERVICE <x> {\nASK {}",
    "SELECT ?service $SERVICE { ?service ?p $SERVICE }",
    "PREFIX service: <http://x#> SELECT * { ?s service:x service:y . service:z ?p ?o }",
    "PREFIX service: <http://x#> SELECT * { GRAPH service:x { ?s ?p ?o } }",
    "PREFIX service: <http://x#> SELECT * FROM NAMED service:x { ?s ?p ?o }",
    "PREFIX service: <http://x/> SELECT * FROM # a remark\n service:x { ?s ?p ?o }",
    "ASK { <http://x/SERVICE> <http://www.w3.org/ns/sparql-service-description#x> ?o }",
    "PREFIX load: <http://x> PREFIX insert: <http://y> ASK { load:drop insert:clear ?o }",
    'ASK { ?s ?p "x"@service }',
    "ASK { ?s ?p _:service }",
    "ASK { ?s ?p ?o FILTER(?o < 3 && ?o > 1) } # SERVICE <x> {}",
    "BASE <http://x/> PREFIX : <y#> DESCRIBE :secretService",
    "ASK { ?s <http://x#load> 'DROP ALL' }",
]
UPDATES = [
    "INSERT DATA { <a:b> <a:b> 1 }",
    "insert data {}",
    "PREFIX a: <urn:> # remark\nDELETE WHERE { ?s ?p ?o }",
    "LOAD <http://x/>",
    "LOAD SILENT <http://x/> INTO GRAPH <urn:g>",
    "CLEAR ALL",
    "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "BASE <urn:> CREATE GRAPH <g>",
    "COPY <urn:a> TO <urn:b>",
]
SLOW = [
    "{" * 99_999,
    '"' * 99_999,
    "<" * 99_999,
    "<'>" * 33_000,
    ".".join("ab" * 33_000),
    '"""\\"' * 19_000 + " SERVICE",
    "<'''\\'>" * 14_000 + "SERVICE",
    "<a#><b'>" * 12_000 + "\n?service",
    ("a" + "." * 300) * 300,
    "a:" + "." * 90_000,
    "\\u0053" * 16_000,
]


@pytest.mark.parametrize("text", LEGAL)
def test_what_only_looks_like_a_call_or_an_update_is_let_through(text: str) -> None:
    refuse_unsafe(text)


@pytest.mark.parametrize("text", [call for call in list_calls(9) if "SERVICE" in call.upper()])
def test_every_disguise_of_a_call_is_refused(text: str) -> None:
    with pytest.raises(ForbiddenError, match="SERVICE is not answered here"):
        refuse_unsafe(text)


def test_a_call_written_with_escapes_is_refused() -> None:
    with pytest.raises(ForbiddenError):
        refuse_unsafe("ASK { \\u0053ERV\\U00000049CE <urn:x> {} }")
    with pytest.raises(ForbiddenError):
        refuse_unsafe('ASK { ?s ?p "\\u0022 . SERVICE <urn:x> {} #" }')


@pytest.mark.parametrize("text", UPDATES)
def test_an_update_is_refused_as_what_it_is(text: str) -> None:
    with pytest.raises(ForbiddenError, match="updates are refused"):
        refuse_unsafe(text)


def test_depth_is_counted_over_all_brackets_and_not_in_texts() -> None:
    def nest(depth: int) -> str:
        return f"ASK {{ ?s ?p {'([' * (depth // 2)} {'])' * (depth // 2)} '{'{' * 999}' }}"

    refuse_unsafe(nest(DEEPEST - 2))
    with pytest.raises(UsageError, match=f"deeper than {DEEPEST} levels"):
        refuse_unsafe(nest(DEEPEST))


def test_length_is_counted_in_bytes() -> None:
    refuse_unsafe("#" + "x" * (LONGEST - 1))
    for text in ("#" + "x" * LONGEST, "#" + "ж" * (LONGEST // 2)):
        with pytest.raises(TooLongError, match=f"longer than {LONGEST} bytes"):
            refuse_unsafe(text)


@pytest.mark.parametrize("text", SLOW)
def test_no_text_takes_long_to_judge(text: str) -> None:
    start = time.process_time()
    with suppress(UsageError):
        refuse_unsafe(text)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("select * {}", "SELECT"),
        ("# ASK\nBASE <x> PREFIX ask: <y> CONSTRUCT {} WHERE {}", "CONSTRUCT"),
        ("'ASK' DESCRIBE <x>", "DESCRIBE"),
        ("ASK{}", "ASK"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_the_form_of_a_query_is_told(text: str, form: str) -> None:
    assert read_query(text).form == form


@pytest.mark.parametrize("word", ["NOW", "rand", "UUID", "strUUID"])
def test_a_query_that_may_answer_otherwise_next_time_is_not_stable(word: str) -> None:
    assert not read_query(f"SELECT ({word}() AS ?x) {{}}").stable
    assert read_query(f"SELECT ?{word} {{ ?s <urn:{word}> '{word}' }}").stable


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } }", ["sub-select"]),
        ("SELECT * { GRAPH $g { ?s ?p ?o MINUS { ?s ?p 1 } } }", ["MINUS"]),
        ("SELECT * { graph ?g { { { VALUES ?g { undef } } } ?s ?p ?o minus { ?s ?p 1 } } }", ["MINUS", "UNDEF"]),
        ("SELECT * { GRAPH <urn:g> { ?s ?p ?o MINUS { ?s ?p 1 } } }", []),
        ("SELECT * { GRAPH ?g { ?s ?p 'MINUS' } MINUS { ?s ?p 1 } { SELECT * { ?a ?b ?c } } }", []),
        ("} SELECT * { GRAPH ?g { ?s ?p ?o } }", []),
    ],
)
def test_forms_that_the_engine_answers_wrongly_get_a_caution(text: str, words: list[str]) -> None:
    cautions = read_query(text).cautions
    assert len(cautions) == len(words)
    assert all(word in caution for word, caution in zip(words, cautions, strict=True))


def test_a_query_of_ones_own_is_guarded_on_the_command_line_too() -> None:
    store = load_graphs({"urn:g": b"<urn:a> <urn:b> 1 ."})
    assert ask_freely(store, "SELECT ?o { GRAPH ?g { ?s ?p ?o } }").columns == ("o",)
    with pytest.raises(UsageError, match="SERVICE is not answered here"):
        ask_freely(store, "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    with pytest.raises(UsageError, match="deeper than"):
        ask_freely(store, "SELECT * " + "{" * 3_000 + "}" * 3_000)
