"""The ontology is read for what can be asserted and for its concepts; a broken one is told, not guessed at."""

from pathlib import Path

import pytest

from kg.errors import DataError, OutsideError, Place
from kg.layout import find_folder
from kg.vocabulary import AGENTS, ENTITIES, VALUE_KINDS, Property, Vocabulary, read_vocabulary

HEAD = """@prefix kg: <https://w3id.org/kg-claims/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix kind: <https://w3id.org/kg-claims/concept/value-kind/> .
@prefix scheme: <https://w3id.org/kg-claims/concept/> .
@prefix colour: <https://w3id.org/kg-claims/concept/colour/> .
"""


def read(tmp_path: Path, turtle: str) -> Vocabulary:
    """Read an ontology of one file."""
    (tmp_path / "kg.ttl").write_text(HEAD + turtle, "utf-8")
    return read_vocabulary(tmp_path)


def test_a_property_is_read_with_all_that_its_claims_are_checked_by(tmp_path: Path) -> None:
    turtle = """kg:weighed a kg:AssertableProperty ; rdfs:label "weighed" ; kg:valueKind kind:quantity ;
        schema:domainIncludes kg:Person, kg:Event ; schema:rangeIncludes kg:Assertion ;
        kg:singleValued true ; kg:distinguishedBy kg:unit, kg:place ; kg:tolerance 0.1 ."""
    assert read(tmp_path, turtle).properties == {
        "weighed": Property(
            name="weighed",
            label="weighed",
            value_kind="quantity",
            single=True,
            subjects=frozenset({"person", "event"}),
            objects=frozenset({"assertion"}),
            distinguished_by=frozenset({"unit", "place"}),
            tolerance=0.1,
            disputes=False,
        )
    }


def test_what_a_property_does_not_say_is_the_narrowest(tmp_path: Path) -> None:
    turtle = 'kg:told a kg:AssertableProperty ; rdfs:label "told" ; kg:valueKind kind:statement .'
    told = read(tmp_path, turtle).properties["told"]
    assert (told.single, told.subjects, told.objects, told.tolerance) == (False, frozenset(), frozenset(), 0.0)


@pytest.mark.parametrize(
    ("term", "kinds"),
    [
        ("kg:Agent", AGENTS),
        ("kg:Entity", ENTITIES),
        ("kg:Work", {"work", "text"}),
        ("skos:Concept", {"concept"}),
        ("kg:Person", {"person"}),
    ],
)
def test_a_class_stands_for_the_kinds_of_reference_that_are_of_it(tmp_path: Path, term: str, kinds: set[str]) -> None:
    turtle = f'kg:p a kg:AssertableProperty ; rdfs:label "p" ; kg:valueKind kind:entity ; schema:rangeIncludes {term} .'
    assert read(tmp_path, turtle).properties["p"].objects == kinds


def test_concepts_are_grouped_by_their_scheme(tmp_path: Path) -> None:
    turtle = "colour:red skos:inScheme scheme:colour . colour:blue skos:inScheme scheme:colour ."
    assert read(tmp_path, turtle).concepts == {"colour": {"red", "blue"}}


def test_all_files_of_the_folder_are_read_as_one(tmp_path: Path) -> None:
    turtle = 'kg:p a kg:AssertableProperty ; rdfs:label "p" .'
    (tmp_path / "more.ttl").write_text(f"{HEAD} kg:p kg:valueKind kind:text .", "utf-8")
    assert read(tmp_path, turtle).properties["p"].value_kind == "text"


def test_the_ontology_of_the_project_has_properties_of_every_kind_of_value() -> None:
    properties = read_vocabulary(find_folder("ontology")).properties
    assert {p.value_kind for p in properties.values()} == set(VALUE_KINDS)
    assert all(p.subjects for p in properties.values())


@pytest.mark.parametrize(
    "lacking",
    [
        "kg:valueKind kind:text",
        'rdfs:label "p"',
        'rdfs:label "p" ; kg:valueKind kind:colour',
        'rdfs:label "p" ; kg:valueKind kind:text, kind:date',
        'rdfs:label "p" ; kg:valueKind kind:text ; kg:tolerance "much"',
    ],
)
def test_a_property_that_cannot_be_used_is_told_by_its_name(tmp_path: Path, lacking: str) -> None:
    with pytest.raises(DataError, match="needs a label, a decimal") as told:
        read(tmp_path, f"kg:p a kg:AssertableProperty ; {lacking} .")
    assert [problem.place for problem in told.value.problems] == [Place("ontology", 0, "p")]


@pytest.mark.parametrize(
    ("turtle", "line"), [(b"@prefix a: <urn:a> .\na:b a:c .\n", 2), (b"\xff\xfe", 1), (b"<a> ", 1)]
)
def test_a_file_that_is_not_turtle_is_told_with_its_line(tmp_path: Path, turtle: bytes, line: int) -> None:
    (tmp_path / "broken.ttl").write_bytes(turtle)
    with pytest.raises(DataError, match="is not Turtle") as told:
        read_vocabulary(tmp_path)
    assert [problem.place for problem in told.value.problems] == [Place("broken.ttl", line)]


def test_a_folder_without_an_ontology_is_an_error_not_an_empty_vocabulary(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="holds no ontology"):
        read_vocabulary(tmp_path)
    (tmp_path / "folder.ttl").mkdir()
    with pytest.raises(OutsideError, match="cannot be read"):
        read_vocabulary(tmp_path)
