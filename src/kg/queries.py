"""Saved questions: SPARQL files that say what they ask, and answers to them.

A question is a file `queries/TOPIC/QUESTION.rq`, valid SPARQL as it stands, with grlc's header in
`#+` lines: YAML with `summary`, `description`, `method`, `tags` and, of our own, `x-parameters`
(name: meaning, example) and `x-columns` (name: meaning). A parameter is the variable
`?_NAME_TYPE`, or `?__NAME_TYPE` where it may be left out; it is bound as a term, never as text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions, Triple

from kg.errors import DataError, OutsideError, Place, Problem, UsageError
from kg.guard import refuse_unsafe
from kg.names import KG, Base
from kg.store import Store, load_graphs

Term = NamedNode | BlankNode | Literal | Triple

KEYS = frozenset({"summary", "description", "method", "tags", "x-parameters", "x-columns"})
TYPES = ("iri", "literal")
_VARIABLE = re.compile(rf"\?(__?)([a-z][a-z0-9]*(?:_[a-z0-9]+)*?)_({'|'.join(TYPES)})\b")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: the variable that stands for it, its type (one of TYPES), and how to fill it."""

    name: str
    variable: str
    type: str
    required: bool
    meaning: str
    example: str


@dataclass(frozen=True, slots=True)
class Question:
    """A saved question; `name` is its path without ending: `provenance/who-says`."""

    name: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of terms under named columns; None where a cell is unbound."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


def read_questions(folder: Path) -> dict[str, Question]:
    """Read every question of a folder by name; raises DataError with all faults of their headers."""
    questions: dict[str, Question] = {}
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.rq")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        try:
            questions[name] = read_question(name, path.read_text("utf-8"))
        except ValueError as error:
            problems.append(Problem(Place(f"{name}.rq"), "header", str(error)))
    if problems:
        raise DataError(problems)
    if not questions:
        raise OutsideError(f"{folder} holds no saved question")
    return questions


def read_question(name: str, text: str) -> Question:
    """Read one question from its text; raises ValueError where header and query do not agree."""
    header = _read_header(text)
    query = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    used = {found: (optional, kind) for optional, found, kind in _VARIABLE.findall(query)}
    told = _read_mapping(header, "x-parameters")
    if set(told) != set(used):
        raise ValueError(f"the header tells of parameters {_join(told)}, the query has {_join(used)}")
    parameters = tuple(_read_parameter(name, told[name], *used[name]) for name in told)
    columns = _read_mapping(header, "x-columns")
    if not columns or not all(isinstance(meaning, str) for meaning in columns.values()):
        raise ValueError("the header needs x-columns: each column with its meaning")
    selected = _list_columns(text, parameters)
    if tuple(columns) != selected:
        raise ValueError(f"the header tells of columns {_join(columns)}, the query has {', '.join(selected)}")
    return Question(name, header["summary"], header.get("description", ""), parameters, columns, text)


def _list_columns(text: str, parameters: tuple[Parameter, ...]) -> tuple[str, ...]:
    """List the columns that a query has beside its parameters, by asking it of nothing."""
    try:
        result = load_graphs({}).query(text)
    except UsageError as error:
        raise ValueError(str(error)) from None
    if not isinstance(result, QuerySolutions):
        return ("answer",)
    selected = {variable.value for variable in result.variables}
    hidden = [f"?{parameter.variable}" for parameter in parameters if parameter.variable not in selected]
    if hidden:
        raise ValueError(f"the query must select its parameters too, or they cannot be bound: {', '.join(hidden)}")
    return _tabulate(result).columns


def _read_header(text: str) -> dict[str, Any]:
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        header = yaml.safe_load("\n".join(lines))
    except yaml.YAMLError as error:
        raise ValueError(f"the header is not YAML: {error}") from None
    if not isinstance(header, dict) or not header.get("summary"):
        raise ValueError("the header needs at least a summary, in lines that begin with #+")
    unknown = sorted(set(map(str, header)) - KEYS)
    if unknown:
        raise ValueError(f"the header has unknown keys {unknown}; it may have {sorted(KEYS)}")
    return header


def _read_mapping(header: Mapping[str, Any], key: str) -> dict[str, Any]:
    told = header.get(key) or {}
    if not isinstance(told, dict):
        raise ValueError(f"{key} must give names with what they mean")
    return told


def _read_parameter(name: str, told: object, optional: str, kind: str) -> Parameter:
    if not isinstance(told, dict) or set(told) != {"meaning", "example"}:
        raise ValueError(f"parameter {name} needs just a meaning and an example")
    required = optional == "_"
    return Parameter(name, f"{optional}{name}_{kind}", kind, required, told["meaning"], str(told["example"]))


def ask(store: Store, question: Question, given: Mapping[str, str], base: Base) -> Answer:
    """Ask a saved question; raises UsageError where parameters are missing, unknown or malformed.

    A parameter of type iri may be given as a reference such as `person/ada-lovelace`. The columns
    of the answer are those of the query but for its parameters.
    """
    terms = _bind(question, given, base)
    result = store.query(question.text, terms)
    if isinstance(result, QueryBoolean):
        return Answer(("answer",), ((Literal(bool(result)),),))
    if not isinstance(result, QuerySolutions):
        raise UsageError(f"{question.name} does not select anything")
    return _tabulate(result)


def ask_freely(store: Store, text: str) -> Answer:
    """Ask a SELECT or ASK query of one's own; one that would connect out or exhaust the engine is refused."""
    refuse_unsafe(text)
    result = store.query(text)
    if isinstance(result, QueryBoolean):
        return Answer(("answer",), ((Literal(bool(result)),),))
    if not isinstance(result, QuerySolutions):
        raise UsageError("this query gives a graph; use SELECT or ASK")
    return _tabulate(result)


def _tabulate(result: QuerySolutions) -> Answer:
    names = [variable.value for variable in result.variables]
    kept = [at for at, name in enumerate(names) if not name.startswith("_")]
    try:
        rows = tuple(tuple(solution[at] for at in kept) for solution in result)
    except (OSError, RuntimeError) as error:
        raise UsageError(f"the query cannot be answered: {error}") from None
    return Answer(tuple(names[at] for at in kept), rows)


def _bind(question: Question, given: Mapping[str, str], base: Base) -> dict[str, Term]:
    known = {parameter.name: parameter for parameter in question.parameters}
    faults = [f"there is no parameter {name!r}; it has {_join(known)}" for name in given if name not in known]
    faults += [
        f"parameter --{parameter.name} is missing: {parameter.meaning}; for example {parameter.example}"
        for parameter in known.values()
        if parameter.required and parameter.name not in given
    ]
    terms: dict[str, Term] = {}
    for name, text in given.items():
        if name in known:
            try:
                terms[known[name].variable] = to_term(text, known[name].type, base)
            except ValueError as error:
                faults.append(f"parameter --{name}: {error}")
    if faults:
        raise UsageError(f"{question.name}: {'; '.join(faults)}")
    return terms


def to_term(text: str, kind: str, base: Base) -> Term:
    """Make a term of the text given for a parameter; raises ValueError where it is no IRI.

    What is no IRI in full is a reference, KIND/ID, or the bare name of a term of the ontology.
    """
    if kind == "literal":
        return Literal(text)
    if re.match(r"[a-z][a-z0-9+.-]*:", text):
        return NamedNode(text)
    return NamedNode(base.mint(text) if "/" in text else f"{KG}{text}")


def _join(names: Mapping[str, object]) -> str:
    return ", ".join(map(str, names)) or "none"
