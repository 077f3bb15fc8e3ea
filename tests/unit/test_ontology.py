"""The ontology is whole, in its own style, shown by examples and aligned with the vocabularies of the field."""

import itertools
import re
from functools import cache
from typing import Any

import pytest
from conftest import ROOT, read_ontology
from pyoxigraph import NamedNode
from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, VANN, XSD, Graph, Namespace, Node, URIRef

from kg import names
from kg.builds import Build
from kg.dates import read_date
from kg.evidence import Copy, Passage
from kg.graph import ASSERTED
from kg.layout import find_folder
from kg.shapes import ENGINES, read_shapes, validate

KG, CONCEPT = Namespace(names.KG), Namespace(names.CONCEPT)
OA = Namespace(names.OA)
VELDHAVEN = "https://example.org/veldhaven/"
ONTOLOGY = URIRef(names.ONTOLOGY)
FOLDER = find_folder("ontology")

PLACES = ["src/kg/*.py", "queries/**/*.rq", "shapes/*.ttl", "ontology/**/*.ttl", "tests/shapes/**/*.ttl"]
"""Where terms of the ontology are named, besides the tables' descriptions."""

PATTERNS = {
    "comparison": "?c kg:compares ?a, ?b ; kg:comparisonType comparison-type:contradiction . "
    "?a cito:disagreesWith ?b FILTER (?a != ?b)",
    "testimony": "?t kg:givenBy ?a ; kg:supportedBy ?b ; kg:leastWitnesses 1 ; kg:mostWitnesses 2 FILTER (?a != ?b)",
    "assertion": "?a a kg:Assertion ; kg:passage ?p ; rdf:subject ?s ; rdf:predicate ?q ; rdf:object ?o . ?s ?q ?o",
    "claim-about-a-claim": "?a a kg:Assertion ; rdf:subject|rdf:object ?b . ?b a kg:Assertion",
    "date-in-two-calendars": "?a kg:dateJulian ?j ; kg:dateGregorian ?g FILTER (str(?j) != str(?g))",
    "denied-claim": "?a kg:standing stance:denies FILTER NOT EXISTS { ?b kg:standing ?s FILTER (?s != stance:denies) }",
    "match": "?m kg:judgement judgement:same . ?n kg:judgement judgement:different",
    "name-form": "?n kg:formOf ?e ; kg:form ?f . ?m kg:formOf ?e ; kg:form ?g FILTER (?f != ?g)",
    "quote-chain": "?a kg:voice/kg:quotedBy/kg:quotedBy ?v . ?v kg:mode mode:authored",
    "vote": "?a kg:role role:for ; rdf:subject ?m . ?b kg:role role:against ; rdf:subject ?m . ?a kg:part ?p",
}
"""What the example of each pattern must show, in SPARQL."""

VOCABULARIES = {
    "cito": ["http://purl.org/spar/cito/"],
    "crm": ["http://www.cidoc-crm.org/cidoc-crm/", "http://www.cidoc-crm.org/extensions/crminf/"],
    "foaf": ["http://xmlns.com/foaf/0.1/"],
    "lrmoo": ["http://iflastandards.info/ns/lrm/lrmoo/"],
    "oa": ["http://www.w3.org/ns/oa#"],
    "org": ["http://www.w3.org/ns/org#"],
    "prov": ["http://www.w3.org/ns/prov#"],
    "schema": ["https://schema.org/"],
    "skos": ["http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/2008/05/skos-xl#"],
    "spdx": ["http://spdx.org/rdf/terms#"],
    "wikibase": ["http://wikiba.se/ontology#", "http://www.wikidata.org/entity/"],
}
MAPPINGS = {
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    OWL.equivalentClass,
    OWL.equivalentProperty,
    SKOS.exactMatch,
    SKOS.closeMatch,
    SKOS.broadMatch,
    SKOS.narrowMatch,
    SKOS.relatedMatch,
}
CLOSED: dict[str, Any] = {"foaf": FOAF, "org": ORG, "prov": PROV, "schema": SDO, "skos": SKOS}
"""Vocabularies whose terms rdflib lists, so that a misspelt one is found out."""


@cache
def ontology() -> Graph:
    """Give the ontology and its concepts."""
    return Graph().parse(data=read_ontology(), format="turtle")


def list_terms() -> list[Node]:
    """List what the ontology declares: all but itself."""
    return sorted(set(ontology().subjects()) - {ONTOLOGY}, key=str)


def find_terms(text: str) -> set[URIRef]:
    """Find the terms of the ontology that a file names, by IRI, by prefix, or as Python spells them."""
    text = f"prefix kg: <{KG}>\n{text}".replace("{KG}", KG).replace("{CONCEPT}", CONCEPT)
    for prefix, iri in re.findall(r"prefix ([\w-]*): <([^>]*)>", text, re.IGNORECASE):
        text = re.sub(rf"(?<![\w-]){prefix}:(?=\w)", iri, text)
    found = re.findall(rf"{KG}\w+|{CONCEPT}[\w-]+(?:/[\w-]+)?", text)
    return {URIRef(iri) for iri in found}


def read_example(name: str) -> tuple[str, Graph]:
    """Give the sentence with which an example opens, and its graph."""
    text = (FOLDER / "examples" / f"{name}.ttl").read_text("utf-8")
    comment = itertools.takewhile(lambda line: line.startswith("# "), text.splitlines())
    return " ".join(line.removeprefix("# ") for line in comment), Graph().parse(data=text, format="turtle")


def list_triples(name: str) -> list[tuple[Node, Node, Node]]:
    """List what an alignment says, its header left out."""
    graph = Graph().parse(FOLDER / "alignments" / f"{name}.ttl", format="turtle")
    return sorted(triple for triple in graph if triple[0] != ONTOLOGY + f"/alignments/{name}")


def test_every_term_has_one_label_and_one_definition_and_says_that_the_ontology_defines_it() -> None:
    assert len(list_terms()) > 190
    for term in list_terms():
        assert len(list(ontology().objects(term, RDFS.label))) == 1, term
        assert len(list(ontology().objects(term, SKOS.definition))) == 1, term
        assert list(ontology().objects(term, RDFS.isDefinedBy)) == [ONTOLOGY], term


@pytest.mark.parametrize("engine", ENGINES)
def test_the_shapes_find_no_fault_in_the_ontology(engine: str) -> None:
    report = validate(read_ontology(), read_shapes(find_folder("shapes")), engine)
    assert report.nodes > len(list_terms())
    assert report.results == ()


@pytest.mark.parametrize("predicate", [RDFS.label, SKOS.definition, RDFS.isDefinedBy, SKOS.example])
def test_the_shapes_find_every_term_that_lacks(predicate: URIRef) -> None:
    lacking = Graph() + ontology()
    lacking.remove((None, predicate, None))
    report = validate(lacking.serialize(format="nt"), read_shapes(find_folder("shapes")))
    concepts = set(ontology().subjects(RDF.type, SKOS.Concept)) | set(ontology().subjects(RDF.type, SKOS.ConceptScheme))
    needing = {
        SKOS.example: set(ontology().subjects(RDF.type, OWL.Class)),
        RDFS.isDefinedBy: set(list_terms()) - concepts,
    }.get(predicate, set(list_terms()))
    assert {result.focus for result in report.results} == {str(term) for term in needing}


def test_every_term_lies_in_the_namespace_of_terms_or_of_concepts() -> None:
    concepts = set(ontology().subjects(RDF.type, SKOS.Concept)) | set(ontology().subjects(RDF.type, SKOS.ConceptScheme))
    assert {term for term in list_terms() if not str(term).startswith(KG)} == concepts
    assert [concept for concept in concepts if not str(concept).startswith(CONCEPT)] == []


def test_a_concept_lies_under_its_scheme() -> None:
    pairs = list(ontology().subject_objects(SKOS.inScheme))
    assert len(pairs) > 25
    assert [concept for concept, scheme in pairs if str(concept).rpartition("/")[0] != str(scheme)] == []


def test_the_ontology_tells_its_namespace_as_the_code_spells_it() -> None:
    assert str(ontology().value(ONTOLOGY, VANN.preferredNamespaceUri)) == names.KG
    assert str(ontology().value(ONTOLOGY, VANN.preferredNamespacePrefix)) == "kg"
    assert f"{names.ONTOLOGY}#" == names.KG


def test_the_namespaces_of_other_vocabularies_are_right() -> None:
    known = {"dcterms": DCTERMS, "owl": OWL, "prov": PROV, "rdf": RDF, "rdfs": RDFS, "schema": SDO, "sh": SH}
    known |= {"skos": SKOS, "vann": VANN, "xsd": XSD}
    assert {prefix: str(namespace) for prefix, namespace in known.items()}.items() <= names.VOCABULARIES.items()


def test_what_a_build_describes_lies_in_the_namespaces_of_data_terms_or_concepts(built: Build) -> None:
    subjects = {quad.subject.value for quad in built.quads() if isinstance(quad.subject, NamedNode)}
    data = {iri for iri in subjects if iri.startswith(built.base.iri)}
    assert len(data) > 150
    assert subjects - data == {str(term) for term in [ONTOLOGY, *list_terms()]}


def test_a_build_uses_no_term_that_is_not_declared(built: Build) -> None:
    used = find_terms((built.folder / "kg.nq").read_text("utf-8"))
    assert len(used) > 100
    assert used - set(list_terms()) == set()


@pytest.mark.parametrize("pattern", PLACES)
def test_no_file_names_a_term_that_is_not_declared(pattern: str) -> None:
    used = {term for path in ROOT.glob(pattern) for term in find_terms(path.read_text("utf-8"))}
    assert used
    assert used - set(list_terms()) == set()


@pytest.mark.parametrize("folder", ["data", "tests/dataset"])
def test_no_table_is_described_by_a_term_that_is_not_declared(folder: str) -> None:
    paths = [ROOT / folder / "tables.json", *(ROOT / folder / "schemas").glob("*.json")]
    used = {term for path in paths for term in find_terms(path.read_text("utf-8")) if term.startswith(KG)}
    assert len(used) >= 10
    assert used - set(list_terms()) == set()


def test_every_property_of_the_records_is_known_to_the_code() -> None:
    code = {term for path in ROOT.glob("src/kg/*.py") for term in find_terms(path.read_text("utf-8"))}
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    properties = {term for kind in kinds for term in ontology().subjects(RDF.type, kind)}
    records = properties - set(ontology().subjects(RDF.type, KG.AssertableProperty))
    assert len(records) > 50
    assert records - code == set()


def test_there_is_an_example_of_every_pattern() -> None:
    assert {path.stem for path in (FOLDER / "examples").iterdir()} == set(PATTERNS)


@pytest.mark.parametrize("name", PATTERNS)
def test_an_example_opens_with_a_sentence_of_the_history_of_veldhaven(name: str) -> None:
    sentence, _ = read_example(name)
    assert re.fullmatch(r"[A-Z][^.]{40,240}\.", sentence)
    assert "Veldhaven" in sentence


@pytest.mark.parametrize("name", PATTERNS)
def test_an_example_shows_its_pattern(name: str) -> None:
    _, graph = read_example(name)
    prefixes = {**names.VOCABULARIES, **names.concept_prefixes(["comparison-type", "judgement", "mode", "stance"])}
    asked = graph.query(f"ASK {{ {PATTERNS[name]} }}", initNs={**prefixes, "role": f"{VELDHAVEN}concept/role/"})
    assert asked.askAnswer is True


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PATTERNS)
def test_an_example_is_valid(name: str, engine: str) -> None:
    _, graph = read_example(name)
    data = f"{read_ontology()}\n{graph.serialize(format='nt')}"
    report = validate(data, read_shapes(find_folder("shapes")), engine)
    assert report.nodes > validate(read_ontology(), read_shapes(find_folder("shapes"))).nodes
    assert report.results == ()


@pytest.mark.parametrize("name", sorted(set(PATTERNS) - {"match"}))
def test_the_passages_of_an_example_stand_in_its_sentence(name: str) -> None:
    sentence, graph = read_example(name)
    copy = Copy(sentence.encode())
    passages = list(graph.subjects(RDF.type, KG.Passage))
    assert passages
    for node in passages:
        start, end, *norm = (int(str(graph.value(node, p))) for p in (OA.start, OA.end, KG.normStart, KG.normEnd))
        passage = Passage(start, end, norm[0], norm[1], str(graph.value(node, KG.digest)))
        assert copy.verify(passage, distributed=True).outcome == "verified", node


@pytest.mark.parametrize("name", sorted(set(PATTERNS) - {"match"}))
def test_the_text_of_an_example_is_its_sentence(name: str) -> None:
    sentence, graph = read_example(name)
    (text,) = graph.subjects(RDF.type, KG.Text)
    copy = Copy(sentence.encode())
    told = [str(graph.value(text, p)) for p in (KG.fileDigest, KG.digest, KG.characters)]
    assert told == [copy.file_digest, copy.digest, str(len(sentence))]


def test_a_plain_triple_stands_in_an_example_where_the_text_does_not_deny_it_and_only_there() -> None:
    graphs = [read_example(name)[1] for name in PATTERNS]
    claims = [(graph, claim) for graph in graphs for claim in graph.subjects(RDF.type, KG.Assertion)]
    assert len(claims) > 10
    for graph, claim in claims:
        subject, predicate, value = (graph.value(claim, p) for p in (RDF.subject, RDF.predicate, RDF.object))
        standing = str(graph.value(claim, KG.standing)).rpartition("/")[2]
        assert ((subject, predicate, value) in graph) == (standing in ASSERTED), claim


def test_a_date_in_an_example_is_as_the_code_reckons_it() -> None:
    graphs = [read_example(name)[1] for name in PATTERNS]
    dated = [(graph, node) for graph in graphs for node in graph.subjects(KG.date)]
    assert dated
    for graph, node in dated:
        calendar = str(graph.value(node, KG.calendar)).rpartition("/")[2]
        date = read_date(str(graph.value(node, KG.date)), calendar)
        told = [str(graph.value(node, p)) for p in (KG.dateJulian, KG.dateGregorian, KG.earliestDay, KG.latestDay)]
        assert told == [date.julian, date.gregorian, str(date.earliest), str(date.latest)]


def test_there_is_an_alignment_with_every_vocabulary() -> None:
    assert {path.stem for path in (FOLDER / "alignments").iterdir()} == set(VOCABULARIES)


@pytest.mark.parametrize("name", VOCABULARIES)
def test_an_alignment_has_a_header_that_names_its_vocabulary(name: str) -> None:
    graph = Graph().parse(FOLDER / "alignments" / f"{name}.ttl", format="turtle")
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    assert {str(iri) for iri in graph.objects(header, DCTERMS.references)} == set(VOCABULARIES[name])
    assert all(graph.value(header, p) for p in (DCTERMS.title, DCTERMS.description, DCTERMS.creator, DCTERMS.license))


@pytest.mark.parametrize("name", VOCABULARIES)
def test_an_alignment_maps_terms_of_the_ontology_to_its_own_vocabulary_and_says_nothing_else(name: str) -> None:
    triples = list_triples(name)
    assert triples
    for subject, predicate, value in triples:
        assert subject in list_terms()
        assert predicate in MAPPINGS
        assert str(value).startswith(tuple(VOCABULARIES[name]))


@pytest.mark.parametrize("name", VOCABULARIES)
def test_an_alignment_puts_classes_under_classes_and_properties_under_properties(name: str) -> None:
    classes = set(ontology().subjects(RDF.type, OWL.Class))
    triples = list_triples(name)
    assert triples
    assert {subject for subject, predicate, _ in triples if predicate == RDFS.subClassOf} <= classes
    assert {subject for subject, predicate, _ in triples if predicate == RDFS.subPropertyOf}.isdisjoint(classes)
    names_of_classes = [re.split(r"[/#]", str(value))[-1] for subject, _, value in triples if subject in classes]
    assert [name for name in names_of_classes if not name[0].isupper()] == []


@pytest.mark.parametrize("name", CLOSED)
def test_an_alignment_names_only_terms_that_its_vocabulary_has(name: str) -> None:
    named = [value for *_, value in list_triples(name) if str(value).startswith(VOCABULARIES[name][0])]
    assert named
    assert [value for value in named if value not in CLOSED[name]] == []


def test_every_class_is_aligned_with_some_vocabulary() -> None:
    aligned = {subject for name in VOCABULARIES for subject, *_ in list_triples(name)}
    assert set(ontology().subjects(RDF.type, OWL.Class)) - aligned == set()


def test_examples_and_alignments_do_not_enter_a_build(built: Build) -> None:
    text = (built.folder / "kg.nq").read_text("utf-8")
    assert names.ONTOLOGY in text
    assert "/alignments/" not in text
    assert "anna-roos" not in text
