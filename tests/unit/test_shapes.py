"""Every constraint of every shape fires, and both engines tell the same."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from conftest import TESTS, read_ontology
from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, Namespace, Node
from rdflib.collection import Collection

from kg import names
from kg.errors import OutsideError, UsageError
from kg.graph import render
from kg.layout import find_folder
from kg.model import Corpus
from kg.shapes import BLANK, CRITICISM, ENGINES, FAST, Report, Result, read_shapes, validate

SHAPES = find_folder("shapes")
NAMES = sorted(path.stem for path in SHAPES.glob("*.ttl") if path.stem != CRITICISM)
EXAMPLES = sorted((TESTS / "shapes").glob("*/*.ttl"))
FAULTLESS = "# What they refer to"
"""In an invalid example, where the nodes begin that have no fault."""

KG, SHAPE = Namespace(names.KG), Namespace("https://w3id.org/kg-claims/shape/")
RULES = (SH.path, SH["or"], SH.xone)
"""What makes a named node of the shapes a rule, which needs a message."""

ODD_SHAPES = """
@prefix kg: <https://w3id.org/kg-claims/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
[] a sh:NodeShape ; sh:targetClass kg:Passage ; sh:property
    [ sh:path kg:normEnd ; sh:maxInclusive 5 ; sh:message "At most 5." ; sh:severity sh:Warning ] ,
    [ sh:path kg:inText ; sh:class kg:Text ; sh:message "In a text." ; sh:severity sh:Info ] ,
    [ sh:path ( kg:inText kg:editionOf ) ; sh:minCount 1 ; sh:message "In the text of a work." ] .
"""
ODD_DATA = """
@prefix kg: <https://w3id.org/kg-claims/ontology#> .
<https://example.org/x> a kg:Passage ; kg:normEnd 007 ; kg:inText [] .
[] a kg:Passage .
"""


def read_example(name: str, kind: str) -> str:
    """Join the valid or the invalid examples of a shape file."""
    return "\n".join(path.read_text("utf-8") for path in EXAMPLES if path.match(f"{name}/{kind}*.ttl"))


def read_graph(turtle: str) -> Graph:
    """Read Turtle as a graph that can be asked and changed."""
    return Graph().parse(data=turtle, format="turtle")


@cache
def read_ground(name: str) -> str:
    """Give what examples stand on: the ontology, or what is of which class where its style is not looked at."""
    if name in ("ontology", "Concept", "ConceptScheme"):
        return read_ontology()
    kept = Graph()
    for subject, predicate, value in read_graph(read_ontology()):
        if predicate in (RDF.type, RDFS.subClassOf):
            kept.add((subject, predicate, value))
    return kept.serialize(format="nt")


def look(name: str, example: str, shapes: str = "", engine: str = FAST) -> Report:
    """Validate an example by the shapes of a file, or by what a test has made of them."""
    return validate(f"{read_ground(name)}\n{example}", shapes or read_shapes(SHAPES, [name]), engine)


def list_faults(name: str, kind: str, shapes: str = "") -> set[Result]:
    """Give what the examples have against them; shapes that have lost their target find nothing."""
    try:
        return set(look(name, read_example(name, kind), shapes).results)
    except UsageError:
        return set()


def drop_constraints(name: str) -> Iterator[tuple[object, str]]:
    """Give each constraint of a shape file, nested ones too, and the file's shapes without it."""
    graph = read_graph(read_shapes(SHAPES, [name]))
    for one in sorted(graph):
        if str(one[1]).startswith(names.SH) and one[1] not in (SH.path, SH.message):
            yield one, (graph - Graph().add(one)).serialize(format="nt")


def drop_members(name: str) -> Iterator[tuple[object, str]]:
    """Give each member of each list of values or alternatives, and the file's shapes without it."""
    graph = read_graph(read_shapes(SHAPES, [name]))
    for cell, member in sorted(graph.subject_objects(RDF.first)):
        (rest,) = graph.objects(cell, RDF.rest)
        kept = Graph()
        for subject, predicate, value in graph:
            if subject != cell:
                kept.add((subject, predicate, rest if value == cell else value))
        yield member, kept.serialize(format="nt")


def is_named(node: Node) -> bool:
    """Tell whether a node of the shapes graph is a shape with a name of its own."""
    return str(node).startswith(SHAPE)


def compile_dataset(corpus: Corpus) -> str:
    """Give a dataset as the command validates it, with the ontology."""
    return "\n".join([read_ontology(), *(document.turtle for document in render(corpus))])


def list_paths(name: str) -> set[Node]:
    """Give the properties that a shape file speaks of."""
    return set(read_graph(read_shapes(SHAPES, [name])).objects(None, SH.path))


def test_every_shape_file_has_valid_and_invalid_examples() -> None:
    assert len(NAMES) >= 18
    assert {path.parent.name for path in EXAMPLES} == set(NAMES)
    assert [name for name in NAMES if not (read_example(name, "valid") and read_example(name, "invalid"))] == []


def test_every_class_of_the_ontology_is_the_target_of_a_shape() -> None:
    classes = set(read_graph(read_ontology()).subjects(RDF.type, OWL.Class))
    targets = set(read_graph(read_shapes(SHAPES)).objects(None, SH.targetClass))
    assert len(classes) >= 16
    assert classes - targets == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_valid_example_has_no_fault(name: str) -> None:
    report = look(name, read_example(name, "valid"))
    assert report.nodes > 0
    assert report.results == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_valid_example_uses_every_property_that_its_shape_speaks_of(name: str) -> None:
    used = set(read_graph(read_example(name, "valid")).predicates())
    assert list_paths(name) - used == set()


@pytest.mark.parametrize("name", NAMES)
def test_in_an_invalid_example_every_node_named_for_a_fault_has_one_and_no_other_node(name: str) -> None:
    named = read_graph(read_example(name, "invalid").partition(FAULTLESS)[0]).subjects()
    assert {fault.focus for fault in list_faults(name, "invalid")} == {str(node) for node in named}


@pytest.mark.parametrize("name", NAMES)
def test_an_invalid_example_loses_a_fault_with_every_single_constraint(name: str) -> None:
    constraints, faults = list(drop_constraints(name)), list_faults(name, "invalid")
    assert constraints
    assert [str(one) for one, shapes in constraints if not faults - list_faults(name, "invalid", shapes)] == []


@pytest.mark.parametrize("name", [name for name in NAMES if any(drop_members(name))])
def test_a_valid_example_needs_every_value_and_every_alternative_that_its_shape_allows(name: str) -> None:
    members = list(drop_members(name))
    assert members
    assert [str(one) for one, shapes in members if not list_faults(name, "valid", shapes)] == []


def test_a_shape_allows_all_concepts_of_the_scheme_that_it_draws_on() -> None:
    shapes, ontology = read_graph(read_shapes(SHAPES)), read_graph(read_ontology())
    lists = [set(Collection(shapes, head)) for rule, head in shapes.subject_objects(SH["in"]) if is_named(rule)]
    drawn = [members for members in lists if all(ontology.value(member, SKOS.inScheme) for member in members)]
    assert len(drawn) >= 14
    for members in drawn:
        (scheme,) = {ontology.value(member, SKOS.inScheme) for member in members}
        assert members == set(ontology.subjects(SKOS.inScheme, scheme))


def test_every_rule_is_told_in_one_sentence() -> None:
    shapes = read_graph(read_shapes(SHAPES))
    rules = [rule for predicate in RULES for rule in shapes.subjects(predicate) if is_named(rule)]
    messages = list(shapes.subject_objects(SH.message))
    assert len(messages) > 130
    assert set(rules) == {rule for rule, _ in messages}
    assert len(set(rules)) == len(messages)
    assert [str(text) for _, text in messages if not re.fullmatch(r"[A-Z][^\n]{10,150}\.", str(text))] == []


def test_a_property_shape_is_named_after_the_shape_that_holds_it() -> None:
    held = list(read_graph(read_shapes(SHAPES)).subject_objects(SH.property))
    named = [(shape, rule) for shape, rule in held if is_named(rule)]
    assert len(named) > 130
    assert {shape for shape, rule in named if not str(rule).startswith(f"{shape}-")} == {SHAPE.OntologyConceptShape}


def test_what_a_build_writes_of_a_record_is_held_to_a_shape(corpus: Corpus) -> None:
    graph = read_graph(compile_dataset(corpus))
    claimed = {KG[name] for name in corpus.vocabulary.properties} | {RDF.type}
    written = {
        (name, p) for name in NAMES for node in graph.subjects(RDF.type, KG[name]) for p in graph.predicates(node)
    }
    assert len(written) > 100
    loose = {(name, p) for name, p in written if p not in claimed | list_paths(name)}
    assert loose == {("Text", RDFS.label)}, "a text is a work, whose shape speaks of the label"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_both_engines_tell_the_same_of_an_example(path: Path) -> None:
    fast, reference = (look(path.parent.name, path.read_text("utf-8"), engine=engine) for engine in ENGINES)
    assert fast.nodes > 0
    assert fast == reference


def test_both_engines_find_no_fault_in_the_small_dataset(corpus: Corpus) -> None:
    for engine in ENGINES:
        report = validate(compile_dataset(corpus), read_shapes(SHAPES), engine)
        assert report.nodes > 300
        assert report.results == ()


def test_both_engines_tell_the_same_of_the_small_dataset_when_faults_are_mixed_in(corpus: Corpus) -> None:
    data = "\n".join([compile_dataset(corpus), *(read_example(name, "invalid") for name in NAMES)])
    fast, reference = (validate(data, read_shapes(SHAPES), engine) for engine in ENGINES)
    assert len(fast.results) > 500
    assert fast == reference


def test_the_shipped_dataset_has_no_fault(shipped: Corpus) -> None:
    report = validate(compile_dataset(shipped), read_shapes(SHAPES))
    assert report.nodes > 10_000
    assert report.results == ()


@pytest.mark.xdist_group("pyshacl-on-the-shipped-dataset")  # half a minute, so once and in one process
def test_both_engines_tell_the_same_of_the_shipped_dataset_when_faults_are_mixed_in(shipped: Corpus) -> None:
    data = "\n".join([compile_dataset(shipped), *(read_example(name, "invalid") for name in NAMES)])
    fast, reference = (validate(data, read_shapes(SHAPES), engine) for engine in ENGINES)
    assert len(fast.results) > 500
    assert fast == reference
    assert [result for result in fast.results if result.focus.startswith(shipped.settings.base.iri)] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fault_is_told_in_the_same_form_by_either_engine(engine: str) -> None:
    told = [
        (r.focus, r.path.removeprefix(KG), r.value, r.severity) for r in validate(ODD_DATA, ODD_SHAPES, engine).results
    ]
    assert told == [
        ("[]", "", "", "Violation"),
        ("https://example.org/x", "", "", "Violation"),
        ("https://example.org/x", "inText", BLANK, "Info"),
        ("https://example.org/x", "normEnd", "007", "Warning"),
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_validation_that_looks_at_no_node_is_refused(engine: str) -> None:
    with pytest.raises(UsageError, match="nothing was validated"):
        look("Person", "", engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_validation_by_shapes_that_aim_at_nothing_is_refused(engine: str) -> None:
    with pytest.raises(UsageError, match="nothing was validated"):
        validate(ODD_DATA, "", engine)


def test_instances_of_a_subclass_are_looked_at() -> None:
    example = read_example("Entity", "valid")
    assert look("Entity", example).nodes == 7
    assert look("Agent", example).nodes == 3


def test_a_node_with_two_targets_counts_once() -> None:
    report = validate(f"{ODD_DATA} <https://example.org/x> a kg:Reading .", read_shapes(SHAPES, ["Passage", "Reading"]))
    assert (report.nodes, report.shapes) == (2, 2)


def test_an_engine_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="'jena' is no engine; use one of shacl, pyshacl"):
        validate(ODD_DATA, ODD_SHAPES, "jena")


def test_a_folder_without_shapes_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="holds no shapes"):
        read_shapes(tmp_path)


def test_the_rules_of_criticism_are_read_only_by_name() -> None:
    rules = read_shapes(SHAPES, [CRITICISM])
    assert "sh:sparql" in rules
    assert rules not in read_shapes(SHAPES)
    assert "sh:sparql" not in read_shapes(SHAPES)
