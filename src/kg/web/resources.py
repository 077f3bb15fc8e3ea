"""Linked data: what is said of a resource, under its own address, in the format that is asked for."""

import asyncio
import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, parse, serialize
from starlette.requests import Request
from starlette.responses import Response

from kg import __version__
from kg.layout import find_folder
from kg.names import ENTITY_KINDS
from kg.queries import Question, read_question
from kg.web.addresses import Addresses
from kg.web.catalogue import describe_graph
from kg.web.endpoint import find_origin, is_known, unless_gone
from kg.web.negotiation import GRAPHS, PAGE, Choice, UnacceptableError, choose_format
from kg.web.problems import check_reply
from kg.web.profiles import LEADING, Profile, Section, Teller
from kg.web.protocol import RequestError
from kg.web.rendering import render, show
from kg.web.service import Edition, Service
from kg.web.site import Site
from kg.web.worker import GRAPH_FORMATS

SUFFIXES = {
    ".ttl": "turtle",
    ".jsonld": "jsonld",
    ".nt": "ntriples",
    ".rdf": "rdfxml",
    ".trig": "trig",
    ".nq": "nquads",
    ".html": "html",
}
"""Endings of addresses, each with the format in which the resource is then had."""
_FORMATS = {name: suffix for suffix, name in SUFFIXES.items()}

_ASKED = {
    **dict.fromkeys(ENTITY_KINDS, ("disagreement/comparisons",)),
    "assertion": ("provenance/claim", "provenance/chain", "disagreement/of-claim", "witness/rests-on"),
}
"""By kind of reference the saved questions whose answers its page shows."""


async def answer_resource(request: Request) -> Response:
    """Answer with what is said of the resource whose address was asked; raises what `problems` tells."""
    path, form = _split(request.path_params["path"])
    choice = choose_format(GRAPHS, form or request.query_params.get("format"), request.headers.get("accept"))
    service: Service = request.app.state.service
    addresses = find_addresses(request, await service.find_edition())
    for iri in addresses.list_iris(path):
        response = await _describe(request, iri, path, choice)
        if response is not None:
            return response
    return _refuse(request, path, addresses)


def find_addresses(request: Request, edition: Edition) -> Addresses:
    """Give the addresses under which a request is answered."""
    site: Site = request.app.state.site
    return Addresses(edition.build.base, site.find_base(find_origin(request)))


def _split(path: str) -> tuple[str, str | None]:
    for suffix, form in SUFFIXES.items():
        if path.endswith(suffix):
            return path.removesuffix(suffix), form
    return path, None


async def _describe(request: Request, iri: str, path: str, choice: Choice) -> Response | None:
    service: Service = request.app.state.service
    edition = await service.find_edition()
    headers = _make_headers(edition, find_addresses(request, edition), iri, path, choice)
    if is_known(request, headers):
        return Response(status_code=304, headers=headers)
    questions = _find_questions(path) if choice.format == PAGE else {}
    edition, reply = await unless_gone(request, service.ask(_pose(iri, choice.format.name, questions)))
    check_reply(reply, "", service.limits)
    addresses = find_addresses(request, edition)
    headers = _make_headers(edition, addresses, iri, path, choice)
    graph = edition.build.manifest["graphs"].get(iri)
    if reply.outcome == "absent" and graph is None:
        return None
    if choice.format == PAGE:
        page = await asyncio.to_thread(_write_page, edition, addresses, iri, path, reply.body, questions)
        return show(page, headers=headers)
    body = reply.body if graph is None else _add_graph(reply.body, choice.format.name, addresses, edition, iri)
    return Response(body, headers=headers | {"content-type": choice.content_type})


def _pose(iri: str, form: str, questions: Mapping[str, Question]) -> dict[str, Any]:
    variables = {parameter.variable for question in questions.values() for parameter in question.parameters[:1]}
    return {
        "resource": iri,
        "about": LEADING,
        "format": form,
        "ask": {name: question.text for name, question in questions.items()},
        "terms": dict.fromkeys(variables, ("iri", iri)),
    }


@cache
def find_question(name: str) -> Question:
    """Read a saved question that came with the package."""
    return read_question(name, (find_folder("queries") / f"{name}.rq").read_text("utf-8"))


def _find_questions(path: str) -> dict[str, Question]:
    return {name: find_question(name) for name in _ASKED.get(path.partition("/")[0], ())}


def _make_headers(edition: Edition, addresses: Addresses, iri: str, path: str, choice: Choice) -> dict[str, str]:
    """Make what an answer is known by, and the links by which a machine finds its way (FAIR signposting)."""
    at = NamedNode(f"{addresses.root}{path}").value
    known = (edition.digest, __version__, choice.media_type, addresses.root, iri)
    links = [f'<{at}{_FORMATS[offer.name]}>; rel="{_relate(offer.name)}"; type="{offer.media_type}"'
             for offer in GRAPHS if offer.name in _FORMATS and offer != choice.format]  # fmt: skip
    licence = edition.build.manifest.get("licence", "")
    links += [f'<{licence}>; rel="license"'] if licence else []
    links += [f'<{addresses.root}catalogue>; rel="collection"', f'<{iri}>; rel="cite-as"']
    tag = sha256(repr(known).encode()).hexdigest()[:32]
    suffix = _FORMATS[choice.format.name]
    return {
        "cache-control": "no-cache",
        "content-location": f"{at}{suffix}",
        "etag": f'"{tag}"',
        "link": ", ".join(links),
    }


def _relate(form: str) -> str:
    return "alternate" if form == PAGE.name else "alternate describedby"


def _add_graph(body: bytes, form: str, addresses: Addresses, edition: Edition, iri: str) -> bytes:
    """Add to what is said of a named graph what the build knows of it: size, file, dataset."""
    quads = list(parse(body, format=GRAPH_FORMATS[form]))
    triples = [*quads, *parse(describe_graph(edition.build, addresses.root, iri), format=RdfFormat.TURTLE)]
    output = GRAPH_FORMATS[form]
    prefixes = edition.build.manifest.get("prefixes", {})
    told = triples if output.supports_datasets else list(dict.fromkeys(quad.triple for quad in triples))
    return serialize(told, format=output, prefixes=prefixes) or b""


def _write_page(
    edition: Edition, addresses: Addresses, iri: str, path: str, body: bytes, questions: Mapping[str, Question]
) -> str:
    told = json.loads(body)
    teller = Teller(iri, told, addresses)
    sections = [_tell_section(teller, questions[name], table) for name, table in told["tables"].items()]
    profile: Profile = teller.tell(sections)
    return render(
        "resource.html",
        profile=profile,
        title=edition.title,
        root=addresses.root,
        path=path,
        suffixes=SUFFIXES,
        licence=edition.build.manifest.get("licence", ""),
        graph=edition.build.manifest["graphs"].get(iri),
        schema=profile.to_schema(),
    )


def _tell_section(teller: Teller, question: Question, table: Mapping[str, Any]) -> Section:
    own = question.columns
    shown = [at for at, name in enumerate(table["columns"]) if name in own and not _is_label(name, own)]
    columns = tuple((table["columns"][at].replace("_", " "), question.columns[table["columns"][at]]) for at in shown)
    rows = tuple(tuple(row[at] and teller.tell_value(row[at]) for at in shown) for row in table["rows"])
    return Section(question.summary, columns, rows)


def _is_label(column: str, columns: Mapping[str, str]) -> bool:
    """Tell whether a column only labels another, whose cells a page shows by their label already.

    Saved questions give a property by its bare name, so that its label does tell something.
    """
    return column.endswith("_label") and column.removesuffix("_label") in columns and column != "property_label"


def _refuse(request: Request, path: str, addresses: Addresses) -> Response:
    """Say that there is nothing by this name: with a way on for a browser, as a problem for others."""
    detail = f"nothing is known of {path}; ask at /sparql, search at /search?q=, or begin at /catalogue"
    try:
        wanted = choose_format(GRAPHS, None, request.headers.get("accept")).format
    except UnacceptableError:
        wanted = None
    if wanted != PAGE:
        raise RequestError(404, detail)
    words = path.rpartition("/")[2].replace("-", " ")
    return show(render("absent.html", path=path, words=words, root=addresses.root, title="Not found"), 404)
