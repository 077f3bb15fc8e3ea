"""grlc, whose headers the saved questions have, reads every one of them as `kg` does."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.layout import find_folder
from kg.queries import Question, read_questions

QUERIES = find_folder("queries")
NAMES = sorted(path.relative_to(QUERIES).with_suffix("").as_posix() for path in QUERIES.rglob("*.rq"))

READ = """
import json, sys
from pathlib import Path
from grlc.gquery import get_metadata, get_yaml_decorators
folder = Path(sys.argv[1])
told = {}
for path in sorted(folder.rglob("*.rq")):
    text = path.read_text("utf-8")
    found = get_metadata(text, "http://localhost/")
    told[path.relative_to(folder).with_suffix("").as_posix()] = {
        "header": {key: cell for key, cell in get_yaml_decorators(text).items() if key != "query"},
        "type": found["type"],
        "variables": [str(variable) for variable in found["variables"]],
        "parameters": found["parameters"],
    }
Path("told.json").write_text(json.dumps(told))
"""
"""What grlc makes of each file; it looks for a configuration where it runs, and prints that it does."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Give what grlc makes of each shipped question."""
    folder: Path = tmp_path_factory.mktemp("grlc")
    subprocess.run([sys.executable, "-c", READ, str(QUERIES)], cwd=folder, check=True, capture_output=True)
    read: dict[str, dict[str, Any]] = json.loads((folder / "told.json").read_text("utf-8"))
    return read


@pytest.fixture(scope="module")
def questions() -> dict[str, Question]:
    """Give the questions that are shipped."""
    return read_questions(QUERIES)


def test_grlc_reads_every_shipped_question(told: dict[str, dict[str, Any]]) -> None:
    assert list(told) == NAMES
    assert len(NAMES) > 10


@pytest.mark.parametrize("name", NAMES)
def test_grlc_finds_in_the_header_what_kg_finds(
    name: str, told: dict[str, dict[str, Any]], questions: dict[str, Question]
) -> None:
    header = told[name]["header"]
    assert header["summary"] == questions[name].summary
    assert header.get("description", "") == questions[name].description
    assert header["x-columns"] == questions[name].columns
    assert header["method"] == "GET"
    assert header["tags"] == [name.partition("/")[0]]


@pytest.mark.parametrize("name", NAMES)
def test_grlc_finds_the_parameters_with_their_types(
    name: str, told: dict[str, dict[str, Any]], questions: dict[str, Question]
) -> None:
    types = {"iri": {"type": "string", "format": "iri"}, "literal": {"type": "literal"}}
    ours = {
        p.name: {"name": p.name, "original": f"?{p.variable}", "required": p.required} | types[p.type]
        for p in questions[name].parameters
    }
    assert told[name]["parameters"] == ours


@pytest.mark.parametrize("name", NAMES)
def test_grlc_finds_a_select_query_of_the_parameters_and_columns(
    name: str, told: dict[str, dict[str, Any]], questions: dict[str, Question]
) -> None:
    question = questions[name]
    assert told[name]["type"] == "SelectQuery"
    assert told[name]["variables"] == [*(p.variable for p in question.parameters), *question.columns]
