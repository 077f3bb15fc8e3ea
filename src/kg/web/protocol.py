"""A request read after the SPARQL 1.1 Protocol: what it asks, of which graphs, in which format."""

import asyncio
import re
from dataclasses import dataclass

from pyoxigraph import NamedNode
from starlette.datastructures import QueryParams
from starlette.requests import Request

from kg.errors import KgError

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
READ_ONLY = "updates are refused: the store is built from tables and then only read"
_FORBEARANCE = 10
"""How many times too large a request may be before the connection is simply cut."""
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


class RequestError(KgError):
    """The request is not one of the protocol; `status` is what it is answered with."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks; `query` is None where it only asks what the service is.

    `default` and `named` are the IRIs of the graphs to ask; both are empty where the request names none.
    """

    query: str | None
    default: tuple[str, ...]
    named: tuple[str, ...]
    format: str | None


async def read_operation(request: Request, most: int, seconds: float) -> Operation:
    """Read a request whose body may have so many bytes and take so many seconds; raises RequestError."""
    fields = _read_fields(request.scope["query_string"])
    if request.method == "POST":
        fields += await _read_posted(request, most, seconds)
        if not _list_values(fields, "query") and not _list_values(fields, "update"):
            raise RequestError(400, "the request has no query")
    if _list_values(fields, "update"):
        raise RequestError(403, READ_ONLY)
    return Operation(
        _pick_value(fields, "query"),
        _pick_graphs(fields, "default-graph-uri"),
        _pick_graphs(fields, "named-graph-uri"),
        _pick_value(fields, "format"),
    )


Fields = list[tuple[str, str]]


def _list_values(fields: Fields, name: str) -> list[str]:
    return [value for field, value in fields if field == name]


def _pick_value(fields: Fields, name: str) -> str | None:
    values = _list_values(fields, name)
    if len(values) > 1:
        raise RequestError(400, f"the request has {len(values)} fields called {name}; it may have one")
    return values[0] if values else None


def _pick_graphs(fields: Fields, name: str) -> tuple[str, ...]:
    iris = tuple(_list_values(fields, name))
    for iri in iris:
        try:
            NamedNode(iri)
        except ValueError:
            raise RequestError(400, f"{name} needs an absolute IRI, and {iri!r} is none") from None
    return iris


def _read_fields(encoded: bytes) -> Fields:
    """Read fields as forms and addresses have them; what is not UTF-8 is refused, not replaced."""
    _decode(_PERCENT.sub(lambda escape: bytes.fromhex(escape[1].decode("ascii")), encoded))
    return QueryParams(encoded).multi_items()


def _decode(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError(400, f"the request is not UTF-8 at byte {error.start}") from None


async def _read_posted(request: Request, most: int, seconds: float) -> Fields:
    kind = _read_type(request)
    if kind == UPDATE:
        raise RequestError(403, READ_ONLY)
    body = await _read_body(request, most, seconds)
    return [("query", _decode(body))] if kind == QUERY else _read_fields(body)


def _read_type(request: Request) -> str:
    """Give the media type of the body; raises RequestError where it is none of the protocol's, or not UTF-8."""
    kind, *parameters = [part.strip().lower() for part in request.headers.get("content-type", "").split(";")]
    if kind not in (FORM, QUERY, UPDATE):
        raise RequestError(415, f"a query is posted as {QUERY} or as {FORM}")
    charsets = [value.strip("\"' ") for key, _, value in (p.partition("=") for p in parameters) if key == "charset"]
    if any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise RequestError(415, "a query is posted in UTF-8")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise RequestError(415, "a query is posted as it is, not compressed")
    return kind


async def _read_body(request: Request, most: int, seconds: float) -> bytes:
    """Read the body; of one that is too large the rest is taken in too, or the refusal would not be read."""
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                body += chunk if size <= most else b""
                if size > _FORBEARANCE * most:
                    break
    except TimeoutError:
        raise RequestError(408, f"the request did not arrive within {seconds:g} seconds") from None
    if size > most:
        raise RequestError(413, f"the request has more than {most} bytes")
    return bytes(body)
