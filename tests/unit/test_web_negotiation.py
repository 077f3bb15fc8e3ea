"""Which format a request gets."""

import pytest

from kg.web.negotiation import GRAPHS, PAGE, RESULTS, Format, UnacceptableError, choose_format
from kg.web.worker import GRAPH_FORMATS, RESULT_FORMATS

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        (BROWSER, "text/html; charset=utf-8"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("TEXT/CSV", "text/csv; charset=utf-8"),
        ("text/*", "text/csv; charset=utf-8"),
        ("application/*", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("text/csv;q=0.5, text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/csv;q=0.5, text/tab-separated-values;q=0.4", "text/csv; charset=utf-8"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml"),
        ("image/png, text/csv;q=0.001", "text/csv; charset=utf-8"),
        ("text/csv; charset=utf-8; q=1.0", "text/csv; charset=utf-8"),
        ("nonsense, text/csv", "text/csv; charset=utf-8"),
        ("*/*;q=0.1, text/*;q=0.2, text/csv;q=0.05", "text/tab-separated-values; charset=utf-8"),
    ],
)
def test_the_header_is_weighed(accept: str | None, content_type: str) -> None:
    assert choose_format(RESULTS, None, accept).content_type == content_type


@pytest.mark.parametrize("accept", ["image/png", "text/turtle", "*/*;q=0", "nonsense", "text/csv;q=0"])
def test_what_is_not_on_offer_is_told_with_what_is(accept: str) -> None:
    with pytest.raises(UnacceptableError, match=r"json \(application/sparql-results\+json\), .* html \(text/html\)"):
        choose_format(RESULTS, None, accept)


@pytest.mark.parametrize("offer", [*RESULTS, *GRAPHS])
def test_a_format_is_had_by_its_name_and_by_each_of_its_types(offer: Format) -> None:
    offers = RESULTS if offer in RESULTS else GRAPHS
    assert choose_format(offers, offer.name, "image/png").media_type == offer.media_type
    for media_type in (offer.media_type, *offer.aliases):
        assert choose_format(offers, media_type, None).media_type == media_type
        assert choose_format(offers, None, media_type).media_type == media_type


def test_a_name_that_is_no_format_is_not_guessed() -> None:
    for asked in ("", "JSONP", "turtle"):
        with pytest.raises(UnacceptableError):
            choose_format(RESULTS, asked, "*/*")


def test_a_worker_can_write_every_format_on_offer() -> None:
    assert [offer.name for offer in RESULTS if offer != PAGE] == list(RESULT_FORMATS)
    assert [offer.name for offer in GRAPHS if offer != PAGE] == list(GRAPH_FORMATS)
