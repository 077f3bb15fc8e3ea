"""A reconciliation service (version 0.2) in the manner of Wikidata's, over a small table of saved facts.

Identifiers, labels, dates and aliases are those that public lists give of Wikidata's items; those
from Q90000001 on are made up for the small dataset of the tests.
"""

import csv
import json
from collections.abc import Mapping
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from loopback.running import Asked, send

FACTS = Path(__file__).with_name("facts.csv")
SPACE = "http://www.wikidata.org/entity/"


@cache
def read_facts() -> dict[str, dict[str, str]]:
    """Give the facts by identifier."""
    with FACTS.open(newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    """Answer as the protocol says: a manifest, candidates for a batch of queries, or values of properties."""
    if "queries" in asked.form:
        queries = json.loads(asked.form["queries"])
        told: object = {key: {"result": find(query)} for key, query in queries.items()}
    elif "extend" in asked.form:
        told = extend(json.loads(asked.form["extend"]))
    else:
        told = make_manifest()
    send(handler, json.dumps(told).encode())


def make_manifest() -> dict[str, Any]:
    """Give what the service says of itself."""
    return {
        "versions": ["0.1", "0.2"],
        "name": "Facts on loopback",
        "identifierSpace": SPACE,
        "schemaSpace": "http://www.wikidata.org/prop/direct/",
        "view": {"url": "https://www.wikidata.org/wiki/{{id}}"},
        "defaultTypes": [{"id": "Q35120", "name": "entity"}],
        "extend": {"property_settings": []},
    }


def find(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the items whose names are like what is asked for, with scores of the service's own."""
    wanted = {query["type"]} if isinstance(query.get("type"), str) else set(query.get("type", ()))
    facts = [row for row in read_facts().values() if not wanted or row["type"] in wanted]
    scored = [(max(fuzz.token_set_ratio(query["query"], name) for name in list_names(row)), row) for row in facts]
    best = sorted((pair for pair in scored if pair[0] > 60), key=lambda pair: (-pair[0], pair[1]["id"]))
    return [
        {
            "id": row["id"],
            "name": row["label"],
            "score": score,
            "match": score == 100,
            "type": [{"id": row["type"], "name": row["type"]}],
            **({"description": row["description"]} if row["description"] else {}),
        }
        for score, row in best[: query.get("limit", 3)]
    ]


def list_names(row: Mapping[str, str]) -> list[str]:
    """Give the label and all other names of an item."""
    return [row["label"], *filter(None, row["names"].split("|"))]


def extend(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of properties: labels (L..), other names (A..), birth (P569) and death (P570)."""
    properties = [property_["id"] for property_ in wanted["properties"]]
    rows = {id_: {name: list_values(read_facts()[id_], name) for name in properties} for id_ in wanted["ids"]}
    return {"meta": [{"id": name, "name": name} for name in properties], "rows": rows}


def list_values(row: Mapping[str, str], name: str) -> list[dict[str, str]]:
    """Give the values of one property of an item; one empty cell where there is none."""
    day = {"P569": row["born"], "P570": row["died"]}.get(name)
    if day:
        return [{"date": f"{day if '-' in day else f'{day}-01-01'}T00:00:00Z"}]
    found = {"Len": [row["label"]], "Aen": list_names(row)[1:]}.get(name, [])
    return [{"str": text} for text in found] or [{}]
