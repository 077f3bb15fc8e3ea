"""What went wrong, told over HTTP: a status, and a sentence to act on as problem+json (RFC 9457) or a page."""

import json
import logging
import re
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from kg.errors import KgError, OutsideError, UsageError
from kg.guard import ForbiddenError, TooLongError
from kg.web.limits import Limits
from kg.web.negotiation import PAGE, Format, UnacceptableError, choose_format
from kg.web.pages import write_form
from kg.web.protocol import Operation, RequestError
from kg.web.workers import BusyError, DiedError, Reply, TooSlowError

PROBLEM = Format("problem", "application/problem+json", ("application/json",))
TITLES = {
    400: "Bad request",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    406: "Not to be had in this format",
    408: "Request too slow",
    413: "Request too large",
    415: "Query in an unknown format",
    422: "Query takes too much",
    500: "Fault of this program",
    503: "Not available now",
    504: "Query too slow",
}
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_CLASSES = re.compile(r"\[(?:'[^\]]*|_)\](?:, )?")
"""Classes of characters, which the engine names when it says what it expected."""


class QueryError(UsageError):
    """The engine takes the text for no query; where it says why, line and column count from 1."""

    def __init__(self, detail: str, query: str) -> None:
        found = _PLACE.match(detail)
        self.place: dict[str, Any] = {}
        if found:
            line, column = int(found[1]), int(found[2])
            self.place = {"line": line, "column": column, "excerpt": _point(query, line, column)}
            detail = f"line {line}, column {column}: {_CLASSES.sub('', found[3]).rstrip(' ,')}"
        super().__init__(f"this is not valid SPARQL: {detail}")


class TooLargeError(KgError):
    """The answer is larger than it may be."""


STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (UnacceptableError, 406),
    (TooLongError, 413),
    (ForbiddenError, 403),
    (UsageError, 400),
    (TooSlowError, 504),
    (DiedError, 422),
    (TooLargeError, 422),
    (BusyError, 503),
    (OutsideError, 503),
)


def check_reply(reply: Reply, query: str, limits: Limits) -> None:
    """Raise what a reply says went wrong."""
    if reply.outcome == "malformed":
        raise QueryError(reply.detail, query)
    if reply.outcome == "refused":
        raise UsageError(f"the query cannot be answered: {reply.detail}")
    if reply.outcome == "large":
        raise TooLargeError(
            f"the answer has more than {limits.answer} bytes; ask for it in parts with ORDER BY, LIMIT and OFFSET"
        )
    if reply.outcome == "failed":
        raise OutsideError(f"the store cannot be read: {reply.detail}")


async def answer_problem(request: Request, error: Exception) -> Response:
    """Answer with what went wrong; a page for those who prefer one, with their query to mend."""
    if isinstance(error, ClientDisconnect):
        return Response(status_code=499)
    status, detail = _read_status(error), _tell(error, request.app.state.service.limits)
    try:
        wanted = choose_format((PROBLEM, PAGE), None, request.headers.get("accept")).format
    except UnacceptableError:
        wanted = PROBLEM
    headers = dict(getattr(error, "headers", None) or {}) | ({"retry-after": "5"} if status == 503 else {})
    if wanted == PAGE:
        query = request.query_params.get("query")
        page = write_form(TITLES.get(status, "Problem"), Operation(query, (), (), None), detail)
        return HTMLResponse(page, status, headers)
    told = {"type": "about:blank", "title": TITLES.get(status, "Problem"), "status": status, "detail": detail}
    body = json.dumps(told | getattr(error, "place", {}), ensure_ascii=False, indent=1)
    return Response(body + "\n", status, headers, PROBLEM.media_type)


def _read_status(error: Exception) -> int:
    if isinstance(error, RequestError):
        return error.status
    if isinstance(error, HTTPException):
        return error.status_code
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def _tell(error: Exception, limits: Limits) -> str:
    if isinstance(error, TooSlowError):
        return f"the query took longer than {limits.seconds:g} seconds and was stopped; narrow it, or add a LIMIT"
    if isinstance(error, DiedError):
        return f"the query took more than {limits.memory >> 20} MiB of memory, or nests too much; make it simpler"
    if isinstance(error, HTTPException):
        return f"{error.detail}; ask at /sparql"
    if isinstance(error, KgError):
        return str(error)
    logging.getLogger(__name__).error("while answering", exc_info=error)
    return "this should not happen; the log of the server says more"


def _point(query: str, line: int, column: int) -> str:
    """Give the line of a place in a query, and a caret under the place."""
    lines = query.splitlines() or [""]
    text = lines[line - 1] if line <= len(lines) else ""
    start = max(0, column - 61)
    return f"{text[start : column + 59]}\n{' ' * (column - 1 - start)}^"
