"""The derived graphs say what was found, each from which graphs, in Turtle that any reader takes."""

from collections import Counter
from dataclasses import replace
from functools import cache

import polars as pl
import pytest
import rdflib
from conftest import read_ontology
from made import read_small
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse
from rdflib import PROV, RDF, Graph, Namespace, Node, URIRef

from kg import names
from kg.criticism import TYPES, compare_claims
from kg.findings import COMPARISONS, CONSENSUS, CONTESTED, WITNESSES, render_findings
from kg.graph import render as render_tables
from kg.layout import find_folder
from kg.model import Corpus
from kg.shapes import ENGINES, read_shapes, validate
from kg.testimony import gather_testimonies

KG, CITO, TYPE = Namespace(names.KG), Namespace(names.CITO), Namespace(f"{names.CONCEPT}comparison-type/")
BASE = "https://example.org/veldhaven/"
NAMES = (COMPARISONS, CONSENSUS, CONTESTED, WITNESSES)
AGREEING = {"same", "compatible", "calendar-only", "name-form-only", "translation-variant"}


def render_pairs(corpus: Corpus, pairs: pl.DataFrame) -> dict[str, str]:
    """Render the derived graphs from some pairs, by their names."""
    documents = render_findings(corpus, pairs, gather_testimonies(corpus, pairs))
    return {document.name: document.turtle for document in documents}


def render(corpus: Corpus) -> dict[str, str]:
    """Render the derived graphs by their names."""
    return render_pairs(corpus, compare_claims(corpus))


@cache
def read_graph(name: str) -> Graph:
    """Read a derived graph of the small dataset."""
    return Graph().parse(data=render(read_small())[name], format="turtle")


def with_gist(gist: str) -> Corpus:
    """Give the small dataset with another gist in its first text."""
    corpus = read_small()
    frame = corpus.frames["assertions/chronicle"].with_columns(gist=pl.lit(gist))
    return replace(corpus, frames={**corpus.frames, "assertions/chronicle": frame})


def without_claims(corpus: Corpus) -> Corpus:
    """Give a dataset of which every text is silent."""
    silent = {name: frame.clear() for name, frame in corpus.frames.items() if name.startswith("assertions/")}
    return replace(corpus, frames={**corpus.frames, **silent})


def test_there_are_four_derived_graphs(corpus: Corpus) -> None:
    assert tuple(render(corpus)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_derived_graph_says_what_made_it_and_from_what(name: str) -> None:
    graph, node = read_graph(name), URIRef(f"{BASE}graph/{name}")
    activity = graph.value(node, PROV.wasGeneratedBy)
    used = {f"{BASE}graph/{one}" for one in ("chronicle", "concepts", "entities", "letters")}
    assert {str(one) for one in graph.objects(node, PROV.wasDerivedFrom)} == used
    assert {str(one) for one in graph.objects(activity, PROV.used)} == used
    assert graph.value(activity, PROV.wasAssociatedWith) == URIRef(f"{BASE}software/kg")


@pytest.mark.parametrize("name", NAMES)
def test_a_derived_graph_has_no_blank_node(name: str) -> None:
    quads = list(parse(render(read_small())[name], format=RdfFormat.TURTLE))
    assert quads
    assert [quad for quad in quads if BlankNode in (type(quad.subject), type(quad.object))] == []


def test_every_pair_is_a_comparison_with_its_two_claims_type_and_rule(corpus: Corpus) -> None:
    graph, pairs = read_graph(COMPARISONS), compare_claims(corpus)
    assert len(set(graph.subjects(RDF.type, KG.Comparison))) == pairs.height > 0
    for one, other, kind, rule in pairs.select("one", "other", "type", "rule").iter_rows():
        node = URIRef(f"{BASE}comparison/{one.removeprefix('assertion/')}/{other.removeprefix('assertion/')}")
        assert {str(claim) for claim in graph.objects(node, KG.compares)} == {BASE + one, BASE + other}
        assert graph.value(node, KG.comparisonType) == TYPE[kind]
        assert graph.value(node, KG.rule) == URIRef(f"{names.CONCEPT}comparison-rule/{rule}")


def test_two_claims_cite_one_another_as_their_type_says(corpus: Corpus) -> None:
    citations = {triple for triple in read_graph(COMPARISONS) if str(triple[1]).startswith(str(CITO))}
    expected: set[tuple[Node, Node, Node]] = set()
    for one, other, kind in compare_claims(corpus).select("one", "other", "type").iter_rows():
        verb = CITO.agreesWith if kind in AGREEING else CITO.citesAsRelated
        verb = CITO.disagreesWith if kind == "contradiction" else verb
        ends = URIRef(BASE + one), URIRef(BASE + other)
        expected |= {(ends[0], verb, ends[1]), (ends[1], verb, ends[0])}
    assert citations == expected


def test_the_order_of_pairs_and_testimonies_changes_no_byte(corpus: Corpus) -> None:
    pairs = compare_claims(corpus)
    testimonies = gather_testimonies(corpus, pairs)
    turned = render_findings(corpus, pairs.reverse(), testimonies.reverse())
    assert list(turned) == list(render_findings(corpus, pairs, testimonies))


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_can_be_written(kind: str, corpus: Corpus) -> None:
    pairs = compare_claims(corpus).head(1).with_columns(type=pl.lit(kind))
    turtle = render_pairs(corpus, pairs)[COMPARISONS]
    assert turtle.count(f" kg:comparisonType comparison-type:{kind} ") == 1
    assert turtle.count("> cito:") == 2


def test_what_is_agreed_stands_in_the_consensus_and_all_else_among_the_contested(corpus: Corpus) -> None:
    told = gather_testimonies(corpus, compare_claims(corpus))
    for name, agreed in ((CONSENSUS, True), (CONTESTED, False)):
        expected = {f"{BASE}testimony/{one}" for one in told.filter(pl.col("agreed") == agreed)["id"]}
        nodes = set(read_graph(name).subjects(RDF.type, KG.Testimony))
        assert expected
        assert {str(node) for node in nodes} == expected
        assert {str(flag) for node in nodes for flag in read_graph(name).objects(node, KG.agreed)} == {
            str(agreed).lower()
        }


def test_a_testimony_has_its_claims_and_its_witnesses(corpus: Corpus) -> None:
    graph, told = read_graph(CONSENSUS), gather_testimonies(corpus, compare_claims(corpus))
    for row in told.filter("agreed").iter_rows(named=True):
        node = URIRef(f"{BASE}testimony/{row['id']}")
        assert {str(one).removeprefix(BASE) for one in graph.objects(node, KG.givenBy)} == set(row["claims"])
        assert {str(one).removeprefix(BASE) for one in graph.objects(node, KG.supportedBy)} == set(row["supporters"])
        counts = [graph.value(node, KG[f"{name}Witnesses"]) for name in ("least", "most", "nominal")]
        assert [int(str(count)) for count in counts] == [row["least"], row["most"], row["nominal"]]


def test_the_plain_triples_of_the_consensus_are_those_of_its_testimonies_each_once() -> None:
    graph = read_graph(CONSENSUS)
    nodes = list(graph.subjects(RDF.type, KG.Testimony))
    triples = {tuple(graph.value(node, part) for part in (RDF.subject, RDF.predicate, RDF.object)) for node in nodes}
    plain = {triple for triple in graph if triple[0] not in nodes and str(triple[1]).startswith(str(KG))}
    assert plain == triples
    turtle = render(read_small())[CONSENSUS]
    assert turtle.count("event:flood kg:occurredAt place:veldhaven .") == 1


def test_the_contested_have_no_plain_triple() -> None:
    graph = read_graph(CONTESTED)
    nodes = set(graph.subjects(RDF.type, KG.Testimony))
    assert nodes
    assert [triple for triple in graph if triple[0] not in nodes and str(triple[1]).startswith(str(KG))] == []


def test_every_voice_has_one_witness_and_is_heard_through_its_text(corpus: Corpus) -> None:
    graph = read_graph(WITNESSES)
    voices = {
        URIRef(f"{BASE}voice/{text}/{voice}"): URIRef(f"{BASE}text/{text}")
        for text in corpus.texts
        for voice in corpus.frames[f"chains/{text}"]["id"]
    }
    assert set(graph.subjects(KG.witness)) == set(voices)
    assert Counter(graph.subjects(KG.witness)).most_common(1)[0][1] == 1
    assert [voice for voice, text in voices.items() if (voice, KG.through, text) not in graph] == []
    certain = {(voice, witness) for voice, witness in graph.subject_objects(KG.certainWitness)}
    assert certain < set(graph.subject_objects(KG.witness))


@pytest.mark.parametrize(
    "gist", ['He said "no".', "A back\\slash and <angle> {brace}.", "Ünïcode \U0001f41f, tab\there."]
)
def test_a_gist_comes_back_to_the_letter(gist: str) -> None:
    turtle = render(with_gist(gist))[CONSENSUS]
    quads = list(parse(turtle, format=RdfFormat.TURTLE))
    found = {q.object.value for q in quads if isinstance(q.object, Literal) and q.predicate.value == f"{names.KG}gist"}
    assert gist in found
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    assert gist in {str(one) for one in graph.objects(None, KG.gist)}


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_without_claims_has_derived_graphs_that_can_be_read(name: str, corpus: Corpus) -> None:
    turtle = render(without_claims(corpus))[name]
    assert len(list(parse(turtle, format=RdfFormat.TURTLE))) >= 4
    assert "kg:Testimony" not in turtle
    assert "kg:Comparison" not in turtle


def test_the_derived_graphs_of_the_shipped_dataset_can_be_read_and_name_only_claims_that_there_are(
    shipped: Corpus,
) -> None:
    base = shipped.settings.base.iri
    claims = {
        f"{base}assertion/{text}/{n}" for text in shipped.texts for n in shipped.frames[f"assertions/{text}"]["id"]
    }
    quads = [quad for turtle in render(shipped).values() for quad in parse(turtle, format=RdfFormat.TURTLE)]
    named = {node.value for quad in quads for node in _list_nodes(quad.triple) if "/assertion/" in node.value}
    assert len(named) > 5000
    assert named <= claims


def _list_nodes(triple: Triple) -> list[NamedNode]:
    return [node for node in (triple.subject, triple.object) if isinstance(node, NamedNode)]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_findings_of_the_small_dataset_have_no_fault(engine: str, corpus: Corpus) -> None:
    report = validate(compile_all(corpus), read_shapes(find_folder("shapes"), ["Comparison", "Testimony"]), engine)
    assert report.nodes == count_nodes(corpus)
    assert report.results == ()


def test_the_findings_of_the_shipped_dataset_have_no_fault(shipped: Corpus) -> None:
    report = validate(compile_all(shipped), read_shapes(find_folder("shapes"), ["Comparison", "Testimony"]))
    assert report.nodes == count_nodes(shipped) > 5000
    assert report.results == ()


def compile_all(corpus: Corpus) -> str:
    """Give the ontology, the tables and the findings as one graph."""
    tables = [document.turtle for document in render_tables(corpus)]
    return "\n".join([read_ontology(), *tables, *render(corpus).values()])


def count_nodes(corpus: Corpus) -> int:
    """Count the comparisons and testimonies of a dataset."""
    pairs = compare_claims(corpus)
    return pairs.height + gather_testimonies(corpus, pairs).height
