"""A server on a free port of this machine that runs while a test needs it, and remembers what it was asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Asked:
    """A request as it came: when, how, where, with which headers and which form."""

    at: float
    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]


@dataclass
class Server:
    """A server that runs: its address, and what it was asked so far."""

    root: str
    log: list[Asked] = field(default_factory=list)

    def count(self, method: str) -> int:
        """Count the requests of a method."""
        return sum(asked.method == method for asked in self.log)


Answer = Callable[[BaseHTTPRequestHandler, Asked], None]


@contextmanager
def run(answer: Answer) -> Iterator[Server]:
    """Run a server until the block ends; `answer` is called for each request."""
    server = Server("")

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            form = {key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(monotonic(), self.command, self.path, headers, form)
            server.log.append(asked)
            try:
                answer(self, asked)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        http.block_on_close = False
        server.root = f"http://127.0.0.1:{http.server_address[1]}"
        Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield server
        finally:
            http.shutdown()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """Send an answer whole; names of headers are written with _ for -."""
    handler.send_response(status)
    told = {"content_type": "application/json", "content_length": str(len(body))} | headers
    for name, value in told.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)
