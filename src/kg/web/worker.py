"""A worker: a process of its own that answers queries from one store, one after the other, and nothing else.

It has no sockets and cannot get any, writes no file, and may be killed at any moment. It reads
questions from its standard input and writes replies to its standard output, each a frame: eight
bytes of length, then that many bytes. A question is one frame of JSON; a reply is two: a head in
JSON, whose `outcome` is one of OUTCOMES, and the bytes of the answer. The first head comes unasked
and tells whether the process could be sealed.
"""

import ctypes
import json
import platform
import resource
import signal
import struct
import sys
from collections.abc import Mapping
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    serialize,
)

from kg.builds import read_build
from kg.web.statements import find_labels, find_statements, tell_page, tell_term, write_statements

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

OUTCOMES = ("ready", "answered", "absent", "malformed", "refused", "large", "failed")
"""Absent: nothing is said of this resource; malformed: no SPARQL; refused: nothing that this engine can answer;
failed: the store cannot be read."""
UNION = "urn:x-arq:UnionGraph"
"""As the only default graph: all named graphs together. The name is Apache Jena's."""
PAGE = "html"
"""The format of a page: JSON with at most so many rows, or Turtle with at most so many triples."""
RESULT_FORMATS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}
HEAD = struct.Struct(">Q")
_MAKERS: dict[str, type[NamedNode] | type[Literal]] = {"iri": NamedNode, "literal": Literal}

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _FILTER = 22, 38, 2
_DENIED = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 425)),
}
"""By machine: its audit number, and the numbers of socket, connect, execve, execveat, io_uring_setup."""
_X32 = 0x40000000
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_GRACE = 5
_STACK = 8 << 20
"""Bytes of stack: enough for what people write, and the rest is over soon instead of late."""


class TooLargeError(Exception):
    """The answer has more bytes than it may have."""


class Bounded(BytesIO):
    """A file in memory that takes only so many bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._left = limit

    def write(self, data: "ReadableBuffer") -> int:
        """Take more bytes; raises TooLargeError past the limit."""
        self._left -= len(memoryview(data))
        if self._left < 0:
            raise TooLargeError
        return super().write(data)


def main() -> None:
    """Serve: BUILD, then the limits in JSON, as arguments."""
    folder, limits = Path(sys.argv[1]), json.loads(sys.argv[2])
    sealed = close_sockets()
    build = read_build(folder)
    store = Store.read_only(str(build.store))
    bound_process(limits["memory"])
    _write(sys.stdout.buffer, {"outcome": "ready", "sealed": sealed}, b"")
    while question := _read(sys.stdin.buffer):
        signal.alarm(int(limits["seconds"]) + _GRACE)  # should the server be gone, nobody else ends a long query
        head, body = answer(store, question, build.manifest.get("prefixes", {}), limits)
        signal.alarm(0)
        _write(sys.stdout.buffer, head, body)


def _read(stream: BinaryIO) -> dict[str, Any] | None:
    head = stream.read(HEAD.size)
    return json.loads(stream.read(HEAD.unpack(head)[0])) if len(head) == HEAD.size else None


def _write(stream: BinaryIO, head: Mapping[str, Any], body: bytes) -> None:
    told = json.dumps(head).encode()
    for part in (HEAD.pack(len(told)), told, HEAD.pack(len(body)), body):
        stream.write(part)
    stream.flush()


def answer(
    store: Store, question: Mapping[str, Any], prefixes: Mapping[str, str], limits: Mapping[str, Any]
) -> tuple[dict[str, Any], bytes]:
    """Answer a question: `query`, its `base`, `format`, and the IRIs of the graphs to ask, `default` and `named`.

    Without any graph the store's own are asked: an empty default graph and all the named ones. `terms`
    binds variables: each by its name to a kind, `iri` or `literal`, and a text. A question with
    `resource` instead of `query` asks for what is said of that IRI (see kg.web.statements); for a
    page it may have `ask`, queries by name whose answers go with it, all with the same `terms`.
    """
    out = Bounded(limits["answer"])
    try:
        if "resource" in question:
            return _describe(store, question, prefixes, limits, out), out.getvalue()
        dataset = _choose_dataset(question)
        result = store.query(question["query"], substitutions=_bind(question), base_iri=question["base"], **dataset)
        more = _write_result(result, question["format"], prefixes, limits["rows"], out)
    except TooLargeError:
        return {"outcome": "large"}, b""
    except SyntaxError as error:
        return {"outcome": "malformed", "detail": str(error)}, b""
    except (RuntimeError, ValueError) as error:
        return {"outcome": "refused", "detail": str(error)}, b""
    except OSError as error:
        return {"outcome": "failed", "detail": str(error)}, b""
    return {"outcome": "answered", "more": more}, out.getvalue()


def _bind(question: Mapping[str, Any]) -> dict[Variable, NamedNode | BlankNode | Literal | Triple]:
    return {Variable(name): _MAKERS[kind](text) for name, (kind, text) in question.get("terms", {}).items()}


def _describe(
    store: Store, question: Mapping[str, Any], prefixes: Mapping[str, str], limits: Mapping[str, Any], out: Bounded
) -> dict[str, Any]:
    """Write what is said of a resource: as RDF, or for a page as JSON with labels and answers."""
    about = [NamedNode(iri) for iri in question["about"]]
    if question["format"] != PAGE:
        quads = find_statements(store, NamedNode(question["resource"]), about)
        write_statements(quads, GRAPH_FORMATS[question["format"]], prefixes, out)
        return {"outcome": "answered" if quads else "absent"}
    told = tell_page(store, NamedNode(question["resource"]))
    terms = _bind(question)
    results = {name: store.query(query, substitutions=terms) for name, query in question["ask"].items()}
    tables = {name: _tabulate(result, limits["rows"]) for name, result in results.items()}
    cells = (cell for table in tables.values() for row in table["rows"] for cell in row)
    mentioned = {cell[1] for cell in cells if cell and cell[0] == "iri"} - set(told["labels"])
    labels = told["labels"] | find_labels(store, map(NamedNode, mentioned))
    out.write(json.dumps(told | {"tables": tables, "labels": labels}).encode())
    return {"outcome": "answered" if told["quads"] else "absent"}


def _tabulate(result: QuerySolutions | QueryBoolean | QueryTriples, rows: int) -> dict[str, Any]:
    assert isinstance(result, QuerySolutions)
    shown = [[tell_term(term) for term in solution] for solution in islice(result, rows)]
    return {"columns": [variable.value for variable in result.variables], "rows": shown}


def _choose_dataset(question: Mapping[str, Any]) -> dict[str, Any]:
    default, named = question["default"], [NamedNode(iri) for iri in question["named"]]
    if default == [UNION]:
        return {"use_default_graph_as_union": True} | ({"named_graphs": named} if named else {})
    if default or named:
        return {"default_graph": [NamedNode(iri) for iri in default], "named_graphs": named}
    return {}


def _write_result(
    result: QuerySolutions | QueryBoolean | QueryTriples,
    form: str,
    prefixes: Mapping[str, str],
    rows: int,
    out: Bounded,
) -> bool:
    """Write a result, whole; only a page may show less, and then True is given."""
    if form == PAGE:
        return _write_page(result, prefixes, rows, out)
    if isinstance(result, QueryTriples) and form in GRAPH_FORMATS:
        serialize(result, out, format=GRAPH_FORMATS[form], prefixes=dict(prefixes))
    elif not isinstance(result, QueryTriples) and form in RESULT_FORMATS:
        result.serialize(out, format=RESULT_FORMATS[form])
    else:
        raise ValueError(f"what this query gives cannot be written as {form}")
    return False


def _write_page(
    result: QuerySolutions | QueryBoolean | QueryTriples, prefixes: Mapping[str, str], rows: int, out: Bounded
) -> bool:
    if isinstance(result, QueryTriples):
        serialize(islice(result, rows), out, format=RdfFormat.TURTLE, prefixes=dict(prefixes))
        return next(result, None) is not None
    if isinstance(result, QueryBoolean):
        out.write(json.dumps({"columns": ["answer"], "rows": [[["literal", str(bool(result)).lower()]]]}).encode())
        return False
    out.write(json.dumps(_tabulate(result, rows)).encode())
    return next(result, None) is not None


def bound_process(memory: int) -> None:
    """Bound what this process may take from now on: so many bytes more, no file, no core dump."""
    taken = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize() if _on_linux() else 0
    if taken:
        resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
    resource.setrlimit(resource.RLIMIT_STACK, (_STACK, resource.getrlimit(resource.RLIMIT_STACK)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _on_linux() -> bool:
    return platform.system() == "Linux"


def close_sockets() -> bool:
    """Have the kernel refuse this process and its threads every new socket and program; tells whether it does.

    Linux alone can (seccomp, on x86-64 and ARM64).
    """
    if not _on_linux() or platform.machine() not in _DENIED:
        return False
    filter_ = _compile_filter(*_DENIED[platform.machine()])
    code = ctypes.create_string_buffer(filter_)
    program = struct.pack("HL", len(filter_) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return bool(libc.prctl(_PR_SET_SECCOMP, _FILTER, program, 0, 0) == 0)


def _compile_filter(audit: int, denied: tuple[int, ...]) -> bytes:
    """Compile a filter of system calls: these denied, and all of another architecture."""
    count = len(denied)
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, count + 1, 0, _X32),
        *((_EQUAL, count - at, 0, number) for at, number in enumerate(denied)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _DENY),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


if __name__ == "__main__":
    main()
