"""Linked data as strangers meet it: the command really runs, and every address is asked over HTTP."""

import json
import re
import socket
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pyshacl
import pytest
import requests
from pyoxigraph import RdfFormat, parse
from rdflib import SH, Graph
from servers import Server, build_graphs, run_server

from kg.builds import Build
from kg.names import KG, ONTOLOGY, RDF, RDFS
from kg.web.addresses import Addresses
from kg.web.profiles import LEADING

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORMATS = {
    ".ttl": ("text/turtle", RdfFormat.TURTLE),
    ".nt": ("application/n-triples", RdfFormat.N_TRIPLES),
    ".rdf": ("application/rdf+xml", RdfFormat.RDF_XML),
    ".trig": ("application/trig", RdfFormat.TRIG),
    ".nq": ("application/n-quads", RdfFormat.N_QUADS),
    ".jsonld": ("application/ld+json", RdfFormat.JSON_LD),
}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(2)</script>",
    "' onclick='x",
    "{{ 7 * 7 }}{% raw %}",
]


@pytest.fixture(scope="module")
def server(built: Build) -> Iterator[Server]:
    """Run a server on the build of the small dataset."""
    with run_server(built.folder) as running:
        yield running


def get(server: Server, path: str, accept: str = "*/*", **headers: str) -> requests.Response:
    """Ask for a path of a server."""
    return requests.get(server.root + path, headers={"accept": accept} | headers, timeout=60)


def sample(built: Build) -> list[str]:
    """Give some IRIs of every kind that begin statements, and all graphs."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for quad in built.quads():
        iri = quad.subject.value.partition("#")[0]  # type: ignore[union-attr]
        reference = built.base.reference(iri)
        kinds[iri.rpartition("/")[0] if reference is None else reference.partition("/")[0]].append(iri)
    found = [iri for iris in kinds.values() for iri in sorted(set(iris))[:3]]
    return sorted({*found, *built.manifest["graphs"]})


class Links(HTMLParser):
    """What a page has in it: addresses, elements, and the text of its data."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.elements: list[str] = []
        self.ids: set[str] = set()
        self.data = ""
        self._within = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.elements.append(tag)
        self._within = tag == "script" and told.get("type") == "application/ld+json"
        assert tag != "script" or self._within
        assert not [name for name in told if name.startswith("on")]
        self.ids |= {told["id"] or ""} if "id" in told else set()
        self.links |= {told["href"] or ""} if "href" in told else set()

    def handle_data(self, data: str) -> None:
        self.data += data if self._within else ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._within = False


def test_every_kind_of_resource_resolves_as_rdf_and_as_a_page(server: Server, built: Build) -> None:
    addresses = Addresses(built.base, server.root)
    iris = sample(built)
    kinds = {(built.base.reference(iri) or "").partition("/")[0] for iri in iris}
    assert {"assertion", "comparison", "concept", "graph", "name", "passage", "person", "testimony", "voice"} <= kinds
    for iri in iris:
        address = addresses.find(iri)
        assert address.startswith(server.root), iri
        turtle = requests.get(address, headers={"accept": "text/turtle"}, timeout=60)
        page = requests.get(address, headers={"accept": BROWSER}, timeout=60)
        assert turtle.status_code == page.status_code == 200, address
        assert iri in {quad.subject.value for quad in parse(turtle.content, format=RdfFormat.TURTLE)}
        assert f"<bdi>{iri}</bdi>" in page.text
        assert {"h1", "main", "title"} <= set(Links(page.text).elements)


@pytest.mark.parametrize("suffix", list(FORMATS))
@pytest.mark.parametrize("kind", ["person", "assertion", "comparison", "concept"])
def test_a_matrix_of_formats_gives_the_same_statements(kind: str, suffix: str, server: Server, built: Build) -> None:
    iri = next(iri for iri in sample(built) if (built.base.reference(iri) or "").startswith(f"{kind}/"))
    path, (media_type, form) = built.base.reference(iri) or "", FORMATS[suffix]
    for response in (get(server, path, media_type), get(server, path + suffix, "image/png")):
        assert response.headers["content-type"].partition(";")[0] == media_type
        assert response.headers["content-location"] == f"{server.root}{path}{suffix}"
        assert response.headers["vary"] == "Accept"
        told = {quad.triple for quad in parse(response.content, format=form)}
        graphs = {quad.graph_name for quad in parse(response.content, format=form)}
        expected = {quad.triple for quad in built.quads() if quad.subject.value == iri}  # type: ignore[union-attr]
        assert expected
        assert expected <= {t for t in told if t.subject.value == iri}
        assert {str(g) for g in graphs} != {"DEFAULT"} or not form.supports_datasets


def test_of_an_entity_the_claims_about_it_are_told_too(server: Server, built: Build) -> None:
    subject = next(q.object.value for q in built.quads() if q.predicate.value == f"{RDF}subject"  # type: ignore[union-attr]
                   and "/assertion/" in q.subject.value and "/person/" in str(q.object))  # type: ignore[union-attr]  # fmt: skip
    path = built.base.reference(subject) or ""
    told = {quad.subject.value for quad in parse(get(server, f"{path}.nq").content, format=RdfFormat.N_QUADS)}
    expected = {
        quad.subject.value  # type: ignore[union-attr]
        for quad in built.quads()
        if quad.predicate.value in LEADING
        and getattr(quad.object, "value", "") == subject
        and "/assertion/" in quad.subject.value  # type: ignore[union-attr]
    }
    assert expected
    assert told == expected | {subject}


def test_accept_is_weighed_and_what_is_not_to_be_had_is_refused(server: Server, built: Build) -> None:
    path = next(r for iri in sample(built) if (r := built.base.reference(iri) or "").startswith("person/"))
    for accept, media_type in (
        ("*/*", "text/turtle"),
        (BROWSER, "text/html"),
        ("text/turtle;q=0.4, application/trig;q=0.9", "application/trig"),
        ("text/html;q=0.1, application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
    ):
        assert get(server, path, accept).headers["content-type"].partition(";")[0] == media_type
    assert get(server, path, "image/png").status_code == 406


def test_links_tell_machines_the_way(server: Server, built: Build) -> None:
    path = next(r for iri in sample(built) if (r := built.base.reference(iri) or "").startswith("person/"))
    told = requests.utils.parse_header_links(get(server, path, BROWSER).headers["link"])
    relations = {relation for link in told for relation in link["rel"].split()}
    assert {"alternate", "describedby", "collection", "cite-as"} <= relations
    for link in told:
        if "describedby" in link["rel"].split():
            assert requests.get(link["url"], timeout=60).headers["content-type"].partition(";")[0] == link["type"]


def test_every_link_of_a_page_leads_somewhere(server: Server, built: Build) -> None:
    for kind in ("assertion", "person", "comparison"):
        path = next(r for iri in sample(built) if (r := built.base.reference(iri) or "").startswith(f"{kind}/"))
        page = Links(get(server, path, BROWSER).text)
        own = {link for link in page.links if link.startswith(server.root)}
        assert len(own) > 10
        assert [link for link in own if requests.head(link, timeout=60).status_code != 200] == []
        assert json.loads(page.data)["@id"] == built.base.mint(path)


def test_a_page_of_a_claim_tells_what_is_known_of_it(server: Server, built: Build) -> None:
    path = next(r for iri in sample(built) if (r := built.base.reference(iri) or "").startswith("assertion/"))
    page = get(server, path, BROWSER).text
    for heading in ("What does this claim say, exactly?", "Through whom does a claim reach us?", "On whom does"):
        assert heading in page


def test_every_term_of_the_ontology_has_its_place(server: Server, built: Build) -> None:
    page = Links(get(server, "ontology", BROWSER).text)
    terms = {quad.subject.value for quad in built.quads() if quad.graph_name.value == ONTOLOGY}  # type: ignore[union-attr]
    assert {iri.removeprefix(KG) for iri in terms if iri.startswith(KG)} <= page.ids
    triples = set(parse(get(server, "ontology.ttl").content, format=RdfFormat.TURTLE))
    of_graph = {quad.triple for quad in built.quads() if quad.graph_name.value == ONTOLOGY}  # type: ignore[union-attr]
    assert of_graph < {quad.triple for quad in triples}
    assert {quad.subject.value for quad in triples if quad.triple not in of_graph} == {ONTOLOGY}


def test_the_same_build_has_the_same_tag(server: Server, built: Build) -> None:
    paths = [r for iri in sample(built) if (r := built.base.reference(iri))][:3]
    for path in (*paths, "void", "catalogue", "dumps/kg.nq"):
        first = get(server, path)
        again = get(server, path, **{"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert get(server, path).content == first.content
    assert get(server, paths[0], BROWSER).headers["etag"] != get(server, paths[0]).headers["etag"]


def test_what_is_not_there_is_told_with_a_way_on(server: Server) -> None:
    for path in ("person/none", "concept/role/%3Cx%3E", "x", "%00", "person/none.ttl", "void.html5"):
        assert get(server, path).status_code == 404
        assert get(server, path).headers["content-type"] == "application/problem+json"
    page = get(server, "person/ada-lovelace", BROWSER)
    assert page.status_code == 404
    assert 'value="ada lovelace"' in page.text


def test_dumps_are_those_of_the_catalogue_and_nothing_else(server: Server, built: Build) -> None:
    catalogue = get(server, "catalogue.ttl").text
    files = sorted(set(re.findall(r"dumps/([\w./-]+\.(?:nq|ttl))", catalogue)))
    assert len(files) == 1 + len(built.manifest["graphs"])
    for file in files:
        content = get(server, f"dumps/{file}").content
        assert sha256(content).hexdigest() in catalogue
        assert content == (built.folder / file).read_bytes()
    for path in ("build.json", "store/CURRENT", "..%2fbuild.json", "%2e%2e/build.json", "/etc/passwd",
                 "graphs/..%2fbuild.json", "graphs", "", "%2fetc%2fpasswd", "kg.nq%00"):  # fmt: skip
        assert get(server, f"dumps/{path}").status_code == 404, path


def test_the_catalogue_keeps_to_dcat_ap(server: Server, conformance: Path) -> None:
    shapes = Graph()
    for path in (conformance / "dcat-ap").glob("*.ttl"):
        shapes.parse(path)
    empty = [
        (owner, shape) for owner, shape in shapes.subject_objects(SH.property) if (shape, SH.path, None) not in shapes
    ]
    assert len(empty) < 10  # shapes that the release names and does not define
    for owner, shape in empty:
        shapes.remove((owner, SH.property, shape))
    catalogue = Graph().parse(data=get(server, "catalogue.ttl").content, format="turtle")
    conforms, _, report = pyshacl.validate(catalogue, shacl_graph=shapes)
    assert conforms, report
    for triple in list(catalogue.triples((None, None, None))):
        if str(triple[1]).endswith(("accessURL", "endpointURL", "#title", "/title")):
            catalogue.remove(triple)
    assert not pyshacl.validate(catalogue, shacl_graph=shapes)[0]


def test_void_counts_what_is_there(server: Server, built: Build) -> None:
    graph = Graph().parse(data=get(server, "void").content, format="turtle")
    void = "http://rdfs.org/ns/void#"
    rows = graph.query(f"SELECT ?c ?n {{ ?p <{void}class> ?c ; <{void}entities> ?n }}")
    told = {str(row[0]): str(row[1]) for row in rows}  # type: ignore[index]
    persons = {q.subject for q in built.quads() if getattr(q.object, "value", "") == f"{KG}Person"
               and q.predicate.value == f"{RDF}type"}  # fmt: skip
    assert told[f"{KG}Person"] == str(len(persons))
    assert persons
    assert get(server, ".well-known/void").status_code == 200


def test_robots_and_maps_list_entities(server: Server) -> None:
    assert f"Sitemap: {server.root}sitemap.xml" in get(server, "robots.txt").text
    addresses = re.findall("<loc>(.*?)</loc>", get(server, "sitemap.xml").text)
    assert len(addresses) > 10
    assert [address for address in addresses if requests.head(address, timeout=60).status_code != 200] == []


def test_a_search_finds_every_printed_name(server: Server, built: Build) -> None:
    forms = sorted((q.object.value, q.subject) for q in built.quads() if q.predicate.value == f"{KG}form")  # type: ignore[union-attr]
    assert forms
    for form, record in forms[:20]:
        entity = next(q.object for q in built.quads() if q.subject == record and q.predicate.value == f"{KG}formOf")
        told = requests.get(f"{server.root}search", {"q": form.upper(), "format": "json"}, timeout=60).json()
        assert entity.value in [item["iri"] for item in told["found"]]  # type: ignore[union-attr]
    assert get(server, "search?q=" + "x" * 201).status_code == 400
    assert get(server, "search", BROWSER).status_code == 200


def test_labels_stay_text_everywhere(tmp_path: Path) -> None:
    base = "http://example.org/"
    quoted = [json.dumps(text) for text in HOSTILE]
    turtle = "".join(
        f"<{base}person/{n}> a <{KG}Person> ; <{RDFS}label> {text} ; <{KG}follows> {text} .\n"
        f"<{base}assertion/x/{n}> a <{KG}Assertion> ; <{RDF}subject> <{base}person/{n}> ; <{KG}gist> {text} ;"
        f" <{KG}voice> <{base}voice/x/{n}> ; <{KG}datePrinted> {text} ; <{KG}see> <javascript:alert(1)> .\n"
        f"<{base}voice/x/{n}> <{RDFS}label> {text} .\n"
        f"<{base}name/x/{n}> a <{KG}NameForm> ; <{KG}formOf> <{base}person/{n}> ; <{KG}form> {text} .\n"
        for n, text in enumerate(quoted)
    )
    build_graphs(tmp_path / "build", {f"{base}graph/x": turtle})
    with run_server(tmp_path / "build") as server:
        for n, text in enumerate(HOSTILE):
            pages = [get(server, path, BROWSER) for path in (f"person/{n}", f"assertion/x/{n}", f"voice/x/{n}")]
            pages.append(requests.get(f"{server.root}search", {"q": text}, headers={"accept": BROWSER}, timeout=60))
            for page in pages:
                assert page.status_code == 200
                assert "script-src" not in page.headers["content-security-policy"]
                assert text not in page.text or text.startswith("{{")
                assert "49" not in Links(page.text).data
                assert not [link for link in Links(page.text).links if link.startswith("javascript:")]
            assert json.loads(Links(pages[0].text).data)["name"] == text
        missing = requests.get(f"{server.root}person/<script>alert(3)", headers={"accept": BROWSER}, timeout=60)
        assert missing.status_code == 404
        assert "<script>" not in missing.text


def test_a_new_build_is_told_of_at_once_and_a_public_address_stands_in_its_links(tmp_path: Path) -> None:
    base, public = "http://example.org/", "http://kg.example/here/"
    told = [{f"{base}graph/x": f"<{base}person/a> <{RDFS}label> 'name{n}' ; <urn:p> 1 ."} for n in range(2)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    build_graphs(tmp_path / "build", told[0])
    with run_server(tmp_path / "build", "--base", public, "--port", str(port)):
        address, headers = f"http://127.0.0.1:{port}/person/a", {"accept": BROWSER}
        first = requests.get(address, headers=headers, timeout=60)
        assert "name0" in first.text
        assert first.headers["content-location"] == f"{public}person/a.html"
        assert {f"{public}person/a", f"{public}graph/x"} <= Links(first.text).links
        build_graphs(tmp_path / "build", told[1])
        again = requests.get(address, headers=headers | {"if-none-match": first.headers["etag"]}, timeout=60)
        assert again.status_code == 200
        assert "name1" in again.text
        assert "name0" not in again.text
