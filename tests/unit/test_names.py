"""IRIs are minted in one place and never collide."""

from kg.names import Base


def test_a_reference_is_read_back_from_its_iri() -> None:
    base = Base("https://example.org/x/")
    assert base.reference(base.mint("person/ada")) == "person/ada"
    assert base.reference("https://elsewhere.org/person/ada") is None
