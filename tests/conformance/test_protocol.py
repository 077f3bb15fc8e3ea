"""The W3C's cases of the SPARQL 1.1 Protocol and of service descriptions, put to `kg serve`."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from conftest import CONFORMANCE
from pyoxigraph import parse
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node
from servers import Server, build_graphs, run_server

from kg.documents import RDF_FORMATS

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
CASES = Namespace("http://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/manifest#")

FOLDER = CONFORMANCE / "sparql11-protocol"
TEXT = (FOLDER / "manifest.ttl").read_text("utf-8") if FOLDER.is_dir() else ""
NAMES = re.findall(r"^:(\w+) rdf:type mf:ProtocolTest", TEXT, re.MULTILINE)
UPDATES = [name for name in NAMES if name.startswith("update_")]
"""Cases in which an update is to be done: here each is to be refused."""

TABULAR = {
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
}
BOOLEAN = {"application/sparql-results+json", "application/sparql-results+xml"}
RDF_TYPES = {"text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"}
FORMATS = {"tabular": TABULAR, "boolean": BOOLEAN, "RDF": RDF_TYPES}


@pytest.fixture(scope="module")
def manifest(conformance: Path) -> Graph:
    """Give the manifest of the protocol's cases."""
    return Graph().parse(conformance / "sparql11-protocol" / "manifest.ttl", format="turtle")


@pytest.fixture(scope="module")
def server(manifest: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server on the graphs that the cases ask."""
    graphs = {
        str(manifest.value(data, RDFS.label)): Path(str(manifest.value(data, UT.graph)).removeprefix("file://"))
        for data in manifest.objects(None, UT.graphData)
    }
    texts = {iri: path.read_text("utf-8") for iri, path in graphs.items()}
    build = tmp_path_factory.mktemp("protocol") / "build"
    build_graphs(build, texts)
    with run_server(build) as running:
        yield running


def send(server: Server, manifest: Graph, request: Node) -> requests.Response:
    """Send a request just as the manifest has it."""
    headers = {
        str(manifest.value(header, HT.fieldName)): str(manifest.value(header, HT.fieldValue))
        for header in Collection(manifest, manifest.value(request, HT.headers) or RDF.nil)
    }
    content = manifest.value(request, HT.body)
    body = None
    if content is not None:
        encoding = str(manifest.value(content, CNT.characterEncoding))
        body = str(manifest.value(content, CNT.chars)).encode(encoding)
    address = urljoin(server.root, str(manifest.value(request, HT.absolutePath)))
    method = str(manifest.value(request, HT.methodName))
    return requests.request(method, address, headers=headers, data=body, timeout=60)


def list_requests(manifest: Graph, name: str) -> list[Node]:
    """List the requests of a case in their order."""
    action = manifest.value(CASES[name], MF.action)
    return list(Collection(manifest, manifest.value(action, HT.requests) or RDF.nil))


def check(response: requests.Response, manifest: Graph, expected: Node | None) -> None:
    """Hold a response to the status, format and truth that the manifest expects."""
    statuses = {str(status)[-3:][0] for status in manifest.objects(expected, MF.expectedStatus)}
    assert statuses
    assert str(response.status_code)[0] in statuses, response.text
    kind = manifest.value(expected, MF.expectedFormat)
    if kind is not None:
        assert response.headers["content-type"].partition(";")[0] in FORMATS[str(kind)]
    truth = manifest.value(expected, MF.expectedBoolean)
    if truth is not None:
        assert json.loads(response.content)["boolean"] is truth.toPython()  # type: ignore[attr-defined]


def test_all_cases_are_there(manifest: Graph) -> None:
    assert len(NAMES) == len(set(manifest.subjects(RDF.type, MF.ProtocolTest))) == 34
    assert len(UPDATES) == 7


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UPDATES])
def test_a_case_of_the_protocol(name: str, server: Server, manifest: Graph) -> None:
    listed = list_requests(manifest, name)
    assert listed
    for request in listed:
        check(send(server, manifest, request), manifest, manifest.value(request, HT.resp))


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_is_refused(name: str, server: Server, manifest: Graph) -> None:
    response = send(server, manifest, list_requests(manifest, name)[0])
    assert response.status_code == 403
    assert "updates are refused" in json.loads(response.content)["detail"]


@pytest.fixture(scope="module")
def description(server: Server) -> Graph:
    """Give what the endpoint says of itself when asked nothing."""
    response = requests.get(server.endpoint, headers={"accept": "text/turtle"}, timeout=60)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/turtle")
    return Graph().parse(data=response.content, format="turtle")


@pytest.mark.parametrize("form", list(RDF_FORMATS))
def test_the_description_is_had_as_rdf_in_every_format(form: str, server: Server, description: Graph) -> None:
    response = requests.get(server.endpoint, {"format": form}, timeout=60)
    assert len(list(parse(response.content, format=RDF_FORMATS[form]))) == len(description) > 20


def test_the_description_names_the_endpoint_that_was_asked(server: Server, description: Graph) -> None:
    assert list(description.subject_objects(SD.endpoint)) == [
        (URIRef(f"{server.endpoint}#service"), URIRef(server.endpoint))
    ]


def test_the_description_keeps_to_the_schema(description: Graph) -> None:
    """Domains and ranges of the vocabulary, and one default dataset with one default graph."""
    schema = {
        SD.endpoint: (SD.Service, None),
        SD.defaultDataset: (SD.Service, SD.Dataset),
        SD.defaultGraph: (SD.Dataset, SD.Graph),
        SD.namedGraph: (SD.Dataset, SD.NamedGraph),
        SD.name: (SD.NamedGraph, None),
        SD.graph: (SD.NamedGraph, SD.Graph),
    }
    for predicate, (domain, range_) in schema.items():
        found = list(description.subject_objects(predicate))
        assert found, predicate
        assert all((subject, RDF.type, domain) in description for subject, _ in found)
        assert all(range_ is None or (value, RDF.type, range_) in description for _, value in found)
    assert (None, SD.supportedLanguage, SD.SPARQL11Query) in description
    assert len(list(description.objects(None, SD.resultFormat))) == 10


def test_the_description_tells_the_graphs_and_that_the_default_one_is_empty(description: Graph) -> None:
    names = sorted(map(str, description.objects(None, SD.name)))
    assert names == [f"http://kasei.us/2009/09/sparql/data/data{n}.rdf" for n in (1, 2, 3)]
    [default] = list(description.objects(None, SD.defaultGraph))
    assert (default, VOID.triples, Literal(0)) in description
    assert not list(description.objects(None, SD.feature))
