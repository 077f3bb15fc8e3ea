"""The command that serves a build on the web."""

import asyncio
import resource
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click
import uvicorn
from starlette.datastructures import URL

from kg.cli.terminal import STDERR, build_option
from kg.errors import OutsideError, UsageError
from kg.web.app import make_app
from kg.web.limits import Limits
from kg.web.service import Service
from kg.web.site import LOOPBACK, Site

_LAST_WORDS = 3
"""Seconds that answers under way have when the service is stopped."""
_BACKLOG = 2048
"""Connections that may wait to be taken."""


@click.command()
@build_option
@click.option("--host", default="127.0.0.1", help="Address to listen at; by any but this one strangers come in.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="0 takes one that is free.")
@click.option("--base", default="", help="Public address where it is another, as https://example.org/kg/")
@click.option("--origin", "origins", multiple=True, help="Pages elsewhere that may post, as https://example.org")
@click.option("--workers", type=click.IntRange(1), default=2, help="Processes for short queries; as many for long.")
@click.option("--seconds", type=click.IntRange(1), default=30, help="How long a query may take.")
@click.option("--memory", type=click.IntRange(64), default=1024, help="MiB that a query may take.")
def serve(
    build: Path, host: str, port: int, base: str, origins: tuple[str, ...], workers: int, seconds: int, memory: int
) -> None:
    """Serve a build as a SPARQL endpoint that strangers may ask; Ctrl-C stops it."""
    site = _find_site(host, base, origins)
    limits = Limits(seconds=seconds, workers=workers, memory=memory << 20)
    _open_more_files()
    asyncio.run(_serve(Service(build, limits), site, host, port))


def _find_site(host: str, base: str, origins: tuple[str, ...]) -> Site:
    own = (*LOOPBACK, f"[{host}]" if ":" in host else host)
    if not base:
        return Site("", own, origins)
    address = URL(base)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise UsageError(f"--base needs an address such as https://example.org/kg/, and {base!r} is none")
    return Site(f"{base.rstrip('/')}/", (*own, address.netloc.rpartition("@")[2].split(":")[0]), origins)


def _open_more_files() -> None:
    """Allow as many connections as the system lets this process have."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _serve(service: Service, site: Site, host: str, port: int) -> None:
    async with _listen(host, port) as sockets, _opened(service):
        config = uvicorn.Config(
            make_app(service, site),
            http="h11",
            ws="none",
            lifespan="off",
            backlog=_BACKLOG,
            log_level="error",
            server_header=False,
            h11_max_incomplete_event_size=service.limits.body,
            timeout_graceful_shutdown=_LAST_WORDS,
        )
        server = uvicorn.Server(config)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))  # before and after uvicorn's own
        _tell(service, site, host, sockets)
        await server.serve(sockets)


@asynccontextmanager
async def _listen(host: str, port: int) -> AsyncIterator[list[Any]]:
    """Take the address, so that it is known to be free before anything else starts."""
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(asyncio.Protocol, host, port, start_serving=False)
    except OSError as error:
        told = error.strerror or error
        raise OutsideError(f"cannot listen at {host} port {port}: {told}; is it in use? Choose with --port") from None
    sockets = [listening.dup() for listening in server.sockets]
    server.close()
    for listening in sockets:
        listening.listen(_BACKLOG)  # from here on nobody is turned away, though answers come when all is open
    try:
        yield sockets
    finally:
        for listening in sockets:
            listening.close()


@asynccontextmanager
async def _opened(service: Service) -> AsyncIterator[None]:
    await service.open()
    try:
        yield
    finally:
        await service.close()


def _tell(service: Service, site: Site, host: str, sockets: list[Any]) -> None:
    name = f"[{host}]" if ":" in host else host
    address = site.find_base(f"http://{name}:{sockets[0].getsockname()[1]}")
    click.echo(f"listening at {address}sparql")
    STDERR.print(f"limits: {service.limits.describe()}; stop with Ctrl-C")
    if not service.sealed:
        STDERR.print("[yellow]this system cannot close the sockets of a process[/yellow]; do not let strangers in")
