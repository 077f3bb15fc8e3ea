"""The notebook of the documentation runs as it stands."""

import nbformat
import pytest
from conftest import ROOT, build_dataset
from nbclient import NotebookClient

from kg.model import Corpus


def test_the_notebook_runs_on_the_shipped_dataset(
    shipped: Corpus, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = build_dataset(shipped, tmp_path_factory.mktemp("notebook") / "build")
    monkeypatch.setenv("KG_BUILD", str(build.folder))
    notebook = nbformat.read(ROOT / "docs/asking.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    ran = NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    opening, *asking = [cell for cell in ran.cells if cell.cell_type == "code"]
    assert opening.outputs == []
    shown = [output.data["text/html"] for cell in asking for output in cell.outputs]
    assert len(shown) == len(asking) > 5
    assert any("contradiction" in html for html in shown)
