"""The settings of a dataset are read whole; all that is wrong with them is told at once."""

from pathlib import Path

import pytest
from conftest import DATASET, ROOT

from kg.dates import Day, Reform
from kg.description import read_description
from kg.errors import DataError, OutsideError, Place
from kg.model import COLUMNS, INTEGERS, Corpus, read_settings

SETTINGS = (DATASET / "dataset.toml").read_text("utf-8")


def list_messages(tmp_path: Path, told: str) -> list[str]:
    """Read settings that have faults, and give what is told of them."""
    (tmp_path / "dataset.toml").write_text(told, "utf-8")
    with pytest.raises(DataError) as error:
        read_settings(tmp_path)
    assert {(problem.place, problem.rule) for problem in error.value.problems} == {(Place("dataset.toml"), "settings")}
    return [problem.message for problem in error.value.problems]


def test_settings_are_read_with_base_and_reform() -> None:
    settings = read_settings(DATASET)
    assert settings.base.iri == "https://example.org/veldhaven/"
    assert settings.reform == Reform(Day(1918, 1, 31), Day(1918, 2, 14))
    assert (settings.language, settings.version, settings.creator) == ("en", "1.0.0", "The kg project")


def test_a_dataset_without_a_reform_has_no_civil_calendar(tmp_path: Path) -> None:
    (tmp_path / "dataset.toml").write_text(SETTINGS.partition("[reform]")[0], "utf-8")
    assert read_settings(tmp_path).reform is None


def test_a_corpus_lists_its_texts(corpus: Corpus) -> None:
    assert corpus.texts == ["chronicle", "letters"]


def test_everything_wrong_with_the_settings_is_told_at_once(tmp_path: Path) -> None:
    assert list_messages(tmp_path, 'base = "here"\ntitle = 7\ncolour = "red"\n[reform]\nlast_julian = "1918"\n') == [
        "`base` must be an IRI that begins with http:// or https:// and ends with a slash",
        "`colour` is not known; take it out",
        "`creator` is missing or no text",
        "`description` is missing or no text",
        "`language` is missing or no text",
        "`licence` is missing or no text",
        "`reform` needs the days last_julian and first_gregorian: '1918' is not a day; write it as 1918-01-31",
        "`title` is missing or no text",
        "`version` is missing or no text",
    ]


@pytest.mark.parametrize(
    "base",
    [
        *("", "example.org/", "ftp://example.org/", "https://example.org", "https:///x/", "https://e.org/x?y=/"),
        *("https://e.org/x#", "https://e.org/a b/", "https://e.org/<x>/", 'https://e.org/\\"/', "https://e.org/\\n/"),
    ],
)
def test_a_base_under_which_no_iri_can_stand_is_refused(tmp_path: Path, base: str) -> None:
    told = SETTINGS.replace("https://example.org/veldhaven/", base)
    assert list_messages(tmp_path, told) == [
        "`base` must be an IRI that begins with http:// or https:// and ends with a slash"
    ]


@pytest.mark.parametrize("language", ["", "english language", "e", "en_GB", "en ; a"])
def test_a_language_that_is_no_tag_is_refused(tmp_path: Path, language: str) -> None:
    told = SETTINGS.replace('language = "en"', f'language = "{language}"')
    assert list_messages(tmp_path, told) == ["`language` must be a language tag such as en or en-Latn"]


@pytest.mark.parametrize(
    ("reform", "message"),
    [
        ('last_julian = "1918-01-31"', "'first_gregorian'"),
        ('last_julian = "1918-02-30"\nfirst_gregorian = "1918-03-15"', "'1918-02-30' is a day that no calendar has"),
        ('last_julian = "1918-01-31"\nfirst_gregorian = "1918-02-15"', "is followed by 1918-02-14, not by 1918-02-15"),
        ('last_julian = "1918-02-14"\nfirst_gregorian = "1918-01-31"', "is followed by 1918-02-28, not by 1918-01-31"),
        ("last_julian = 1918-01-31\nfirst_gregorian = 1918-02-14", "last_julian and first_gregorian"),
    ],
)
def test_a_reform_that_cannot_have_been_is_refused(tmp_path: Path, reform: str, message: str) -> None:
    (told,) = list_messages(tmp_path, f"{SETTINGS.partition('[reform]')[0]}[reform]\n{reform}\n")
    assert message in told


@pytest.mark.parametrize("reform", ['"1918"', "7", "[]", "true"])
def test_a_reform_that_is_no_pair_of_days_is_refused(tmp_path: Path, reform: str) -> None:
    (told,) = list_messages(tmp_path, f"reform = {reform}\n{SETTINGS.partition('[reform]')[0]}")
    assert told.startswith("`reform` needs the days last_julian and first_gregorian")


@pytest.mark.parametrize("data", [b"base =", b"\xff", b"base = 1\nbase = 2", b"a = " + b"[" * 100_000])
def test_what_is_not_toml_is_told_as_that(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "dataset.toml").write_bytes(data)
    with pytest.raises(DataError, match="not TOML in UTF-8"):
        read_settings(tmp_path)


def test_a_folder_without_settings_is_no_data_folder(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"dataset\.toml is not there; a data folder needs it"):
        read_settings(tmp_path)
    (tmp_path / "dataset.toml").mkdir()
    with pytest.raises(OutsideError, match="cannot be read"):
        read_settings(tmp_path)


@pytest.mark.parametrize("folder", [DATASET, ROOT / "data"], ids=["small", "shipped"])
def test_the_columns_that_code_needs_are_those_that_are_described(folder: Path) -> None:
    tables = read_description(folder)
    assert {name.partition("/")[0] for name in tables} == set(COLUMNS)
    for name, table in tables.items():
        needed = COLUMNS[name.partition("/")[0]]
        assert set(table.header) - set(needed) <= {"kind", "parent", "follows"}, name
        assert set(needed) <= set(table.header), name
        integers = {column.name for column in table.columns if column.base == "integer"}
        assert integers == INTEGERS & set(table.header), name
