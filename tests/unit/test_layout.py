"""The project's own files are found in a checkout, and in a wheel beside the code."""

from pathlib import Path

import pytest
from conftest import ROOT

from kg import layout

KEEPSAKES = {"ontology": "kg.ttl", "shapes": "ontology.ttl", "queries": "export/assertions.rq", "data": "tables.json"}


@pytest.mark.parametrize("name", KEEPSAKES)
def test_a_checkout_has_the_folder_at_its_top(name: str) -> None:
    assert layout.find_folder(name) == ROOT / name
    assert (layout.find_folder(name) / KEEPSAKES[name]).is_file()


def test_the_folder_inside_the_package_goes_before_the_one_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "share" / "shapes").mkdir(parents=True)
    monkeypatch.setattr(layout, "_PACKAGE", tmp_path)
    assert layout.find_folder("shapes") == tmp_path / "share" / "shapes"
    assert layout.find_folder("data") == ROOT / "data"
