"""The protocol's own schemas and example documents: what we ask, what we understand, what the test service answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from loopback import service
from loopback.running import Server, run
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from kg.matching import Days, Named
from kg.reconciliation.asking import Desk, Request
from kg.reconciliation.profiles import recognise
from kg.reconciliation.service import Cache, Query, Service, read_manifest, read_results, read_rows, read_suggestions
from kg.reconciliation.transport import Line, Manners

SPEC = "https://reconciliation-api.github.io/specs/0.2/schemas/"
SWAGGER = "http://swagger.io/v2/schema.json"
"""A schema of others that only the part on authentication refers to; anything may stand there here."""


@pytest.fixture(scope="module")
def spec(conformance: Path) -> Path:
    """Give the folder of version 0.2."""
    return conformance / "reconciliation" / "0.2"


def validate(spec: Path, name: str, document: object) -> list[str]:
    """Validate a document; gives what is wrong with it."""
    anything: dict[str, Any] = {"definitions": {"securityDefinitions": {"additionalProperties": {}}}}
    resources = [
        (SWAGGER, anything),
        *((SPEC + path.name, json.loads(path.read_text("utf-8"))) for path in spec.glob("schemas/*.json")),
    ]
    registry: Registry[Any] = Registry().with_resources(
        (uri, Resource.from_contents(contents, default_specification=DRAFT7)) for uri, contents in resources
    )
    schema = registry[SPEC + f"{name}.json"].contents
    return [error.message for error in Draft7Validator(schema, registry=registry).iter_errors(document)]


def read_examples(spec: Path, name: str, outcome: str) -> list[Any]:
    """Read the example documents of a kind; there must be some."""
    paths = sorted((spec / "examples" / name / outcome).glob("*.json"))
    assert paths, name
    return [json.loads(path.read_text("utf-8")) for path in paths]


# ---- What is understood ----


def test_every_valid_manifest_is_understood(spec: Path) -> None:
    manifests = [read_manifest(told) for told in read_examples(spec, "manifest", "valid")]
    assert len(manifests) > 12
    assert all(manifest.space for manifest in manifests)
    assert recognise(next(m.space for m in manifests if m.name.startswith("Wikidata"))).name == "wikidata"


def test_every_manifest_makes_iris_of_its_identifiers(spec: Path) -> None:
    minted = []
    for told in read_examples(spec, "manifest", "valid"):
        manifest = read_manifest(told)
        id_ = "http://example.org/7" if manifest.view == "{{id}}" else "7"
        minted.append(manifest.mint(id_, recognise(manifest.space).iri))
    assert {"https://d-nb.info/gnd/7", "http://viaf.org/viaf/7", "http://www.wikidata.org/entity/7"} <= set(minted)
    assert all(iri.endswith("7") for iri in minted)


def test_a_manifest_that_says_nothing_we_need_is_refused(spec: Path) -> None:
    for name in ("godot-missing-identifierSpace", "old-version"):
        told = json.loads((spec / "examples" / "manifest" / "invalid" / f"{name}.json").read_text("utf-8"))
        if name == "old-version":
            assert read_manifest(told | {"versions": ["0.1"]})
            told |= {"versions": ["1.0-draft"]}
        with pytest.raises(ValueError, match=r"identifierSpace|speaks versions"):
            read_manifest(told)


def test_every_valid_answer_is_understood(spec: Path) -> None:
    batches = read_examples(spec, "reconciliation-result-batch", "valid")
    found = [
        suggestion
        for batch in batches
        for answer in batch.values()
        for suggestion in read_suggestions(answer["result"])
    ]
    assert len(found) > 3
    assert found[0][:3] == ("120333937", "Urbaniak, Regina", "1969-| Diss. Fachbereich Mathematik")
    assert found[0].types == ("AuthorityResource", "DifferentiatedPerson")


@pytest.mark.parametrize("name", ["missing-id", "no-result", "root-array"])
def test_every_invalid_answer_is_refused(name: str, spec: Path) -> None:
    batch = json.loads(
        (spec / "examples" / "reconciliation-result-batch" / "invalid" / f"{name}.json").read_text("utf-8")
    )
    with pytest.raises(ValueError, match="does not answer as the protocol says"):
        read_results(batch, list(batch) if isinstance(batch, dict) else ["q0"])


def test_there_are_no_other_invalid_answers(spec: Path) -> None:
    assert len(read_examples(spec, "reconciliation-result-batch", "invalid")) == 3


def test_every_valid_extension_is_understood(spec: Path) -> None:
    for told in read_examples(spec, "data-extension-response", "valid"):
        properties = [meta["id"] for meta in told["meta"]]
        rows = read_rows(told, list(told["rows"]), properties)
        values = {id_: found for id_, (_, found) in rows.items()}
        assert values["10662041X"]["variantName"] == ("Stryi-Leitgeb, Gerda", "Leitgeb, Gerda Stryi-")
        assert values["1064905412"]["variantName"] == ()
        assert values["1064905412"]["professionOrOccupation"] == ("Architekt",)


# ---- What we ask, and what the test service answers ----


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a service that was asked everything that we ask."""
    with run(service.answer) as server:
        opened = Service(Line(server.root, Manners("kg/test", pause=0)), Cache(tmp_path_factory.mktemp("cache")))
        manifest = opened.read_manifest()
        request = Request(properties=(("P106", "Q82955"),))
        desk = Desk(opened, manifest, recognise(manifest.space), request, lambda _: None)
        kinds = ("person", "party", "body", "event", "place", "work", "text")
        days = Days(2407000, 2407000)
        desk.find([Named(f"{kind}/a", kind, ("Klara Voss", "Лев Троцкий"), days, days) for kind in kinds])
        list(opened.ask([Query("x"), Query("x", "Q5"), Query("x", "", (("P1", "y"),))], 3, 2))
        yield server


def test_our_questions_are_valid(asked: Server, spec: Path) -> None:
    forms = [(key, json.loads(text)) for one in asked.log for key, text in one.form.items()]
    schemas = {"queries": "reconciliation-query-batch", "extend": "data-extension-query"}
    assert {key for key, _ in forms} == set(schemas)
    assert [fault for key, told in forms for fault in validate(spec, schemas[key], told)] == []


def test_the_schemas_find_faults(spec: Path) -> None:
    for told in read_examples(spec, "reconciliation-query-batch", "invalid"):
        assert validate(spec, "reconciliation-query-batch", told)


def test_the_test_service_answers_as_the_schemas_say(spec: Path) -> None:
    assert validate(spec, "manifest", service.make_manifest()) == []
    found = {f"q{at}": {"result": service.find({"query": name})} for at, name in enumerate(("Leon Trotsky", "Brandt"))}
    assert sum(len(answer["result"]) for answer in found.values()) > 2
    assert validate(spec, "reconciliation-result-batch", found) == []
    wanted = {
        "ids": list(service.read_facts()),
        "properties": [{"id": name} for name in ("Len", "Aen", "P569", "P570")],
    }
    assert validate(spec, "data-extension-response", service.extend(wanted)) == []
