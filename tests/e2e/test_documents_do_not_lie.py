"""What the documents say is run, counted or compared."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import kg
from kg.builds import Build
from kg.cli import main
from kg.queries import read_questions

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
COMMANDS = [line.split("  #")[0].strip() for block in BLOCKS for line in block.splitlines() if line.strip()]
KG_COMMANDS = [command for command in COMMANDS if command.startswith(".venv/bin/kg ")]
KG = Path(sys.executable).with_name("kg")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder like a checkout in which the README's commands may write: the shipped build and tests."""
    folder = tmp_path_factory.mktemp("workshop")
    for name in ("data", "tests"):
        (folder / name).symlink_to(ROOT / name)
    subprocess.run([KG, "build"], cwd=folder, check=True, capture_output=True, timeout=300)
    return folder


@pytest.mark.parametrize("command", KG_COMMANDS)
def test_a_command_of_the_readme_runs(command: str, workshop: Path) -> None:
    words = shlex.split(command.replace(".venv/bin/kg", str(KG), 1))
    done = subprocess.run(words, cwd=workshop, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout or "--out" in words


def test_the_readme_begins_with_the_two_commands_and_is_short() -> None:
    assert COMMANDS[:2] == ["make build", "make test"]
    assert len(README.splitlines()) <= 150
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "\nbuild:" in makefile
    assert "\ntest:" in makefile


def test_ci_calls_what_the_readme_says() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "make build" in script
    assert "make test" in script


def test_every_command_is_in_the_readme_or_the_curators_guide() -> None:
    told = README + (ROOT / "docs" / "curating.md").read_text("utf-8")
    assert main.commands
    assert [name for name in main.commands if f"kg {name}" not in told] == []


def test_the_top_of_the_changelog_is_the_version() -> None:
    versions = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert versions[0] == kg.__version__


def test_the_dataset_card_is_what_stats_prints() -> None:
    done = subprocess.run(
        [KG, "stats", "--format", "markdown"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert (ROOT / "docs" / "dataset.md").read_text("utf-8") == f"# The dataset\n\n{done.stdout}"


def test_every_question_is_told_by_its_own_header() -> None:
    questions = read_questions(ROOT / "queries")
    assert len(questions) >= 12
    assert all(question.summary.endswith((".", "?")) for question in questions.values())


def test_links_between_documents_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text("utf-8"))]
    assert links
    assert [(str(page), link) for page, link in links if not (page.parent / link).exists()] == []


def test_the_small_dataset_has_the_schemas_of_the_shipped_one(built: Build) -> None:
    for name in ("assertions.json", "chains.json"):
        ours, theirs = (folder / "schemas" / name for folder in (ROOT / "tests" / "dataset", ROOT / "data"))
        assert ours.read_bytes() == theirs.read_bytes()
    assert built.manifest["quads"] > 0
