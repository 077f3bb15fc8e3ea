"""Linked data without a server: addresses, descriptions, profiles and the catalogue."""

import json
from dataclasses import asdict
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from kg.builds import Build
from kg.names import CONCEPT, KG, ONTOLOGY, RDF, RDFS, Base
from kg.web.addresses import Addresses
from kg.web.catalogue import describe_catalogue, describe_graph, describe_void, list_dumps, write_turtle
from kg.web.limits import Limits
from kg.web.offers import _fold, _make_index, _search
from kg.web.profiles import LEADING, Teller
from kg.web.statements import MOST, find_statements
from kg.web.worker import answer

BASE = Base("http://example.org/set/")
ROOT = "http://127.0.0.1:1/"
ADDRESSES = Addresses(BASE, ROOT)
LIMITS = asdict(Limits())
PERSON = NamedNode(BASE.mint("person/ada"))


@pytest.fixture
def graphs() -> Store:
    """Give a store with a person, more claims about her than a page shows, and a testimony that is no claim."""
    store = Store()

    def add(subject: str, predicate: str, value: NamedNode | Literal, graph: str = "graph/one") -> None:
        store.add(Quad(NamedNode(BASE.mint(subject)), NamedNode(predicate), value, NamedNode(BASE.mint(graph))))

    add("person/ada", f"{RDFS}label", Literal("Ada", language="en"), "graph/entities")
    add("person/ada", f"{RDF}type", NamedNode(f"{KG}Person"), "graph/entities")
    for number in range(MOST + 2):
        add(f"assertion/one/{number:04}", f"{RDF}type", NamedNode(f"{KG}Assertion"))
        add(f"assertion/one/{number:04}", LEADING[number % len(LEADING)], PERSON)
        add(f"assertion/one/{number:04}", f"{KG}gist", Literal(f"claim {number}"))
    add("testimony/1", f"{RDF}subject", PERSON, "graph/consensus")
    return store


def describe(store: Store, iri: str, form: str, **more: object) -> tuple[dict[str, Any], bytes]:
    """Ask a store for a resource as a worker does."""
    question = {"resource": iri, "about": LEADING, "format": form, "ask": {}, "terms": {}} | more
    return answer(store, question, {}, LIMITS)


@pytest.mark.parametrize(
    ("iri", "address"),
    [
        (BASE.mint("person/ada"), f"{ROOT}person/ada"),
        (BASE.mint("assertion/one/0001"), f"{ROOT}assertion/one/0001"),
        (ONTOLOGY, f"{ROOT}ontology"),
        (f"{KG}Person", f"{ROOT}ontology#Person"),
        (f"{CONCEPT}stance/affirms", f"{ROOT}concept/stance/affirms"),
        ("https://elsewhere.example/x", "https://elsewhere.example/x"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
    ],
)
def test_a_resource_is_described_here_or_linked_to_if_the_web_has_it(iri: str, address: str) -> None:
    assert ADDRESSES.find(iri) == address
    assert ADDRESSES.is_own(iri) == address.startswith(ROOT)


@pytest.mark.parametrize(
    ("path", "iris"),
    [
        ("person/ada", [BASE.mint("person/ada")]),
        ("ontology", [ONTOLOGY]),
        ("concept/role/x", [BASE.mint("concept/role/x"), f"{CONCEPT}role/x"]),
        ("person/<x>", []),
        ("a b", []),
        ('"', []),
    ],
)
def test_a_path_names_what_has_its_address(path: str, iris: list[str]) -> None:
    assert list(ADDRESSES.list_iris(path)) == iris


@pytest.mark.parametrize("form", ["trig", "nquads", "jsonld", "turtle", "ntriples", "rdfxml"])
def test_a_description_has_the_statements_of_a_resource_and_of_claims_about_it(form: str, graphs: Store) -> None:
    head, body = describe(graphs, PERSON.value, form)
    formats = {"rdfxml": RdfFormat.RDF_XML, "turtle": RdfFormat.TURTLE, "ntriples": RdfFormat.N_TRIPLES}
    datasets = {"trig": RdfFormat.TRIG, "nquads": RdfFormat.N_QUADS, "jsonld": RdfFormat.JSON_LD}
    told = set(parse(body, format=(formats | datasets)[form]))
    expected = {quad for quad in graphs if not quad.subject.value.startswith(BASE.mint("testimony/"))}
    assert head == {"outcome": "answered"}
    assert len(told) == len(expected) == 2 + 3 * (MOST + 2)
    assert (told == expected) if form in datasets else ({q.triple for q in told} == {q.triple for q in expected})


def test_a_triple_of_two_graphs_is_written_once_where_there_are_no_graphs() -> None:
    store = Store()
    store.extend(Quad(PERSON, PERSON, PERSON, NamedNode(f"urn:g{n}")) for n in (1, 2))
    assert describe(store, PERSON.value, "ntriples")[1].count(b"\n") == 1
    assert describe(store, PERSON.value, "nquads")[1].count(b"\n") == 2


@pytest.mark.parametrize("form", ["turtle", "html"])
def test_what_nobody_speaks_of_is_absent(form: str, graphs: Store) -> None:
    assert describe(graphs, "http://example.org/set/person/none", form)[0] == {"outcome": "absent"}


def test_of_the_ontology_all_of_its_graph_is_told() -> None:
    quads = [Quad(NamedNode(f"{KG}x"), PERSON, PERSON, NamedNode(g)) for g in (ONTOLOGY, "urn:other")]
    store = Store()
    store.extend(quads)
    assert find_statements(store, NamedNode(ONTOLOGY), ()) == quads[:1]


def test_a_page_shows_only_so_many_records_and_says_how_many_there_are_besides(graphs: Store) -> None:
    told = json.loads(describe(graphs, PERSON.value, "html")[1])
    profile = Teller(PERSON.value, told, ADDRESSES).tell([])
    assert len(profile.claims) + len(profile.mentions) == MOST
    assert profile.more == 3
    assert (profile.label, profile.kind) == ("Ada", "Person")
    assert profile.claims[0].gist.text == "claim 0"
    assert profile.claims[0].gist.href == f"{ROOT}assertion/one/0000"
    assert {claim.gist.text for claim in profile.mentions} >= {"claim 1", "claim 2", "claim 3", "claim 4"}
    assert profile.to_schema()["@type"] == "Person"


def test_terms_are_bound_and_cannot_become_part_of_a_query(graphs: Store) -> None:
    query = "SELECT ?_name_literal ?s { GRAPH ?g { ?s ?p ?label } FILTER(STR(?label) = ?_name_literal) }"
    question = {"query": query, "format": "csv", "base": "urn:x", "default": [], "named": []}
    for text, rows in (("Ada", 1), ('Ada" || "1"="1', 0), ("Ada') } #", 0)):
        _, body = answer(graphs, question | {"terms": {"_name_literal": ("literal", text)}}, {}, LIMITS)
        assert len(body.splitlines()) == 1 + rows
    head, _ = answer(graphs, question | {"terms": {"_name_literal": ("iri", "no iri")}}, {}, LIMITS)
    assert head["outcome"] == "refused"


def test_a_page_has_the_answers_of_the_queries_that_are_asked_with_it(graphs: Store) -> None:
    query = "SELECT ?_it_iri ?label { GRAPH ?g { ?_it_iri <http://www.w3.org/2000/01/rdf-schema#label> ?label } }"
    _, body = describe(graphs, PERSON.value, "html", ask={"x": query}, terms={"_it_iri": ("iri", PERSON.value)})
    table = json.loads(body)["tables"]["x"]
    assert table["columns"] == ["_it_iri", "label"]
    assert table["rows"] == [[["iri", PERSON.value], ["literal", "Ada", "@en"]]]


def test_the_catalogue_lists_every_file_and_the_same_bytes_each_time(built: Build) -> None:
    rights = dict.fromkeys(built.manifest["graphs"], 'all "rights"\n<reserved>')
    bodies = {write_turtle(describe_catalogue(built, ROOT, rights), ROOT, "turtle") for _ in range(2)}
    assert len(bodies) == 1
    text = bodies.pop().decode()
    dumps = list_dumps(built)
    assert len(dumps) == 1 + len(built.manifest["graphs"])
    for dump in dumps:
        assert (built.folder / dump.file).stat().st_size == dump.size
        assert f"dumps/{dump.file}" in text
        assert dump.sha256 in text


def test_void_tells_sizes(built: Build) -> None:
    counts = ((f"{KG}Person", "3"),)
    triples = {quad.triple for quad in parse(describe_void(built, ROOT, counts, counts), format=RdfFormat.TURTLE)}
    told = {(t.predicate.value.rpartition("#")[2], getattr(t.object, "value", "")) for t in triples}
    assert {("entities", "3"), ("triples", "3"), ("triples", str(built.manifest["quads"]))} <= told
    for iri, graph in built.manifest["graphs"].items():
        assert f"void:triples {graph['triples']}" in describe_graph(built, ROOT, iri)


def test_a_search_finds_names_without_accents_and_the_closest_first() -> None:
    entities = [
        [["uri", BASE.mint(f"place/{n}")], ["literal", "place"], ["literal", n]] for n in ("xeden", "eden", "e")
    ]
    names = [[["uri", BASE.mint("place/e")], ["literal", "Éden-Ville"]]]
    index = _make_index(names, entities)
    found = _search(index, "EDEN", ADDRESSES)
    assert [item["label"] for item in found] == ["eden", "e", "xeden"]
    assert found[1]["forms"] == ["Éden-Ville"]
    assert _search(index, "nothing", ADDRESSES) == []
    assert _fold("Čapek") == "capek"
