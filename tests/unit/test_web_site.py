"""Where the service stands, and who may post to it."""

import pytest

from kg.web.site import Site

ASKED = "http://127.0.0.1:8000"


def test_the_address_is_the_public_one_or_else_the_one_asked() -> None:
    assert Site().find_base(ASKED) == f"{ASKED}/"
    assert Site("https://kg.example/here/").find_base(ASKED) == "https://kg.example/here/"


@pytest.mark.parametrize(
    ("site", "origin", "may"),
    [
        (Site(), None, True),
        (Site(), ASKED, True),
        (Site(), "http://127.0.0.1:8001", False),
        (Site(), "null", False),
        (Site(), "", False),
        (Site("https://kg.example/here/"), "https://kg.example", True),
        (Site("https://kg.example/here/"), "http://kg.example", False),
        (Site("https://kg.example/here/"), ASKED, False),
        (Site(origins=("https://friend.example",)), "https://friend.example", True),
        (Site(origins=("https://friend.example",)), "https://friend.example.evil", False),
        (Site(origins=("*",)), "https://any.example", True),
    ],
)
def test_a_page_may_post_only_from_here_or_from_where_it_was_allowed(site: Site, origin: str | None, may: bool) -> None:
    assert site.may_post(origin, ASKED) is may
