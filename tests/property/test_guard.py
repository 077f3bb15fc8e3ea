"""Whatever the engine reads as a call, the guard refuses; put to both with texts made of tricky pieces."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, Store

from kg.errors import UsageError
from kg.guard import refuse_unsafe

TARGET = "<http://127.0.0.1:1/>"
"""A port to which the engine connects never: it refuses it, and so tells that it wanted to."""
PROLOGUE = f"PREFIX : {TARGET} PREFIX a: {TARGET} PREFIX service: {TARGET} "
STORE = Store()
STORE.add(Quad(NamedNode("urn:a"), NamedNode("urn:b"), Literal(1)))

PIECES = st.sampled_from(
    [
        *("SERVICE", "service", "SERVICE ", f" SERVICE{TARGET}{{}}", "SERVICE:a", "SERVICE:a{}", "SERVICE?x{}"),
        *("service:x", "SILENT", TARGET, "<urn:a>", "<urn:x#>", "<?b#>", "<:a#>", "?a", "?b", "?service", "?p"),
        *("{", "}", "{}", "(", ")", "[", "]", ".", ";", ",", "1", "1.", "1.5", "1e", "true", "false", "a:b", "a:"),
        *('"', '"""', "'", "'''", '"x"', '"x"@en', "@en", "^^", "\\#", "\\'", '\\"', "\\\\", "\\u0022", "\\u0053"),
        *("#", "\n", " ", "FILTER", "FILTER(", "<", ">", "<=", "=", "&&", "||", "BIND(1 AS ?a)", "VALUES ?a {1}"),
        *("OPTIONAL", "UNION", "GRAPH ?g", "GRAPH service:x", "MINUS", "EXISTS", "_:b", "_:bSERVICE", "?s ?p ?o"),
        *("LATERAL", "<<", "<<(", ")>>", "+", "-", "*", "/", "^", "|", "!", "IN", "a", "%41", "a:b.", "·", "‿", "、"),
    ]
)
GAPS = st.lists(PIECES, max_size=5).map("".join)
FRAMES = st.sampled_from(
    [
        "{%s}",
        "{?s ?p ?o %s}",
        "{?s ?p %s}",
        "{?s ?p ?a FILTER(?a%s)}",
        "{?s ?p ?a FILTER(?a<?b#%s}",
        f"{{?s ?p ?a FILTER(?a%s\n) SERVICE{TARGET}{{}} #%s}}",
        f'{{?s ?p "%s" SERVICE{TARGET}{{}} #"%s}}',
        "{?s a:b%s SERVICE:a{} %s}",
        f"{{?s ?p %s'''\n. SERVICE{TARGET}{{}} #''' \n%s}}",
    ]
)
QUERIES = st.builds(
    lambda head, frame, gaps: PROLOGUE + head + frame % tuple(gaps[: frame.count("%s")]),
    st.sampled_from(["ASK ", "SELECT * "]),
    FRAMES,
    st.lists(GAPS, min_size=2, max_size=2),
)


def calls_out(text: str) -> bool:
    """Tell whether the engine, given a text, wants to ask another endpoint."""
    try:
        result = STORE.query(text)
        if not isinstance(result, QueryBoolean):
            list(result)
    except SyntaxError:
        return False
    except (OSError, RuntimeError):
        return True
    return False


@settings(max_examples=3_000)
@given(QUERIES)
@example(f"{PROLOGUE}SELECT * {{ SERVICE:a {{}} }}")
@example(f"{PROLOGUE}SELECT * {{?s ?p ?o SERVICE:a‿{{}}}}")
@example(f'{PROLOGUE}SELECT * {{ ?s ?p ?a FILTER(?a<?b#> """\n) SERVICE {TARGET} {{}} #"""\n}}')
def test_whatever_the_engine_takes_for_a_call_is_refused(text: str) -> None:
    if calls_out(text):
        try:
            refuse_unsafe(text)
        except UsageError:
            return
        raise AssertionError(f"let through: {text!r}")


def test_the_engine_tells_a_call_from_none() -> None:
    assert calls_out(f"ASK {{ SERVICE {TARGET} {{}} }}")
    assert not calls_out("ASK {}")
    assert not calls_out("ASK {")
