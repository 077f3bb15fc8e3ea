"""The service description: what the endpoint is and which graphs it has, as RDF."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, parse, serialize

from kg.web.worker import GRAPH_FORMATS

_FIXED = Path(__file__).with_name("service.ttl")
"""What holds of every build; its prefixes serve for the rest too."""


def describe_service(endpoint: str, manifest: Mapping[str, Any], limits: str, form: str) -> bytes:
    """Describe the endpoint at an address, with the graphs of a build, in one of GRAPH_FORMATS."""
    turtle = "\n".join([_FIXED.read_text("utf-8"), *_describe(endpoint, manifest, limits)])
    reader = parse(turtle, format=RdfFormat.TURTLE, base_iri=endpoint)
    triples = [quad.triple for quad in reader]
    return serialize(triples, format=GRAPH_FORMATS[form], prefixes=reader.prefixes) or b""


def _describe(endpoint: str, manifest: Mapping[str, Any], limits: str) -> Iterator[str]:
    yield f"<#service> sd:endpoint {NamedNode(endpoint)} ."
    yield f"<#service> rdfs:comment {Literal(f'Limits: {limits}.', language='en')} ."
    if "title" in manifest:
        yield f"<#dataset> dcterms:title {Literal(manifest['title'])} ."
    if "licence" in manifest:
        yield f"<#dataset> dcterms:license {NamedNode(manifest['licence'])} ."
    for number, (iri, graph) in enumerate(manifest["graphs"].items(), 1):
        yield f"<#dataset> sd:namedGraph <#named-{number}> ."
        yield f"<#named-{number}> a sd:NamedGraph ; sd:name {NamedNode(iri)} ; sd:graph <#graph-{number}> ."
        yield f"<#graph-{number}> a sd:Graph ; void:triples {graph['triples']} ."
