"""Exports that are a contract: assertions and entities as tables, matches as a mapping set in SSSOM."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from pyoxigraph import Literal

from kg.documents import shorten, to_text
from kg.names import ENTITY_KINDS, Base
from kg.queries import Answer, Question, ask
from kg.store import Store

EXPORTS = ("assertions", "entities")
SSSOM = "sssom"
JOINER = " | "


def export_table(what: str, store: Store, questions: Mapping[str, Question], base: Base) -> Answer:
    """Give the table `assertions` or `entities`, IRIs of the dataset written as references.

    Assertions: id, text (file name), start, end, subject, subject_label, property, object,
    object_label, value, unit, date_printed, date_julian, date_gregorian, place, role, part, phase,
    stance, voices (outermost first, joined by ` <- `), gist. Entities: id, kind, label, names
    (joined by ` | `).
    """
    answer = shorten(ask(store, questions[f"export/{what}"], {}, base), base)
    if what != "entities":
        return answer
    names: dict[str, list[str]] = defaultdict(list)
    for entity, form in shorten(ask(store, questions["export/names"], {}, base), base).rows:
        names[to_text(entity)].append(to_text(form))
    rows = ((*row, Literal(JOINER.join(names[to_text(row[0])]))) for row in answer.rows)
    return Answer((*answer.columns, "names"), tuple(rows))


# ---- Matches (Simple Standard for Sharing Ontological Mappings, SSSOM/TSV 1.0) ----

MAPPING_COLUMNS = (
    *("subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id"),
    *("mapping_justification", "author_label", "mapping_date", "confidence", "comment"),
)
BY_HAND = "semapv:ManualMappingCuration"
UNSURE = "0.5"
"""The confidence of what is judged unsure; SSSOM has no other word for it."""

_ORDER = ("curie_map", "mapping_set_id", "mapping_set_version", "mapping_set_title", "license")


def write_sssom(store: Store, questions: Mapping[str, Question], base: Base, manifest: Mapping[str, Any]) -> str:
    """Write all matches as SSSOM/TSV: metadata in lines with #, then a row a match.

    *Different* has the modifier Not, *unsure* the confidence 0.5. A justification that begins with a
    term of `semapv:` was made by rule, every other one by hand.
    """
    rows = ask(store, questions["export/matches"], {}, base).rows
    records = [[to_text(term) for term in row] for row in rows]
    prefixes = _name_prefixes(record[at] for record in records for at in (1, 4))
    told = {
        "curie_map": {name: space for space, name in sorted(prefixes.items(), key=lambda item: item[1])},
        "mapping_set_id": base.mint("matches"),
        "mapping_set_version": manifest.get("version"),
        "mapping_set_title": manifest.get("title"),
        "license": manifest.get("licence"),
    }
    given = {key: told[key] for key in _ORDER if told[key]}
    head = yaml.safe_dump(given, allow_unicode=True, sort_keys=False, width=10_000)
    out = io.StringIO()
    out.writelines(f"#{line}\n" for line in head.splitlines())
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(MAPPING_COLUMNS)
    writer.writerows(_map(record, prefixes) for record in records)
    return out.getvalue()


def _map(record: list[str], prefixes: Mapping[str, str]) -> list[str]:
    _, subject, label, predicate, object_, judgement, justification, author, judged = record
    rule = re.match(r"semapv:\w+", justification)
    return [
        _shorten_iri(subject, prefixes),
        label,
        f"skos:{predicate.rpartition('#')[2]}",
        "Not" if judgement == "different" else "",
        _shorten_iri(object_, prefixes),
        rule.group() if rule else BY_HAND,
        author,
        judged,
        UNSURE if judgement == "unsure" else "",
        justification,
    ]


def _shorten_iri(iri: str, prefixes: Mapping[str, str]) -> str:
    space = _cut_space(iri)
    return f"{prefixes[space]}:{iri.removeprefix(space)}"


def _cut_space(iri: str) -> str:
    """Give an IRI without its last part, which is never empty."""
    return re.sub(r"[^/#=]+/?$", "", iri)


def _name_prefixes(iris: Iterable[str]) -> dict[str, str]:
    """Name what the IRIs begin with: by its last word where it is a kind of entity, else by its host."""
    names: dict[str, str] = {}
    for space in sorted({_cut_space(iri) for iri in iris}):
        kind = space.rstrip("/").rpartition("/")[2]
        host = re.sub(r"^https?://(?:.*@)?([^/:]+).*", r"\1", space).rpartition(".")[0].rpartition(".")[2]
        name = kind if kind in ENTITY_KINDS else re.sub(r"[^A-Za-z0-9_-]|^[^A-Za-z]+", "", host) or "ns"
        same = sum(taken.rstrip("0123456789") == name for taken in names.values())
        names[space] = f"{name}{same + 1}" if same else name
    return names
