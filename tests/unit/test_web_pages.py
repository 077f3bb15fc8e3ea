"""Pages hold what others wrote, and none of it becomes markup."""

import json
from html.parser import HTMLParser

import pytest

from kg.web.pages import write_answer, write_form, write_start, write_table, write_text
from kg.web.protocol import Operation

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onclick='x",
    "</textarea><b>",
    "&lt;",
    "</pre><i>",
]
NOTHING = Operation(None, (), (), None)


class Reader(HTMLParser):
    """Lists the elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def write_pages(text: str) -> list[str]:
    """Write every page with a text wherever one can stand."""
    asked = Operation(text, (text,), (text,), text)
    table = json.dumps({"columns": [text], "rows": [[["literal", text]], [["iri", text]], [["other", text]], [None]]})
    links = [("json", f"?query={text}")]
    return [
        write_start(text, text),
        write_form(text, asked, text),
        write_answer(text, asked, write_table(table.encode()), links, [text]),
        write_answer(text, asked, write_text(text.encode()), links, [text]),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_markup(text: str) -> None:
    for plain, hostile in zip(write_pages("plain"), write_pages(text), strict=True):
        plain_tags, hostile_tags = Reader(plain).elements, Reader(hostile).elements
        assert [(tag, sorted(attrs)) for tag, attrs in hostile_tags] == [
            (tag, sorted(attrs)) for tag, attrs in plain_tags
        ]
        assert text in Reader(hostile).text


@pytest.mark.parametrize(
    ("iri", "linked"),
    [
        ("https://example.org/a", True),
        ("HTTP://example.org/", True),
        ("javascript:alert(1)", False),
        ("data:,x", False),
    ],
)
def test_only_addresses_of_the_web_become_links(iri: str, linked: bool) -> None:
    table = write_table(json.dumps({"columns": ["x"], "rows": [[["iri", iri]]]}).encode())
    assert [attrs["href"] for tag, attrs in Reader(table).elements if tag == "a"] == [iri] * linked


def test_a_form_gives_back_what_was_asked_and_of_which_graphs() -> None:
    asked = Operation("\nASK {}", ("urn:a",), ("urn:b", "urn:c"), "html")
    read = Reader(write_form("t", asked))
    assert "\nASK {}" in read.text
    hidden = [(a["name"], a["value"]) for tag, a in read.elements if tag == "input"]
    assert hidden == [("default-graph-uri", "urn:a"), ("named-graph-uri", "urn:b"), ("named-graph-uri", "urn:c")]
    assert "SELECT ?graph" in Reader(write_form("t", NOTHING)).text


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    for page in write_pages("plain"):
        assert {tag for tag, _ in Reader(page).elements}.isdisjoint({"script", "link", "img", "iframe", "style"})
