"""What the tests share: the small dataset, its texts, its build, and the real texts where they are."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from kg.builds import Build, list_graphs, write_build
from kg.checks import read_corpus
from kg.cli.making import render_build
from kg.graph import list_prefixes
from kg.layout import find_folder
from kg.model import Corpus
from kg.store import Store, open_store

TESTS = Path(__file__).parent
ROOT = TESTS.parent
DATASET = TESTS / "dataset"
TEXTS = TESTS / "texts"
SOURCES = Path(os.environ.get("KG_TEXTS", ROOT.parent / "shared" / "sources"))
CONFORMANCE = Path(os.environ.get("KG_CONFORMANCE", ROOT.parent / "shared" / "conformance"))

settings.register_profile("kg", deadline=None, print_blob=True)
settings.load_profile("kg")

ABSENT = "absent:"
"""Every skip for want of material beside the repository gives a reason that begins so."""


def read_ontology() -> str:
    """Give the ontology as a build holds it."""
    return "\n".join(path.read_text("utf-8") for path in sorted(find_folder("ontology").glob("*.ttl")))


def build_dataset(corpus: Corpus, out: Path) -> Build:
    """Build a dataset as the command does, without validating it."""
    about = {
        "base": corpus.settings.base.iri,
        "title": corpus.settings.title,
        "prefixes": list_prefixes(corpus),
    }
    documents, _ = render_build(corpus, read_ontology())
    return write_build(out, list_graphs(corpus.settings.base, documents, read_ontology()), about)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """Give the small dataset, read."""
    return read_corpus(DATASET, find_folder("ontology"))


@pytest.fixture(scope="session")
def shipped() -> Corpus:
    """Give the dataset that is shipped, read."""
    return read_corpus(ROOT / "data", find_folder("ontology"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a copy of the small dataset's folder that a test may spoil."""
    return Path(shutil.copytree(DATASET, tmp_path / "data"))


@pytest.fixture(scope="session")
def built(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Give a build of the small dataset."""
    return build_dataset(corpus, tmp_path_factory.mktemp("built") / "build")


@pytest.fixture(scope="session")
def store(built: Build) -> Store:
    """Give the store of the small dataset's build."""
    return open_store(built.store)


@pytest.fixture(scope="session")
def sources() -> Path:
    """Give the folder of the real texts; a test that needs them is skipped aloud where it is not there."""
    if not SOURCES.is_dir():
        pytest.skip(f"{ABSENT} the texts are not in {SOURCES.name}; set KG_TEXTS to their folder")
    return SOURCES


@pytest.fixture(scope="session")
def conformance() -> Path:
    """Give the folder of independent test data; a test that needs it is skipped aloud without it."""
    if not CONFORMANCE.is_dir():
        pytest.skip(f"{ABSENT} no independent test data; set KG_CONFORMANCE to their folder")
    return CONFORMANCE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many checks did not run because what they need lies beside the repository."""
    skipped = terminalreporter.stats.get("skipped", [])
    absent = [report for report in skipped if ABSENT in str(report.longrepr)]
    terminalreporter.write_line(
        f"{len(absent)} checks were skipped because what they need (texts, test data, a mount) is absent"
    )
