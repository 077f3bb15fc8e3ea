"""A server with every fault that whoever asks over a network meets: busy, broken, lying, endless.

The path names the fault: /garbage answers so to every request, /late/garbage only after a manifest
that is in order, /once/garbage only to the first request with a form.
"""

import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import formatdate
from functools import cache
from http.server import BaseHTTPRequestHandler

from loopback import service
from loopback.running import Asked, Server, run, send

Fault = Callable[[BaseHTTPRequestHandler], None]
RESULT = {"id": "Q1", "name": "One", "score": 1}


def reply(body: bytes | str, status: int = 200, **headers: str) -> Fault:
    """Give a fault that is an answer sent whole."""
    data = body if isinstance(body, bytes) else body.encode()
    return lambda handler: send(handler, data, status, **headers)


def result(**item: object) -> Fault:
    """Give a fault that is one candidate with something wrong in it."""
    return reply(json.dumps({f"q{at}": {"result": [RESULT | item]} for at in range(50)}))


def begin(handler: BaseHTTPRequestHandler, **headers: str) -> None:
    """Begin an answer whose length is not told."""
    handler.send_response(200)
    for name, value in ({"content_type": "application/json"} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def hang(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing."""
    time.sleep(3600)
    handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Give a byte every now and then."""
    begin(handler)
    for _ in range(36000):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    """Never come to the end of the headers."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(36000):
        handler.wfile.write(b"a")
        handler.wfile.flush()
        time.sleep(0.1)


def flood(handler: BaseHTTPRequestHandler) -> None:
    """Give a body that does not end."""
    begin(handler)
    while True:
        handler.wfile.write(b" " * 65536)


def bomb(handler: BaseHTTPRequestHandler) -> None:
    """Give a megabyte that becomes a gigabyte."""
    begin(handler, content_encoding="gzip")
    for _ in range(16):
        handler.wfile.write(_compress_blanks())


@cache
def _compress_blanks() -> bytes:
    return gzip.compress(b" " * (64 << 20), 9)


def empty_members(handler: BaseHTTPRequestHandler) -> None:
    """Give compressed data without end in which there is nothing."""
    begin(handler, content_encoding="gzip")
    while True:
        handler.wfile.write(gzip.compress(b"") * 100)


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Promise more than is sent, and hang up."""
    send(handler, b'{"q0": {"res', content_length="4096")
    handler.close_connection = True


def redirect(to: str, status: int = 302) -> Fault:
    """Give a fault that sends elsewhere."""
    return reply(b"", status, location=to)


FAULTS: Mapping[str, Fault] = {
    "garbage": reply(b"\x93\x00 not json"),
    "empty": reply(b""),
    "html": reply("<!doctype html><title>Log in</title><form>", content_type="text/html"),
    "cut-json": reply('{"q0": {"result": [{"id": "Q'),
    "nan": reply('{"q0": {"result": [{"id": "Q1", "name": "One", "score": NaN}]}}'),
    "number": reply('{"q0": {"result": [{"id": "Q1", "name": "One", "score": 1' + "0" * 5000 + "}]}}"),
    "deep": reply("[" * 200_000),
    "bad-utf8": reply(b'{"q0": {"result": [{"id": "Q1", "name": "\xff\xfe", "score": 1}]}}'),
    "surrogate": reply('{"q0": {"result": [{"id": "Q1", "name": "\\ud800", "score": 1}]}}'),
    "array": reply("[]"),
    "text": reply('"q0"'),
    "null": reply("null"),
    "wrong-key": reply('{"q99": {"result": []}}'),
    "no-result": reply('{"q0": {}}'),
    "result-is-object": reply('{"q0": {"result": {"id": "Q1"}}}'),
    "no-id": result(id=None),
    "id-is-number": result(id=7),
    "no-name": result(name=None),
    "score-is-text": result(score="high"),
    "score-is-true": result(score=True),
    "types-are-text": result(type="Q5"),
    "long-name": result(name="a" * 100_000),
    "id-with-blanks": result(id="Q1> <urn:evil"),
    "error": reply('{"error": {"code": "internal_api_error", "info": "it broke"}}'),
    "status-error": reply('{"status": "error", "message": "invalid query"}'),
    "maxlag": reply('{"error": {"code": "maxlag", "info": "Waiting for a database"}}', retry_after="0"),
    "busy": reply("Too Many Requests", 429, retry_after="0", content_type="text/plain"),
    "unavailable": reply("<h1>503</h1>", 503, content_type="text/html"),
    "away-for-a-day": reply("{}", 429, retry_after="86400"),
    "away-until-a-date": reply("{}", 503, retry_after=formatdate(time.time() + 90_000, usegmt=True)),
    "login": reply("{}", 401, www_authenticate="Basic"),
    "forbidden": reply("Please set a user agent", 403),
    "not-found": reply("<h1>404</h1>", 404, content_type="text/html"),
    "teapot": reply("{}", 418),
    "cut": cut,
    "hang": hang,
    "drip": drip,
    "drip-headers": drip_headers,
    "flood": flood,
    "bomb": bomb,
    "empty-members": empty_members,
    "no-gzip": reply(b"{}", content_encoding="gzip"),
    "loop": redirect("/loop"),
    "to-a-file": redirect("file:///etc/passwd"),
    "to-another-host": redirect("http://localhost.invalid/api"),
    "to-nowhere": redirect(""),
    "to-another-port": redirect("http://127.0.0.1:1/api"),
}
"""What the server does, by the name of the fault."""

HANGING = frozenset({"hang", "drip", "drip-headers", "empty-members"})
"""The faults that end only with patience."""

BAD_MANIFESTS: Mapping[str, Fault] = {
    "no-space": reply('{"versions": ["0.2"], "name": "x", "schemaSpace": "y"}'),
    "no-name": reply('{"versions": ["0.2"], "identifierSpace": "http://example.org/"}'),
    "other-version": reply('{"versions": ["1.0-draft"], "name": "x", "identifierSpace": "http://example.org/"}'),
    "versions-is-text": reply('{"versions": "0.2", "name": "x", "identifierSpace": "http://example.org/"}'),
    "view-is-text": reply('{"versions": ["0.2"], "name": "x", "identifierSpace": "http://a.org/", "view": "y"}'),
}
"""Manifests that are in order as JSON and not as manifests."""


def answer(handler: BaseHTTPRequestHandler, asked: Asked, log: list[Asked]) -> None:
    """Answer with the fault that the path names, always, after the manifest, or once."""
    way, _, fault = asked.path.strip("/").rpartition("/")
    form = {name for name in ("queries", "extend") if name in asked.form}
    forms_so_far = sum(bool(earlier.form) for earlier in log)
    in_order = {"late": not form, "once": not form or forms_so_far > 1, "extend": "extend" not in form, "": False}[way]
    if in_order:
        service.answer(handler, asked)
    else:
        {**FAULTS, **BAD_MANIFESTS}[fault](handler)


@contextmanager
def run_hostile() -> Iterator[Server]:
    """Run the server until the block ends."""
    log: list[Asked] = []

    def note(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        log.append(asked)
        answer(handler, asked, log)

    with run(note) as server:
        server.log = log
        yield server
