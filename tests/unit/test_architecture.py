"""The document is the contract: modules, layers and what each may import."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "kg"
ROW = re.compile(r"^\| (shared|writing|between|reading|both) \| `(\w+)` \| .+? \| (.*?) ?\|$", re.MULTILINE)
ALLOWED = {
    name: (half, re.findall(r"\w+", may))
    for half, name, may in ROW.findall((ROOT / "docs" / "architecture.md").read_text("utf-8"))
}
ORDER = list(ALLOWED)
MODULES = sorted(
    {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")} - {"__init__"}
)


def read_source(module: str) -> str:
    """Give the text of a module, or of all files of one that is a package."""
    paths = sorted((PACKAGE / module).glob("*.py")) or [PACKAGE / f"{module}.py"]
    return "\n".join(path.read_text("utf-8") for path in paths)


def read_imports(module: str) -> set[str]:
    """Give the modules of kg that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(read_source(module))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kg."):
            found |= {(node.module or "").split(".")[1]} - {module}
        if isinstance(node, ast.ImportFrom) and node.module == "kg":
            found |= {alias.name for alias in node.names if alias.name in MODULES}
    return found


def read_top_names(module: str) -> set[str]:
    """Give the top-level packages that a module imports from outside."""
    nodes = list(ast.walk(ast.parse(read_source(module))))
    plain = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {(node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}


def test_the_table_lists_just_the_modules_there_are() -> None:
    assert MODULES
    assert sorted(ALLOWED) == MODULES


@pytest.mark.parametrize("module", [module for module in MODULES if module != "cli"])
def test_a_module_imports_just_what_its_row_says(module: str) -> None:
    assert read_imports(module) == set(ALLOWED[module][1])


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_downwards(module: str) -> None:
    assert all(ORDER.index(other) < ORDER.index(module) for other in read_imports(module))


@pytest.mark.parametrize("module", MODULES)
def test_no_module_but_cli_sees_both_halves(module: str) -> None:
    halves = {ALLOWED[other][0] for other in read_imports(module)} | {ALLOWED[module][0]}
    assert module == "cli" or not {"writing", "reading"} <= halves


def test_rdflib_and_pyshacl_stand_behind_one_door() -> None:
    assert [module for module in MODULES if {"rdflib", "pyshacl"} & read_top_names(module)] == ["shapes"]


def test_one_module_opens_connections() -> None:
    outgoing = {"requests", "urllib3", "httpx", "http"}
    assert [module for module in MODULES if outgoing & read_top_names(module)] == ["reconciliation"]


def test_only_cli_prints_and_only_cli_exits() -> None:
    speaking = re.compile(r"\b(print|echo|sys\.exit)\(")
    assert [m for m in MODULES if speaking.search(read_source(m))] == ["cli"]


def test_every_module_says_in_its_first_line_what_it_is() -> None:
    for module in MODULES:
        assert ast.get_docstring(ast.parse(read_source(module)))


def test_namespaces_are_spelled_only_in_names() -> None:
    spelled = re.compile(r"https?://(?!example\.org)[\w.-]+/")
    speaking = [m for m in MODULES if spelled.search(read_source(m))]
    assert speaking == ["names"]


_EVERYDAY = {"author", "member", "soldier", "worker", "writer", "editor", "people", "session"}
"""The last words of unnamed persons' ids that are words of code as well."""


def test_the_topic_of_the_dataset_stands_in_no_module() -> None:
    labels = (ROOT / "data" / "persons.csv").read_text("utf-8").splitlines()[1:]
    surnames = {line.split(",")[0].rpartition("-")[2] for line in labels if "-" in line.split(",")[0]}
    known = {name for name in surnames if len(name) > 5}
    words = {word for m in MODULES for word in re.findall(r"[a-z]+", read_source(m).lower())}
    assert len(known) > 50
    assert known & words - {*_EVERYDAY} == set()
