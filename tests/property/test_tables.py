"""Whatever tables are given they are read to the letter or told to be at fault, and nothing else happens."""

import csv
import io
import json
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from conftest import DATASET
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from strategies import Row, scribbles, spoilt, tables

from kg.checks import read_corpus
from kg.derivation import derive_chains
from kg.description import Table, read_description
from kg.errors import DataError, KgError, Problem
from kg.layout import find_folder
from kg.model import Corpus
from kg.tables import read_table, write_table

DESCRIBED = read_description(DATASET)
PERSONS = DESCRIBED["persons"]
FILES = sorted(path.relative_to(DATASET).as_posix() for path in DATASET.rglob("*") if path.is_file())
TABLES = [file for file in FILES if file.endswith(".csv")]

few = settings(max_examples=30)
many = settings(max_examples=200)


def read_bytes(data: bytes, table: Table = PERSONS) -> tuple[pl.DataFrame | None, list[Problem]]:
    """Read a table from its bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_bytes(data)
        return read_table(path, table)


@contextmanager
def changed(files: Mapping[str, bytes]) -> Iterator[Path]:
    """Give a copy of the small dataset with other bytes in some files."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(shutil.copytree(DATASET, Path(folder, "data")))
        for file, content in files.items():
            (data / file).write_bytes(content)
        yield data


def read(folder: Path) -> Corpus:
    """Read a dataset under the project's ontology."""
    return read_corpus(folder, find_folder("ontology"))


def is_read_or_refused(folder: Path) -> bool:
    """Tell whether a dataset is read whole, or refused in words."""
    try:
        return read(folder).texts == ["chronicle", "letters"]
    except KgError as error:
        return str(error) != ""


def list_problems(folder: Path) -> list[Problem]:
    """Give the problems of a dataset; none where it can be read."""
    try:
        read(folder)
    except DataError as error:
        return list(error.problems)
    return []


# ---- One table ----


@many
@given(tables())
def test_what_is_written_is_read_back_without_a_problem(case: tuple[Table, list[Row]]) -> None:
    table, rows = case
    frame, problems = read_bytes(write_table(table, rows).encode(), table)
    assert problems == []
    assert frame is not None
    wanted = sorted(rows, key=lambda row: [row[name] for name in table.key])
    found = frame.select(pl.col(table.header).cast(pl.String).fill_null("")).to_dicts()
    assert found == [{name: row[name] for name in table.header} for row in wanted]
    assert frame["line"].to_list() == list(range(2, len(rows) + 2))


@given(tables(), st.randoms())
def test_the_order_in_which_rows_come_does_not_change_what_is_written(
    case: tuple[Table, list[Row]], chance: random.Random
) -> None:
    table, rows = case
    assert write_table(table, chance.sample(rows, len(rows))) == write_table(table, rows)


@many
@given(st.one_of(st.binary(max_size=200), scribbles(), spoilt((DATASET / "persons.csv").read_bytes())))
def test_any_bytes_are_read_as_a_table_or_told_to_be_none(data: bytes) -> None:
    frame, problems = read_bytes(data)
    assert frame is not None or problems
    lines = data.count(b"\n") + data.count(b"\r") + 1
    assert all(0 <= problem.place.line <= lines for problem in problems)
    if frame is not None:
        assert set(frame.columns) == {*PERSONS.header, "line"}
        assert frame.height < lines


@many
@given(st.lists(st.text('a," \n', max_size=12), max_size=6))
def test_rows_without_a_problem_are_those_that_any_reader_of_csv_finds(lines: list[str]) -> None:
    text = "\n".join(["id,label,description", *lines, ""])
    frame, problems = read_bytes(text.encode())
    assert frame is not None
    if not {problem.rule for problem in problems} & {"cells", "quotes"}:
        rows = list(csv.reader(io.StringIO(text), strict=True))[1:]
        assert frame.select(pl.col(PERSONS.header).fill_null("")).rows() == list(map(tuple, rows))


# ---- A dataset ----


@few
@given(st.data())
def test_any_spoiling_of_the_tables_ends_in_problems_or_in_a_dataset(data: st.DataObject) -> None:
    files = data.draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=3, unique=True))
    with changed({file: data.draw(spoilt((DATASET / file).read_bytes())) for file in files}) as folder:
        problems = list_problems(folder)
    assert {problem.place.file for problem in problems} <= {*TABLES, "tables.json"}
    assert all(problem.message and problem.rule for problem in problems)


@few
@given(st.data())
def test_any_spoiling_of_settings_and_descriptions_ends_in_an_error_of_this_package(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from([file for file in FILES if file not in TABLES]))
    with changed({file: data.draw(spoilt((DATASET / file).read_bytes()))}) as folder:
        assert is_read_or_refused(folder)


JUNK = [
    *(None, True, 0, -1, 1.5, 10**30, "", "id", "text", "line", "*", "\ud800", "\0", "[", "(?=x)", "../x.csv"),
    *([], {}, ["id"], {"base": "integer"}, "integer", "date", "https://w3id.org/kg-claims/ontology#Concept"),
    *("https://w3id.org/kg-claims/concept/role", "https://w3id.org/kg-claims/ontology#Reference"),
]


def list_spots(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """List the ways to all parts of what a JSON file says."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*path, key)
        yield from list_spots(part, (*path, key))


@few
@given(st.data())
def test_a_description_with_a_part_that_means_nothing_is_refused_or_does_no_harm(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(["tables.json", "schemas/chains.json", "schemas/assertions.json"]))
    described = json.loads((DATASET / file).read_text("utf-8"))
    *way, last = data.draw(st.sampled_from(list(list_spots(described))))
    at = described
    for step in way:
        at = at[step]
    at[last] = data.draw(st.sampled_from(JUNK))
    with changed({file: json.dumps(described).encode()}) as folder:
        assert is_read_or_refused(folder)


@settings(max_examples=10)
@given(st.permutations(range(22)))
def test_permuted_rows_are_told_where_they_fall_behind_the_row_before(order: list[int]) -> None:
    header, *rows = (DATASET / "names.csv").read_bytes().splitlines(keepends=True)
    with changed({"names.csv": b"".join([header, *(rows[at] for at in order)])}) as folder:
        problems = list_problems(folder)
    falls = [at + 2 for at in range(1, len(order)) if order[at] < order[at - 1]]
    assert [(problem.place.line, problem.rule) for problem in problems] == [(line, "order") for line in falls]


# ---- Chains ----


@st.composite
def quotations(draw: st.DrawFn) -> dict[str, str | None]:
    """Give who is quoted by whom among a few voices, circles and strangers included."""
    voices = [str(n) for n in range(draw(st.integers(1, 12)))]
    return {voice: draw(st.sampled_from([None, None, "stranger", *voices])) for voice in voices}


def climb(voice: str, outer: Mapping[str, str | None]) -> list[str] | None:
    """Give the voices from the outermost to this one, step by step; None where the way has no end."""
    way: list[str] = []
    at: str | None = voice
    while at is not None and at in outer:
        if at in way:
            return None
        way.insert(0, at)
        at = outer[at]
    return way


@given(quotations())
def test_a_chain_is_the_way_from_the_author_and_circles_alone_have_none(outer: dict[str, str | None]) -> None:
    rows = [(voice, voice, quoted, "affirms", line) for line, (voice, quoted) in enumerate(outer.items(), 2)]
    frame = pl.DataFrame(rows, ["id", "speaker", "quoted_by", "stance", "line"], orient="row")
    found, problems = derive_chains(frame.cast({"quoted_by": pl.String}), DESCRIBED["chains/letters"], {})
    ways = {voice: climb(voice, outer) for voice in outer}
    assert dict(found.select("id", "chain").iter_rows()) == {
        v: " <- ".join(way) if way else None for v, way in ways.items()
    }
    assert {problem.place.line for problem in problems} == {line for line, v in enumerate(outer, 2) if ways[v] is None}


# ---- Many rows ----

SIZE, PARTS = 5000, ("a", "b", "c", "d")
CLAIMS: list[Row] = [
    {"subject": "event/flood", "property": "occurredOn", "date": "1801-03", "calendar": "julian", "basis": "stated"},
    {"subject": "event/flood", "property": "occurredAt", "object": "place/veldhaven", "place": "place/guildhall"},
    {"subject": "body/council", "property": "numbered", "value": "~20/30", "unit": "members", "part": "part/lost"},
    {"subject": "person/klara-voss", "property": "hadOccupation", "object": "role/baker", "hedge": "Perhaps"},
    {"subject": "person/petrus-anker", "property": "named", "value": 'the "Elder", once', "role": "nickname"},
    {"subject": "event/flood", "property": "occurredOn", "date": "1801-02-29", "calendar": "julian", "basis": "stated"},
    {"subject": "person/nobody", "property": "named", "value": "Nobody"},
]
FAULTLESS = 5


def write_part(folder: Path, text: str, kinds: int) -> None:
    """Write the claims and voices of one text, drawn by lot from some kinds of claim."""
    chance = random.Random(text)  # noqa: S311
    stances = ("affirms", "reports", "doubts", "denies")
    voices = [
        {
            "id": f"{n:03}",
            "speaker": chance.choice(["person/ferryman", "body/council", "event/flood"]),
            "quoted_by": f"{chance.randrange(n):03}" if n else "",
            "mode": "paraphrase" if n else "authored",
            "stance": chance.choice(stances) if n else "affirms",
            "origin": "unknown",
        }
        for n in range(50)
    ]
    claims = [
        chance.choice(CLAIMS[:kinds])
        | {"id": f"{n:04}", "voice": f"{chance.randrange(50):03}", "stance": chance.choice(stances)}
        | {"start": n, "end": n + 9, "norm_start": n, "norm_end": n + 9, "digest": f"{n:064x}"}
        | {"gist": f"Claim {n}.", "curator": "A. Curator", "curated": "2026-01-31"}
        for n in range(SIZE)
    ]
    (folder / f"chains/{text}.csv").write_text(write_table(DESCRIBED["chains/letters"], voices), "utf-8")
    (folder / f"assertions/{text}.csv").write_text(write_table(DESCRIBED["assertions/letters"], claims), "utf-8")


def write_dataset(folder: Path, texts: tuple[str, ...], kinds: int) -> Path:
    """Write a dataset of some texts about the entities of the small one."""
    shutil.copytree(DATASET, folder)
    described = json.loads((folder / "tables.json").read_text("utf-8"))
    kept = [table for table in described["tables"] if "/" not in table["url"]]
    new = [
        {"url": f"{kind}/{text}.csv", "dc:title": "Of a text.", "tableSchema": f"schemas/{kind}.json"}
        for text in texts
        for kind in ("assertions", "chains")
    ]
    (folder / "tables.json").write_text(json.dumps(described | {"tables": kept + new}), "utf-8")
    for path in [*folder.glob("assertions/*.csv"), *folder.glob("chains/*.csv")]:
        path.unlink()
    for name in ("names", "coverage"):
        (folder / f"{name}.csv").write_text(write_table(DESCRIBED[name], []), "utf-8")
    row = next(csv.DictReader((DATASET / "texts.csv").read_text("utf-8").splitlines()))
    (folder / "texts.csv").write_text(write_table(DESCRIBED["texts"], [row | {"id": text} for text in texts]), "utf-8")
    for text in texts:
        write_part(folder, text, kinds)
    return folder


def test_twenty_thousand_rows_are_read_as_the_sum_of_their_parts(tmp_path: Path) -> None:
    whole = read(write_dataset(tmp_path / "whole", PARTS, FAULTLESS)).frames
    assert sum(whole[f"assertions/{text}"].height for text in PARTS) == SIZE * len(PARTS) == 20_000
    for text in PARTS:
        part = read(write_dataset(tmp_path / text, (text,), FAULTLESS)).frames
        for name in (f"assertions/{text}", f"chains/{text}"):
            assert_frame_equal(whole[name], part[name])


def test_the_faults_of_the_whole_are_the_faults_of_its_parts(tmp_path: Path) -> None:
    whole = list_problems(write_dataset(tmp_path / "whole", PARTS[:2], len(CLAIMS)))
    parts = [list_problems(write_dataset(tmp_path / text, (text,), len(CLAIMS))) for text in PARTS[:2]]
    assert all(len(problems) > 100 for problems in parts)
    assert whole == sorted(parts[0] + parts[1])
