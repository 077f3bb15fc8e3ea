"""The catalogue: what the dataset is, of what files it consists, and how much of what is in it (DCAT 3, VoID)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, parse, serialize

from kg.builds import QUADS, Build
from kg.errors import OutsideError
from kg.web.worker import GRAPH_FORMATS

_PREFIXES = Path(__file__).with_name("catalogue.ttl").read_text("utf-8")
CLASSES = "SELECT ?iri (COUNT(DISTINCT ?s) AS ?count) { GRAPH ?g { ?s a ?iri } } GROUP BY ?iri ORDER BY ?iri"
PROPERTIES = "SELECT ?iri (COUNT(*) AS ?count) { GRAPH ?g { ?s ?iri ?o } } GROUP BY ?iri ORDER BY ?iri"
"""Of the vocabulary only what every RDF has: no topic, no term of the ontology."""
Counts = tuple[tuple[str, str], ...]
"""IRIs, each with how many there are of it, as a number in text."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A file of a build that may be fetched: its path, media type, bytes and digest; the graph in it, or nothing."""

    file: str
    media_type: str
    size: int
    sha256: str
    graph: str = ""


def list_dumps(build: Build) -> list[Dump]:
    """List the files of a build that may be fetched, the whole first; no other file is ever served.

    Raises OutsideError where the build is gone meanwhile.
    """
    told = build.manifest
    dumps = [Dump(QUADS, "application/n-quads", _measure(build, QUADS), told["rdfc10_sha256"])]
    for iri, graph in told["graphs"].items():
        dumps.append(Dump(graph["file"], "text/turtle", _measure(build, graph["file"]), graph["sha256"], iri))
    return dumps


def _measure(build: Build, file: str) -> int:
    try:
        return (build.folder / file).stat().st_size
    except OSError:
        raise OutsideError("the build has just changed; ask again") from None


def write_turtle(turtle: str, base: str, form: str) -> bytes:
    """Write Turtle in another format, its relative names under a base."""
    reader = parse(turtle, format=RdfFormat.TURTLE, base_iri=base)
    triples = [quad.triple for quad in reader]
    return serialize(triples, format=GRAPH_FORMATS[form], prefixes=reader.prefixes) or b""


def describe_catalogue(build: Build, root: str, rights: Mapping[str, str]) -> str:
    """Describe a dataset as a DCAT 3 catalogue in Turtle; `rights` are those in the text of a graph, by its IRI."""
    return "\n".join([_PREFIXES, *_describe_catalogue(build, root), *_describe_dumps(build, root, rights)])


def _describe_catalogue(build: Build, root: str) -> Iterator[str]:
    title, about, creator = _find_title(build), _find_about(build), _find_creator(build)
    named = f"dcterms:title {title} ; dcterms:description {about} ; dcterms:publisher <{root}catalogue#creator>"
    files = ", ".join(f"<{root}catalogue#{dump.file}>" for dump in list_dumps(build))
    dataset = _find_dataset(build)
    yield f"<{root}catalogue> a dcat:Catalog ; {named} ; dcat:dataset {dataset} ;"
    yield f"    dcat:service <{root}catalogue#service> {_license(build)} ."
    yield f"{dataset} a dcat:Dataset, void:Dataset, prov:Entity ; {named} ; dcat:distribution {files} ;"
    yield f"    dcterms:creator <{root}catalogue#creator> ; prov:wasAttributedTo <{root}catalogue#creator> ;"
    yield f"    prov:wasGeneratedBy <{root}catalogue#build> ; dcterms:identifier {Literal(build.base.iri)} ;"
    if "version" in build.manifest:
        yield f"    dcat:version {Literal(build.manifest['version'])} ;"
    yield f"    dcat:landingPage <{root}> ."
    yield f"<{root}> a foaf:Document ."
    yield f"<{root}catalogue#creator> a foaf:Agent, prov:Agent ; foaf:name {creator} ."
    yield f"<{root}catalogue#build> a prov:Activity ; rdfs:label {Literal(build.manifest.get('made_by', 'kg'))} ."
    yield f"<{root}catalogue#service> a dcat:DataService ; dcterms:title {Literal('SPARQL endpoint', language='en')} ;"
    yield f"    dcat:endpointURL <{root}sparql> ; dcat:servesDataset {dataset} {_license(build)} ."
    yield f"<{root}sparql> a rdfs:Resource ."
    if "licence" in build.manifest:
        yield f"{NamedNode(build.manifest['licence'])} a dcterms:LicenseDocument ."
    yield "spdx:checksumAlgorithm_sha256 a spdx:ChecksumAlgorithm ."
    yield "media:text\\/turtle a dcterms:MediaType . media:application\\/n-quads a dcterms:MediaType ."


def _describe_dumps(build: Build, root: str, rights: Mapping[str, str]) -> Iterator[str]:
    for dump in list_dumps(build):
        name, media = f"{root}catalogue#{dump.file}", dump.media_type.replace("/", "\\/")
        title = f"dcterms:title {Literal(dump.file)}"
        yield f"<{name}> a dcat:Distribution ; {title} ; dcat:mediaType media:{media} ;"
        yield f"    dcat:accessURL <{root}dumps/{dump.file}> ; dcat:downloadURL <{root}dumps/{dump.file}> ;"
        yield f'    dcat:byteSize "{dump.size}"^^xsd:nonNegativeInteger {_license(build)} ;'
        if dump.graph in rights:
            yield f"    dcterms:rights <{name}-rights> ;"
        yield f"    spdx:checksum <{name}-checksum> ."
        if dump.graph in rights:
            yield f"<{name}-rights> a dcterms:RightsStatement ; rdfs:label {Literal(rights[dump.graph])} ."
        yield f"<{name}-checksum> a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256 ;"
        yield f'    spdx:checksumValue "{dump.sha256}"^^xsd:hexBinary .'
        yield f"<{root}dumps/{dump.file}> a rdfs:Resource ."


def describe_void(build: Build, root: str, classes: Counts, properties: Counts) -> str:
    """Describe a dataset as VoID in Turtle, with how many resources each class and triples each property has."""
    return "\n".join([_PREFIXES, *_describe_void(build, root, classes, properties)])


def _describe_void(build: Build, root: str, classes: Counts, properties: Counts) -> Iterator[str]:
    dataset = _find_dataset(build)
    yield f"<{root}void> a void:DatasetDescription ; foaf:primaryTopic {dataset} ."
    yield f"{dataset} a void:Dataset ; dcterms:title {_find_title(build)} ; void:triples {build.manifest['quads']} ;"
    yield f"    void:sparqlEndpoint <{root}sparql> ; void:dataDump <{root}dumps/{QUADS}> ;"
    yield f"    void:uriSpace {Literal(build.base.iri)} ; void:feature formats:N-Quads, formats:Turtle ;"
    yield f"    void:classes {len(classes)} ; void:properties {len(properties)} {_license(build)} ."
    for number, (iri, count) in enumerate(classes, 1):
        yield f"{dataset} void:classPartition <{root}void#class-{number}> ."
        yield f"<{root}void#class-{number}> void:class {NamedNode(iri)} ; void:entities {int(count)} ."
    for number, (iri, count) in enumerate(properties, 1):
        yield f"{dataset} void:propertyPartition <{root}void#property-{number}> ."
        yield f"<{root}void#property-{number}> void:property {NamedNode(iri)} ; void:triples {int(count)} ."
    for iri in build.manifest["graphs"]:
        yield f"{dataset} void:subset {NamedNode(iri)} ."
        yield from _describe_graph(build, root, iri)


def describe_graph(build: Build, root: str, iri: str) -> str:
    """Describe a named graph in Turtle: its size, its file, and the dataset it is part of."""
    return "\n".join([_PREFIXES, *_describe_graph(build, root, iri)])


def _describe_graph(build: Build, root: str, iri: str) -> Iterator[str]:
    graph = build.manifest["graphs"][iri]
    yield f"{NamedNode(iri)} a void:Dataset, sd:Graph ; void:triples {graph['triples']} ;"
    yield f"    void:dataDump <{root}dumps/{graph['file']}> ; dcterms:isPartOf {_find_dataset(build)}"
    yield f"    {_license(build)} ."


def write_schema(build: Build, root: str, context: str) -> dict[str, Any]:
    """Give what schema.org can say of the dataset, as JSON-LD."""
    told = build.manifest
    files = [
        {"@type": "DataDownload", "contentUrl": f"{root}dumps/{dump.file}", "encodingFormat": dump.media_type}
        for dump in list_dumps(build)
    ]
    given = {name: told[key] for name, key in (("license", "licence"), ("version", "version")) if key in told}
    named = {"name": _find_title(build).value, "description": _find_about(build).value}
    return {"@context": context, "@type": "Dataset", "@id": build.base.iri, **named, **given, "distribution": files}


def read_counts(body: bytes) -> Counts:
    """Read how many there are of each IRI, from an answer as a page has it."""
    return tuple((iri[1], count[1]) for iri, count in json.loads(body)["rows"])


def _find_dataset(build: Build) -> NamedNode:
    return NamedNode(build.base.iri)


def _find_title(build: Build) -> Literal:
    return Literal(build.manifest.get("title", build.base.iri), language=build.manifest.get("language", "en"))


def _find_about(build: Build) -> Literal:
    told = build.manifest.get("description", build.manifest.get("title", build.base.iri))
    return Literal(told, language=build.manifest.get("language", "en"))


def _find_creator(build: Build) -> Literal:
    return Literal(build.manifest.get("creator", build.manifest.get("made_by", "kg")))


def _license(build: Build) -> str:
    return f"; dcterms:license {NamedNode(build.manifest['licence'])}" if "licence" in build.manifest else ""
