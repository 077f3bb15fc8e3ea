"""The endpoint: one request after the SPARQL 1.1 Protocol to one answer, whole or not at all."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any, TypeVar

from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from kg import __version__
from kg.guard import Reading, read_query
from kg.web.description import describe_service
from kg.web.negotiation import GRAPHS, PAGE, RESULTS, Choice, Format, choose_format
from kg.web.pages import write_answer, write_form, write_table, write_text
from kg.web.problems import check_reply
from kg.web.protocol import Operation, RequestError, read_operation
from kg.web.service import Edition, Service
from kg.web.site import Site
from kg.web.workers import Reply

T = TypeVar("T")
_FILES = ("csv", "tsv")
"""Formats that a browser saves instead of showing: cells are as the store has them, formulas too."""
_SHORT = 4096
"""Characters that are judged at once; more of them might hold up other requests, and have a thread of their own."""
PREFLIGHT = {
    "access-control-allow-methods": "GET, HEAD, POST",
    "access-control-allow-headers": "Accept, Content-Type, If-None-Match",
    "access-control-max-age": "86400",
    "allow": "GET, HEAD, POST, OPTIONS",
}


async def answer_sparql(request: Request) -> Response:
    """Answer a query, or tell what the service is; raises what `problems` tells."""
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=PREFLIGHT)
    service: Service = request.app.state.service
    site: Site = request.app.state.site
    if request.method == "POST" and not site.may_post(request.headers.get("origin"), find_origin(request)):
        raise RequestError(403, "pages from elsewhere may not post here; they may ask with GET")
    operation = await read_operation(request, service.limits.body, service.limits.seconds)
    if operation.query is None:
        return await _describe(request, operation, service)
    return await _answer(request, operation, operation.query, service)


async def _answer(request: Request, operation: Operation, query: str, service: Service) -> Response:
    reading = read_query(query) if len(query) < _SHORT else await asyncio.to_thread(read_query, query)
    offers = GRAPHS if reading.form in ("CONSTRUCT", "DESCRIBE") else RESULTS
    choice = choose_format(offers, operation.format, request.headers.get("accept"))
    edition = await service.find_edition()
    headers = _make_headers(edition, operation, choice, reading)
    if is_known(request, headers):
        return Response(status_code=304, headers=headers)
    question = asdict(operation) | {"format": choice.format.name, "base": _find_endpoint(request)}
    edition, reply = await unless_gone(request, service.ask(question))
    check_reply(reply, query, service.limits)
    headers = _make_headers(edition, operation, choice, reading)
    if choice.format == PAGE:
        return HTMLResponse(_write_page(edition, operation, reply, reading, offers), headers=headers)
    if choice.format.name in _FILES:
        headers["content-disposition"] = f'attachment; filename="answer.{choice.format.name}"'
    return Response(reply.body, headers=headers | {"content-type": choice.content_type})


async def _describe(request: Request, operation: Operation, service: Service) -> Response:
    choice = choose_format(GRAPHS, operation.format, request.headers.get("accept"))
    edition = await service.find_edition()
    if choice.format == PAGE:
        return HTMLResponse(write_form(edition.title, operation))
    endpoint = _find_endpoint(request)
    body = describe_service(endpoint, edition.build.manifest, service.limits.describe(), choice.format.name)
    return Response(body, headers={"content-type": choice.content_type})


def find_origin(request: Request) -> str:
    """Give the origin that a request was sent to."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _find_endpoint(request: Request) -> str:
    site: Site = request.app.state.site
    return f"{site.find_base(find_origin(request))}sparql"


def _make_headers(edition: Edition, operation: Operation, choice: Choice, reading: Reading) -> dict[str, str]:
    """Make what an answer is known by: the same tag for the same build, program and request, and no other."""
    headers = {"kg-caution": "; ".join(reading.cautions)} if reading.cautions else {}
    if not reading.stable:
        return headers | {"cache-control": "no-store"}
    known = (edition.digest, __version__, choice.media_type, operation.query, operation.default, operation.named)
    tag = sha256(repr(known).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return headers | {"cache-control": "no-cache", "etag": f'"{tag}"'}


def is_known(request: Request, headers: Mapping[str, str]) -> bool:
    """Tell whether the one who asks has the answer with these headers already."""
    given = request.headers.get("if-none-match", "").split(",") if request.method in ("GET", "HEAD") else []
    return "etag" in headers and headers["etag"] in [tag.strip().removeprefix("W/") for tag in given]


def _write_page(
    edition: Edition, operation: Operation, reply: Reply, reading: Reading, offers: Sequence[Format]
) -> str:
    fields = [("query", operation.query or ""), *(("default-graph-uri", iri) for iri in operation.default)]
    fields += [("named-graph-uri", iri) for iri in operation.named]
    links = [(offer.name, f"?{QueryParams([*fields, ('format', offer.name)])}") for offer in offers if offer != PAGE]
    remarks = [f"Caution: {caution}." for caution in reading.cautions]
    if reply.more:
        remarks.append("This page shows the beginning of the answer; the formats below have the whole of it.")
    shown = write_table(reply.body) if offers is RESULTS else write_text(reply.body)
    return write_answer(edition.title, operation, shown, links, remarks)


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Do work for as long as the one who asked is there; raises ClientDisconnect."""
    done = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_wait_gone(request))
    try:
        await asyncio.wait({done, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not done.done():
            raise ClientDisconnect
        return await done
    finally:
        gone.cancel()
        done.cancel()


async def _wait_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
