"""The web application: its routes, and what every answer has in common. A further page is a further route."""

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import KgError
from kg.web.endpoint import answer_sparql
from kg.web.offers import search, send_dump, show_catalogue, show_map, show_robots, show_void
from kg.web.pages import write_start
from kg.web.problems import answer_problem
from kg.web.resources import answer_resource
from kg.web.service import Service
from kg.web.site import Site

HEADERS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Content-Location, ETag, Kg-Caution, Link, Retry-After",
    "content-security-policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "vary": "Accept",
    "x-content-type-options": "nosniff",
}
"""On every answer. Whatever is here may be read from everywhere; no page runs a script or loads anything."""


def make_app(service: Service, site: Site) -> Starlette:
    """Make the application; whoever runs it opens and closes the service."""
    methods = ["GET", "HEAD", "POST", "OPTIONS"]
    routes = [
        Route("/", show_start),
        *(Route(path, answer_sparql, methods=methods) for path in ("/sparql", "/sparql/")),
        *(Route(path, show_catalogue) for path in ("/catalogue", "/catalogue.{suffix}")),
        *(Route(path, show_void) for path in ("/void", "/void.{suffix}")),
        Route("/.well-known/void", show_void),
        Route("/dumps/{file:path}", send_dump),
        Route("/search", search),
        Route("/sitemap.xml", show_map),
        Route("/robots.txt", show_robots),
        Route("/{path:path}", answer_resource),
    ]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=list(site.hosts), www_redirect=False)
    kinds: tuple[type[Exception], ...] = (KgError, HTTPException, ClientDisconnect, Exception)
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Manners), hosts],
        exception_handlers=dict.fromkeys(kinds, answer_problem),
    )
    app.state.service, app.state.site = service, site
    app.state.counted, app.state.indexes = {}, {}
    return app


async def show_start(request: Request) -> Response:
    """Show what this is and where to ask."""
    service: Service = request.app.state.service
    edition = await service.find_edition()
    return HTMLResponse(write_start(edition.title, service.limits.describe()))


class Manners:
    """Puts HEADERS on every answer that has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
