"""What is refused of a query before the engine sees it: what connects out, what writes, what is too long or deep.

The engine's parser tries readings one after the other, so that `SERVICE:a {` is a call even where
`service:` is a prefix, and what follows `<` may be an IRI or a comparison with a comment after it.
Calls are therefore looked for in every reading of the text, not only in that of the grammar.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from kg.errors import UsageError

LONGEST = 100_000
"""Bytes of UTF-8 that a query may have."""
DEEPEST = 128
"""Levels of brackets; some two thousand exhaust the engine's stack, four hundred nested lists its time."""

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_PROLOGUE = frozenset({"BASE", "PREFIX", "VERSION"})
_BEFORE_NAMES = frozenset({"GRAPH", "FROM", "NAMED", "DESCRIBE"})
_CHANGING = frozenset({"NOW", "RAND", "UUID", "STRUUID"})
_CALL = "SERVICE"

_CHARACTER = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_W = r"\w\x80-\U0010FFFF"
_LOCAL = r"%[0-9A-Fa-f]{2}|\\[^\r\n]"
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+ | \#[^\r\n]*)
  | (?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]|{_CHARACTER})*+>)
  | (?P<string>"{{3}}(?:"{{0,2}}(?:[^"\\]|\\.))*+"{{3}} | '{{3}}(?:'{{0,2}}(?:[^'\\]|\\.))*+'{{3}}
      | "(?:[^"\\\r\n]|\\[^\r\n])*+" | '(?:[^'\\\r\n]|\\[^\r\n])*+')
  | (?P<variable>[?$][{_W}]+)
  | (?P<label>@[A-Za-z]+(?:-[A-Za-z0-9]+)*+(?:--[a-z]+)? | _:[{_W}](?:[{_W}.-]*[{_W}-])?)
  | (?P<name>(?P<prefix>(?:(?![0-9_])[{_W}](?:[{_W}.-]{{0,60}}[{_W}-])?)?):
      (?:(?:[{_W}:]|{_LOCAL})(?:(?:[{_W}:.-]|{_LOCAL})*(?:[{_W}:-]|{_LOCAL}))?)?)
  | (?P<number>[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)
  | (?P<word>[{_W}]+)
  | (?P<open>[({{\[])
  | (?P<close>[)}}\]])
  | (?P<sign>\\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)
"""Tokens of SPARQL; every character that is not ASCII counts as part of a name, for no other token has one."""
_BRACE_FOLLOWS = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*+)*+\{")
_LINE_END = re.compile(r"[\r\n]")
_ESCAPED = re.compile(_CHARACTER)


class TooLongError(UsageError):
    """The query is longer than LONGEST."""


class ForbiddenError(UsageError):
    """The query would write, or have the engine connect out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What can be told of a query before it is asked.

    `form` is one of FORMS, or empty where the text is no query. `stable` says that the same store
    gives the same answer again. `cautions` are sentences on forms that the engine answers wrongly.
    """

    form: str
    stable: bool
    cautions: tuple[str, ...]


def refuse_unsafe(text: str) -> None:
    """Raise UsageError where a query is not to be asked: too long, too deep, writing or connecting out."""
    read_query(text)


def read_query(text: str) -> Reading:
    """Tell what can be told of a query; raises UsageError where it is not to be asked."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise TooLongError(f"the query is longer than {LONGEST} bytes; ask it in parts")
    if any(map(_calls_out, {text, _expand(text)})):
        raise ForbiddenError("SERVICE is not answered here: this store connects to no other; ask that endpoint itself")
    tokens = [token for token in _TOKEN.finditer(text) if token.lastgroup != "space"]
    words = [token[0].upper() for token in tokens if token.lastgroup == "word"]
    form = next((word for word in words if word not in _PROLOGUE), "")
    if form in _UPDATES:
        raise ForbiddenError("updates are refused: the store is built from tables and then only read")
    if _measure_depth(tokens) > DEEPEST:
        raise UsageError(f"the query nests brackets deeper than {DEEPEST} levels; write it flatter")
    return Reading(form if form in FORMS else "", _CHANGING.isdisjoint(words), tuple(_list_cautions(tokens)))


def _expand(text: str) -> str:
    """Put characters in the place of their escapes, as the grammar has it; the engine leaves them in place."""
    return _ESCAPED.sub(lambda escape: chr(min(int(escape[0][2:], 16), 0x10FFFF)), text)


class _Point(NamedTuple):
    """Where a reading of a text has come to: up to `blind` no call begins; `named` says that a graph's name is due."""

    at: int
    blind: int
    named: bool


def _calls_out(text: str) -> bool:
    """Tell whether SERVICE is a keyword in any reading of the text."""
    if _CALL not in text.upper():
        return False
    lines = [*(end.start() for end in _LINE_END.finditer(text)), len(text)]
    todo, seen = [_Point(0, 0, False)], set()
    while todo:
        point = todo.pop()
        if point in seen:
            continue
        seen.add(point)
        if text.startswith("#", point.at):
            todo.append(_Point(lines[bisect_left(lines, point.at)], 0, point.named))
        elif token := _TOKEN.match(text, point.at):
            if point.at >= point.blind and _is_call(token, point.named):
                return True
            todo += _go_on(token, point)
    return False


def _go_on(token: re.Match[str], point: _Point) -> Iterator[_Point]:
    """Go on behind a token; an IRI may be a comparison too, but holds no call, for a call has braces."""
    end, space = token.end(), token.lastgroup == "space"
    named = point.named if space else token[0].upper() in _BEFORE_NAMES
    yield _Point(end, point.blind if end < point.blind else 0, named)
    if token.lastgroup == "iri":
        yield _Point(point.at + 1, end, False)


def _is_call(token: re.Match[str], named: bool) -> bool:
    if token.lastgroup == "word":
        return _CALL in token[0].upper()
    call = token["prefix"] is not None and _CALL in token["prefix"].upper()
    return call and not named and _BRACE_FOLLOWS.match(token.string, token.end()) is not None


def _measure_depth(tokens: Iterable[re.Match[str]]) -> int:
    steps = ({"open": 1, "close": -1}.get(token.lastgroup or "", 0) for token in tokens)
    return max(accumulate(steps), default=0)


_WRONG = {
    "SELECT": "a sub-select inside GRAPH with a variable: the engine may join the graphs it should keep apart",
    "MINUS": "MINUS inside GRAPH with a variable: the engine may lose rows",
    "UNDEF": "UNDEF inside GRAPH with a variable: the engine may lose the graph",
}


def _list_cautions(tokens: Iterable[re.Match[str]]) -> Iterator[str]:
    """List the forms of a query that the engine is known to answer wrongly, each once."""
    found = {token[0].upper() for token in _find_in_graphs(tokens) if token.lastgroup == "word"}
    return (sentence for word, sentence in _WRONG.items() if word in found)


def _find_in_graphs(tokens: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Give the tokens that stand in the braces of a GRAPH whose name is a variable."""
    groups: list[bool] = []
    inside = 0
    before, last = "", ""
    for token in tokens:
        if token[0] == "{":
            groups.append(before.upper() == "GRAPH" and last[0] in "?$")
            inside += groups[-1]
        elif token[0] == "}" and groups:
            inside -= groups.pop()
        elif inside:
            yield token
        before, last = last, token[0]
