"""What a server offers beside resources and queries: catalogue, VoID, files, site map, search."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from unicodedata import combining, normalize

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from kg import __version__
from kg.names import SCHEMA
from kg.queries import Question
from kg.web.addresses import Addresses
from kg.web.catalogue import (
    CLASSES,
    PROPERTIES,
    describe_catalogue,
    describe_void,
    list_dumps,
    read_counts,
    write_schema,
    write_turtle,
)
from kg.web.endpoint import is_known, unless_gone
from kg.web.negotiation import GRAPHS, PAGE, Choice, Format, choose_format
from kg.web.problems import check_reply
from kg.web.protocol import RequestError
from kg.web.rendering import render, show
from kg.web.resources import SUFFIXES, find_addresses, find_question
from kg.web.service import Edition, Service

MOST = 100
"""How many entities a search shows."""
LONGEST = 200
"""Characters that a search may have."""
_MAP = 50_000
"""Addresses that a site map may have. Source: sitemaps.org, protocol 0.9."""
_RDF = tuple(offer for offer in GRAPHS if offer != PAGE)
_FOUND = (PAGE, Format("json", "application/json"))
Rows = list[list[Any]]


async def show_catalogue(request: Request) -> Response:
    """Tell what the dataset is and where its files are, as DCAT 3 or as a page."""
    choice = _choose(request, GRAPHS)
    edition, rights = await _ask_saved(request, "texts/inventory")
    headers = _make_headers(request, edition, choice.media_type)
    if is_known(request, headers):
        return Response(status_code=304, headers=headers)
    root = find_addresses(request, edition).root
    if choice.format == PAGE:
        return show(await asyncio.to_thread(_write_catalogue, edition, root), headers=headers)
    turtle = await asyncio.to_thread(describe_catalogue, edition.build, root, _find_rights(edition, rights))
    body = write_turtle(turtle, root, choice.format.name)
    return Response(body, headers=headers | {"content-type": choice.content_type})


def _write_catalogue(edition: Edition, root: str) -> str:
    schema = write_schema(edition.build, root, SCHEMA.rstrip("/"))
    dumps = list_dumps(edition.build)
    about: Mapping[str, Any] = {"description": "", "licence": ""} | dict(edition.build.manifest)
    return render("catalogue.html", title=edition.title, root=root, about=about, dumps=dumps, schema=schema)


def _find_rights(edition: Edition, rows: Rows) -> dict[str, str]:
    """Give the rights in each text, by the IRI of its graph."""
    columns = list(find_question("texts/inventory").columns)
    text, rights = columns.index("text"), columns.index("rights")
    return {edition.build.base.graph(row[text][1].rpartition("/")[2]): row[rights][1] for row in rows}


async def show_void(request: Request) -> Response:
    """Tell how much of what is in the dataset; counted once for each build."""
    choice = _choose(request, _RDF)
    service: Service = request.app.state.service
    edition = await service.find_edition()
    headers = _make_headers(request, edition, choice.media_type)
    if is_known(request, headers):
        return Response(status_code=304, headers=headers)
    counted: dict[str, Any] = request.app.state.counted
    if edition.digest not in counted:
        _, classes = await _ask(request, CLASSES)
        edition, properties = await _ask(request, PROPERTIES)
        counted.clear()
        counted[edition.digest] = (read_counts(classes), read_counts(properties))
    root = find_addresses(request, edition).root
    turtle = describe_void(edition.build, root, *counted[edition.digest])
    body = write_turtle(turtle, root, choice.format.name)
    headers = _make_headers(request, edition, choice.media_type)
    return Response(body, headers=headers | {"content-type": choice.content_type})


async def send_dump(request: Request) -> Response:
    """Send a file of the build, if it is one of those that the catalogue lists."""
    service: Service = request.app.state.service
    edition = await service.find_edition()
    asked = request.path_params["file"]
    dump = next((dump for dump in list_dumps(edition.build) if dump.file == asked), None)
    if dump is None:
        raise RequestError(404, f"there is no file {asked}; /catalogue lists all there are")
    headers = {"etag": f'"{dump.sha256}"', "cache-control": "no-cache"}
    if is_known(request, headers):
        return Response(status_code=304, headers=headers)
    return FileResponse(edition.build.folder / dump.file, headers=headers, media_type=dump.media_type)


async def show_map(request: Request) -> Response:
    """List the addresses of all entities, for those who index the web."""
    edition, rows = await _ask_saved(request, "export/entities")
    addresses = find_addresses(request, edition)
    known = [f"{addresses.root}{path}" for path in ("", "catalogue", "ontology")]
    listed = known + [addresses.find(row[0][1]) for row in rows]
    return Response(render("sitemap.xml", addresses=listed[:_MAP]), media_type="application/xml")


async def show_robots(request: Request) -> Response:
    """Tell robots what is no use to them."""
    service: Service = request.app.state.service
    root = find_addresses(request, await service.find_edition()).root
    told = f"User-agent: *\nDisallow: /sparql\nDisallow: /search\nSitemap: {root}sitemap.xml\n"
    return PlainTextResponse(told)


async def search(request: Request) -> Response:
    """Show which entities a text calls by a name, or by one that has these letters in it."""
    choice = choose_format(_FOUND, request.query_params.get("format"), request.headers.get("accept"))
    asked = request.query_params.get("q", "").strip()
    if len(asked) > LONGEST:
        raise RequestError(400, f"a search may have {LONGEST} characters; shorten it")
    edition, index = await _find_index(request)
    addresses = find_addresses(request, edition)
    found = await asyncio.to_thread(_search, index, asked, addresses) if asked else []
    shown, more = found[:MOST], len(found) > MOST
    if choice.format == PAGE:
        return show(
            render("search.html", title=edition.title, root=addresses.root, asked=asked, found=shown, more=more)
        )
    body = json.dumps({"q": asked, "more": more, "found": shown}, ensure_ascii=False, indent=1)
    return Response(body + "\n", media_type="application/json")


async def _find_index(request: Request) -> tuple[Edition, Mapping[str, Any]]:
    """Give all names of all entities, read once for each build."""
    service: Service = request.app.state.service
    edition = await service.find_edition()
    indexes: dict[str, Mapping[str, Any]] = request.app.state.indexes
    if edition.digest not in indexes:
        _, names = await _ask_saved(request, "export/names")
        edition, entities = await _ask_saved(request, "export/entities")
        indexes.clear()
        indexes[edition.digest] = _make_index(names, entities)
    return edition, indexes[edition.digest]


def _make_index(names: Rows, entities: Rows) -> dict[str, tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Give of each entity its kind, its label, and every name with the letters by which it is found."""
    forms: dict[str, list[str]] = defaultdict(list)
    for entity, form in names:
        forms[entity[1]].append(form[1])
    return {
        entity[1]: (kind[1], label[1], tuple((form, _fold(form)) for form in (label[1], *forms[entity[1]])))
        for entity, kind, label in entities
    }


def _search(index: Mapping[str, Any], asked: str, addresses: Addresses) -> list[dict[str, Any]]:
    """Search: those called just so first, then those with a name that begins so, then all others."""
    letters = _fold(asked)
    found: list[tuple[int, str, dict[str, Any]]] = []
    for iri, (kind, label, forms) in index.items():
        fits = [(form, folded) for form, folded in forms if letters in folded]
        if fits:
            rank = min(0 if folded == letters else 2 - folded.startswith(letters) for _, folded in fits)
            shown = sorted({form for form, _ in fits})
            item = {"iri": iri, "address": addresses.find(iri), "label": label, "kind": kind, "forms": shown}
            found.append((rank, iri, item))
    return [item for _, _, item in sorted(found, key=lambda hit: hit[:2])]


def _fold(text: str) -> str:
    """Give the letters of a text without accents and case."""
    return "".join(sign for sign in normalize("NFKD", text.casefold()) if not combining(sign))


def _choose(request: Request, offers: tuple[Format, ...]) -> Choice:
    form = SUFFIXES.get(f".{request.path_params['suffix']}") if "suffix" in request.path_params else None
    if "suffix" in request.path_params and form is None:
        raise RequestError(404, f"there is no {request.url.path}; /catalogue tells what there is")
    return choose_format(offers, form or request.query_params.get("format"), request.headers.get("accept"))


async def _ask_saved(request: Request, name: str) -> tuple[Edition, Rows]:
    question: Question = find_question(name)
    edition, body = await _ask(request, question.text, "json")
    told = json.loads(body)
    columns = told["head"]["vars"]
    return edition, [[_tell(row.get(column)) for column in columns] for row in told["results"]["bindings"]]


def _tell(cell: Mapping[str, str] | None) -> list[str] | None:
    return None if cell is None else [cell["type"], cell["value"]]


async def _ask(request: Request, query: str, form: str = PAGE.name) -> tuple[Edition, bytes]:
    service: Service = request.app.state.service
    base = find_addresses(request, await service.find_edition()).root
    question = {"query": query, "format": form, "base": base, "default": [], "named": []}
    edition, reply = await unless_gone(request, service.ask(question))
    check_reply(reply, query, service.limits)
    return edition, reply.body


def _make_headers(request: Request, edition: Edition, media_type: str) -> dict[str, str]:
    known = (edition.digest, __version__, media_type, find_addresses(request, edition).root, request.url.path)
    return {"cache-control": "no-cache", "etag": f'"{sha256(repr(known).encode()).hexdigest()[:32]}"'}
