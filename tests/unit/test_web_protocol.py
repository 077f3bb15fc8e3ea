"""A request read after the protocol: what it asks, and why it is refused."""

import asyncio
from collections.abc import Iterable
from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from starlette.types import Message

from kg.web.protocol import FORM, QUERY, UPDATE, Operation, RequestError, read_operation


def read(
    method: str = "GET", address: str = "", body: Iterable[bytes] = (), kind: str = "", pause: float = 0, **headers: str
) -> Operation:
    """Read a request that is made of these parts."""
    parts = [*body, b""]

    async def receive() -> Message:
        await asyncio.sleep(pause)
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    given = ({"content-type": kind} if kind else {}) | {name.replace("_", "-"): text for name, text in headers.items()}
    scope = {
        "type": "http",
        "method": method,
        "query_string": address.encode("latin-1"),
        "headers": [(name.encode(), text.encode()) for name, text in given.items()],
    }
    return asyncio.run(read_operation(Request(scope, receive), 1000, 0.2))


ASK = Operation("ASK {}", (), (), None)


def test_the_three_ways_to_ask_ask_the_same() -> None:
    encoded = urlencode({"query": "ASK {}"})
    assert read(address=encoded) == ASK
    assert read("HEAD", encoded) == ASK
    assert read("POST", "", [encoded.encode()], FORM) == ASK
    assert read("POST", "", [encoded[:5].encode(), encoded[5:].encode()], f"{FORM}; charset=UTF-8") == ASK
    assert read("POST", "", [b"ASK {}"], QUERY) == ASK
    assert read("POST", "", [b"ASK {}"], 'Application/SPARQL-query ;charset="utf-8"') == ASK


def test_graphs_are_named_in_the_address_and_in_the_form_in_their_order() -> None:
    fields = [("default-graph-uri", "urn:a"), ("named-graph-uri", "urn:n"), ("default-graph-uri", "urn:b")]
    told = read(
        "POST", urlencode(fields), [urlencode([("query", "ASK {}"), ("default-graph-uri", "urn:c")]).encode()], FORM
    )
    assert (told.default, told.named) == (("urn:a", "urn:b", "urn:c"), ("urn:n",))
    assert read("POST", urlencode(fields), [b"ASK {}"], QUERY).default == ("urn:a", "urn:b")


def test_a_request_without_a_query_asks_what_the_service_is() -> None:
    assert read(address="format=turtle&x=y") == Operation(None, (), (), "turtle")


def test_text_outside_of_ascii_arrives_as_it_was_sent() -> None:
    text = "ASK { ?s ?p 'Ленин 🙂 %41+&=' }"
    assert read(address=urlencode({"query": text})).query == text
    assert read("POST", "", [text.encode()], QUERY).query == text


@pytest.mark.parametrize(
    ("status", "method", "address", "body", "kind"),
    [
        (400, "GET", "query=ASK{}&query=ASK{}", b"", ""),
        (400, "POST", "query=ASK{}", b"query=ASK{}", FORM),
        (400, "POST", "query=ASK{}", b"ASK{}", QUERY),
        (400, "GET", "query=ASK{}&format=a&format=b", b"", ""),
        (400, "POST", "", b"format=json", FORM),
        (400, "GET", "query=ASK{}&default-graph-uri=relative", b"", ""),
        (400, "GET", "query=ASK{}&named-graph-uri=urn:a%20b", b"", ""),
        (400, "GET", "query=%ff%fe", b"", ""),
        (400, "POST", "", b"\xff\xfeA\x00", QUERY),
        (400, "POST", "", b"query=\xff", FORM),
        (403, "GET", "update=CLEAR%20ALL", b"", ""),
        (403, "POST", "", b"update=CLEAR+ALL", FORM),
        (403, "POST", "", b"CLEAR ALL", UPDATE),
        (413, "POST", "", b"x" * 1001, QUERY),
        (415, "POST", "", b"ASK {}", "text/plain"),
        (415, "POST", "", b"ASK {}", ""),
        (415, "POST", "", b"ASK {}", "multipart/form-data; boundary=x"),
        (415, "POST", "", b"ASK {}", f"{QUERY}; charset=UTF-16"),
    ],
)
def test_a_request_that_is_not_one_is_refused(status: int, method: str, address: str, body: bytes, kind: str) -> None:
    with pytest.raises(RequestError) as refused:
        read(method, address, [body], kind)
    assert refused.value.status == status
    assert str(refused.value)


def test_a_body_that_is_compressed_is_refused_unread() -> None:
    with pytest.raises(RequestError, match="not compressed"):
        read("POST", "", [b"x" * 5000], QUERY, content_encoding="gzip")


def test_a_body_that_does_not_arrive_is_not_waited_for() -> None:
    with pytest.raises(RequestError, match="did not arrive within") as refused:
        read("POST", "", [b"A"] * 100, QUERY, pause=0.05)
    assert refused.value.status == 408
