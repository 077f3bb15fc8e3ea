"""Matches are published as a mapping set in SSSOM/TSV, as its specification and its own program want it."""

import csv
import io
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ABSENT

from kg.builds import Build
from kg.exports import MAPPING_COLUMNS, write_sssom
from kg.graph import render
from kg.layout import find_folder
from kg.model import Corpus
from kg.queries import Question, read_questions
from kg.store import Store, load_graphs

SLOTS = frozenset(
    {
        *(
            "subject_id",
            "subject_label",
            "subject_category",
            "predicate_id",
            "predicate_label",
        ),
        *(
            "predicate_modifier",
            "object_id",
            "object_label",
            "object_category",
            "mapping_justification",
        ),
        *(
            "author_id",
            "author_label",
            "reviewer_id",
            "reviewer_label",
            "creator_id",
            "creator_label",
            "license",
        ),
        *(
            "subject_type",
            "subject_source",
            "subject_source_version",
            "object_type",
            "object_source",
        ),
        *(
            "object_source_version",
            "mapping_provider",
            "mapping_source",
            "mapping_cardinality",
            "mapping_tool",
        ),
        *(
            "mapping_tool_version",
            "mapping_date",
            "publication_date",
            "confidence",
            "curation_rule",
        ),
        *(
            "curation_rule_text",
            "subject_match_field",
            "object_match_field",
            "match_string",
        ),
        *(
            "subject_preprocessing",
            "object_preprocessing",
            "similarity_score",
            "similarity_measure",
            "see_also",
        ),
        *(
            "issue_tracker_item",
            "other",
            "comment",
        ),
    }
)
"""The slots of a mapping in the schema of SSSOM 1.0."""

JUSTIFICATIONS = re.compile(
    r"semapv:(MappingReview|ManualMappingCuration|LogicalReasoning|LexicalMatching|CompositeMatching|UnspecifiedMatching"
    r"|SemanticSimilarityThresholdMatching|LexicalSimilarityThresholdMatching|MappingChaining)"
)
BUILT_IN = {"skos", "semapv"}
Set = tuple[dict[str, Any], list[dict[str, str]]]


@pytest.fixture(scope="module")
def questions() -> Mapping[str, Question]:
    """Give the questions that are shipped."""
    return read_questions(find_folder("queries"))


@pytest.fixture(scope="module")
def text(shipped: Corpus, questions: Mapping[str, Question]) -> str:
    """Give the mapping set of the dataset that is shipped."""
    entities = next(turtle for name, turtle in render(shipped) if name == "entities")
    base = shipped.settings.base
    about = {"title": shipped.settings.title, "version": shipped.settings.version, "licence": shipped.settings.licence}
    return write_sssom(load_graphs({base.graph("entities"): entities.encode()}), questions, base, about)


@pytest.fixture(scope="module")
def read(text: str) -> Set:
    """Give its metadata and its rows."""
    return parse(text)


def parse(text: str) -> Set:
    """Read SSSOM/TSV: the metadata and the rows."""
    lines = text.splitlines(keepends=True)
    head = [line[1:] for line in lines if line.startswith("#")]
    assert lines[: len(head)] == [f"#{line}" for line in head]
    rows = csv.DictReader(io.StringIO("".join(lines[len(head) :])), delimiter="\t", strict=True)
    return yaml.safe_load("".join(head)), list(rows)


def test_the_metadata_are_those_that_a_set_needs(read: Set, shipped: Corpus) -> None:
    metadata, _ = read
    assert next(iter(metadata)) == "curie_map"
    assert metadata["mapping_set_id"] == f"{shipped.settings.base.iri}matches"
    assert metadata["license"] == shipped.settings.licence
    assert metadata["mapping_set_version"] == shipped.settings.version


def test_the_columns_are_slots_of_the_schema(read: Set) -> None:
    _, rows = read
    assert set(MAPPING_COLUMNS) <= SLOTS
    assert tuple(rows[0]) == MAPPING_COLUMNS
    assert all(None not in row and None not in row.values() for row in rows)


def test_every_match_has_one_row_and_every_curie_leads_back_to_its_iri(read: Set, shipped: Corpus) -> None:
    metadata, rows = read
    spaces = metadata["curie_map"]

    def expand(curie: str) -> str:
        prefix, _, name = curie.partition(":")
        return f"{spaces[prefix]}{name}"

    found = [(expand(row["subject_id"]), row["predicate_id"], expand(row["object_id"])) for row in rows]
    base = shipped.settings.base
    table = shipped.frames["matches"].select("subject", "predicate", "object").iter_rows()
    assert found == [(base.mint(subject), predicate, object_) for subject, predicate, object_ in table]
    assert len(found) > 200
    assert list(spaces) == sorted(spaces)
    assert not set(spaces) & BUILT_IN


def test_cells_are_what_their_slots_take(read: Set, shipped: Corpus) -> None:
    _, rows = read
    for row in rows:
        assert JUSTIFICATIONS.fullmatch(row["mapping_justification"])
        assert row["predicate_modifier"] in ("", "Not")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["mapping_date"])
        assert row["confidence"] in ("", "0.5")
        assert row["subject_label"]
        assert row["author_label"]
    judged = dict(shipped.frames["matches"].group_by("judgement").len().iter_rows())
    assert judged["different"] == sum(row["predicate_modifier"] == "Not" for row in rows) > 0
    assert judged["unsure"] == sum(row["confidence"] == "0.5" for row in rows) > 0


def test_what_was_made_by_rule_says_so(corpus: Corpus, questions: Mapping[str, Question]) -> None:
    turtle = next(turtle for name, turtle in render(corpus) if name == "entities")
    by_rule = turtle.replace('"a village of the same name"', '"semapv:LexicalMatching, score 0.97: alike"')
    assert by_rule != turtle
    base = corpus.settings.base
    _, rows = parse(write_sssom(load_graphs({base.graph("entities"): by_rule.encode()}), questions, base, {}))
    assert [row["mapping_justification"] for row in rows] == ["semapv:LexicalMatching"]


def test_lists_of_one_host_and_identifiers_that_end_with_a_slash_have_prefixes(
    corpus: Corpus, questions: Mapping[str, Question]
) -> None:
    turtle = next(turtle for name, turtle in render(corpus) if name == "entities")
    base = corpus.settings.base
    prefixes = {}
    for iri in (
        "https://sws.geonames.org/524901/",
        "https://d-nb.info/gnd/118",
        "http://id.loc.gov/a/n79",
        "http://7.org/8",
    ):
        changed = turtle.replace("http://www.wikidata.org/entity/Q1", iri)
        metadata, rows = parse(
            write_sssom(load_graphs({base.graph("entities"): changed.encode()}), questions, base, {})
        )
        prefix, _, name = rows[0]["object_id"].partition(":")
        assert metadata["curie_map"][prefix] + name == iri
        assert re.fullmatch(r"[A-Za-z][\w-]*", prefix)
        prefixes[iri] = prefix
    assert list(prefixes.values())[:3] == ["geonames", "d-nb", "loc"]


def test_the_small_dataset_has_a_set_too(store: Store, built: Build, questions: Mapping[str, Question]) -> None:
    metadata, rows = parse(write_sssom(store, questions, built.base, built.manifest))
    assert metadata["mapping_set_title"] == built.manifest["title"]
    assert [row["object_id"] for row in rows] == ["wikidata:Q1"]


def test_the_program_of_sssom_reads_it(text: str, tmp_path: Path) -> None:
    program = os.environ.get("KG_SSSOM") or shutil.which("sssom")
    if program is None:
        pytest.skip(f"{ABSENT} sssom-py, which pulls a hundred packages, is not installed; set KG_SSSOM to its command")
    path = tmp_path / "matches.sssom.tsv"
    path.write_text(text, "utf-8")
    done = subprocess.run([program, "validate", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr.lower()
