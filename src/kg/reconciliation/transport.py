"""One request at a time to a service that may be slow, busy, broken or hostile.

An answer has a time, a size and a form, or it is told in words and nothing of it is used. A service
that asks one to stay away is left alone for as long as it says.
"""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Thread
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from kg.errors import OutsideError, UsageError

MOST_BYTES = 8 << 20
"""Of an answer, after decompression."""

MOST_HOPS = 5
BUSY = frozenset({429, 500, 502, 503, 504})
BUSY_CODES = frozenset({"maxlag", "ratelimited", "readonly"})
"""What MediaWiki says, with status 200, when one should come again later."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 1 << 16
_Form = Mapping[str, Any] | None
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Manners:
    """How a service is treated; times in seconds.

    `agent` says who asks and where to write to. An answer has `timeout`; a busy service is asked
    `tries` times; between two requests lies `pause`; no wait that it asks for is longer than `patience`.
    """

    agent: str
    timeout: float = 30.0
    tries: int = 4
    pause: float = 1.0
    patience: float = 300.0


class BusyError(Exception):
    """The service gave no answer now; `wait` is how long it asks one to stay away, `tries` how often to try."""

    def __init__(self, told: str, wait: float | None = None, tries: int = 99) -> None:
        super().__init__(told)
        self.wait = wait
        self.tries = tries


class _Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


def name_agent(program: str, *contacts: str) -> str:
    """Say who asks, as services want it said: program, contacts, library; raises UsageError."""
    told = "; ".join(filter(None, contacts))
    if not told.isascii() or not told.isprintable():
        raise UsageError("--contact takes a mail address or an IRI in plain letters")
    return f"{program} ({told}) requests/{requests.__version__}"


def check_address(url: str) -> str:
    """Give an address back if a service can be there; raises UsageError."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise UsageError(f"{url} is no address of a service; give one that begins with http:// or https://")
    return url


class Line:
    """The line to one address: forms are sent, JSON is received; raises OutsideError where that cannot be."""

    def __init__(self, url: str, manners: Manners, sleep: Callable[[float], None] = time.sleep) -> None:
        self.url = check_address(url)
        self._manners = manners
        self._sleep = sleep
        self._session = _open_session(manners.agent)
        self._used = False

    def exchange(self, form: _Form, understand: Callable[[Any], _T]) -> _T:
        """Send a form, or ask with GET where there is none, until there is an answer; give what it means.

        `understand` is given the answer as read from JSON, and raises ValueError where that means nothing.
        """
        attempt = 1
        while True:
            try:
                return understand(read_json(self._send(form)))
            except BusyError as busy:
                self._wait(busy, attempt)
                attempt += 1
            except ValueError as error:
                raise OutsideError(f"{self.url} {error}") from None

    def _wait(self, busy: BusyError, attempt: int) -> None:
        """Wait as long as the service asks, else longer from time to time; raises OutsideError after the last."""
        if attempt >= min(self._manners.tries, busy.tries):
            raise OutsideError(f"{self.url} {busy} ({attempt} times); run it again later, it goes on where it stopped")
        wait = 2.0 ** (attempt - 1) if busy.wait is None else busy.wait
        if wait > self._manners.patience:
            message = f"{self.url} {busy} and asks to stay away for {wait:.0f} s; run it again then"
            raise OutsideError(f"{message}, it goes on where it stopped")
        self._sleep(wait)

    def _send(self, form: _Form) -> _Answer:
        """Send a request; redirects are followed on the same host only."""
        if self._used:
            self._sleep(self._manners.pause)
        self._used = True
        url = self.url
        for _ in range(MOST_HOPS + 1):
            answer = self._send_in_time(url, form)
            if answer.status not in _REDIRECTS:
                return answer
            url = _follow(url, answer.headers.get("location", ""))
        raise ValueError(f"redirects more than {MOST_HOPS} times; check the address")

    def _send_in_time(self, url: str, form: _Form) -> _Answer:
        """Send a request in a thread that is cut off when its time is over, wherever it hangs."""
        attempt = _Attempt(self._session, url, form, self._manners.timeout)
        attempt.start()
        attempt.join(self._manners.timeout)
        if attempt.is_alive():
            attempt.cut_off()
            self._session = _open_session(self._manners.agent)
            raise BusyError(f"gives no whole answer within {self._manners.timeout:g} s", tries=2)
        return attempt.take()


class _Attempt(Thread):
    """One request on its way: it ends with an answer or with what went wrong."""

    def __init__(self, session: requests.Session, url: str, form: _Form, timeout: float) -> None:
        super().__init__(daemon=True)
        self._session = session
        self._url = url
        self._data = None if form is None else {key: json.dumps(value) for key, value in form.items()}
        self._timeout = 2 * timeout  # of silence; the one who waits speaks first
        self._response: requests.Response | None = None
        self._outcome: _Answer | Exception = BusyError("gives no answer")

    def run(self) -> None:
        """Send the request and take the answer."""
        try:
            with self._send() as response:
                self._response = response
                headers = dict(response.headers.lower_items())
                self._outcome = _Answer(response.status_code, headers, _read_body(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            self._outcome = BusyError(_tell(error))
        except Exception as error:  # whatever it is, it belongs to the one who waits
            self._outcome = error

    def _send(self) -> requests.Response:
        method = "GET" if self._data is None else "POST"
        return self._session.request(
            method, self._url, data=self._data, timeout=self._timeout, stream=True, allow_redirects=False
        )

    def cut_off(self) -> None:
        """End the answer under the hands of the one who still reads it."""
        if self._response is not None:
            with suppress(ValueError, RuntimeError, OSError):  # it may have ended just now
                self._response.raw.shutdown()

    def take(self) -> _Answer:
        """Give the answer, or raise what went wrong."""
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def _open_session(agent: str) -> requests.Session:
    session = requests.Session()
    session.headers.update({"User-Agent": agent, "Accept": "application/json", "Accept-Encoding": "gzip, deflate"})
    session.auth = _send_no_password
    return session


def _send_no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep what ~/.netrc holds for a host from being sent to it."""
    return request


def _read_body(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise ValueError(f"answers with more than {MOST_BYTES >> 20} MiB, which is no answer to so few questions")
    return bytes(body)


def _tell(error: Exception) -> str:
    """Tell what went wrong on the line in a few words."""
    if isinstance(error, requests.exceptions.SSLError):
        return f"cannot be trusted: {_show(str(error))}"
    cut_off = requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError
    if isinstance(error, requests.ConnectionError) and not isinstance(error, cut_off):
        return f"cannot be reached: {_show(_find_cause(error))}"
    return f"breaks off its answer: {_show(_find_cause(error))}"


def _find_cause(error: Exception) -> str:
    """Give the last part of a message that wraps others."""
    return str(error).rpartition(": ")[2].strip("()'\" ")


def _show(text: str) -> str:
    """Give a text from elsewhere short and without characters that would act on a terminal."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.split())[:200]


def _follow(url: str, location: str) -> str:
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        schemes = ("https",) if url.startswith("https:") else ("http", "https")
        fits = bool(location) and parts.scheme in schemes and parts.netloc == urlsplit(url).netloc
    except ValueError:
        fits = False
    if not fits:
        message = f"redirects to {_show(location) or 'nowhere'}, which is elsewhere and was not asked"
        raise ValueError(f"{message}; if the service has moved, give its new address with --service")
    return target


def read_json(answer: _Answer) -> Any:  # noqa: ANN401
    """Read an answer; raises BusyError where the service asks to come again, ValueError where it is no answer."""
    wait = _read_wait(answer.headers.get("retry-after", ""))
    if answer.status in BUSY:
        raise BusyError(f"is busy (status {answer.status})", wait)
    if answer.status in (401, 403, 407):
        raise ValueError(f"refuses to answer without a login or to this program (status {answer.status})")
    if answer.status != 200:
        raise ValueError(f"answers with status {answer.status}; check the address")
    told = _parse(answer.body)
    _refuse_errors(told, wait)
    return told


def _read_wait(text: str) -> float | None:
    """Read Retry-After: seconds, or the date at which to come again."""
    if text.strip().isdecimal():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def _parse(body: bytes) -> Any:  # noqa: ANN401
    if body.lstrip()[:1] == b"<":
        raise ValueError("answers with a web page, perhaps for a login, not with JSON; check the address")
    try:
        told = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        json.dumps(told, ensure_ascii=False).encode()
    except UnicodeError:
        raise ValueError("answers with what is no text in UTF-8") from None
    except RecursionError:
        raise ValueError("answers with JSON that is nested too deep") from None
    except ValueError as error:
        raise ValueError(f"answers with what is no JSON: {_show(str(error))}") from None
    return told


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _refuse_errors(told: object, wait: float | None) -> None:
    """Raise where an answer with status 200 is a report of failure."""
    if not isinstance(told, dict):
        return
    error = told.get("error")
    if isinstance(error, dict) and error.get("code") in BUSY_CODES:
        raise BusyError(f"is busy ({error['code']})", wait)
    if error is not None or told.get("status") == "error":
        says = error.get("info") or error.get("message") if isinstance(error, dict) else error
        raise ValueError(f"reports an error: {_show(str(says or told.get('message') or 'without a word'))}")
