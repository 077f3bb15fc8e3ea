"""Datasets that tests make: tables as lists of rows, written as a data folder or read in memory."""

import csv
import io
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
from conftest import DATASET

from kg.checks import TABLE_OF, read_corpus
from kg.derivation import derive_bounds, derive_chains, derive_dates, derive_standing
from kg.description import FILE_NAME, Table, read_description
from kg.layout import find_folder
from kg.model import INTEGERS, LINE, Corpus
from kg.tables import write_table

Row = dict[str, str]
Tables = dict[str, list[Row]]
"""The rows of every table by its name: `persons`, `assertions/chronicle`."""

OF_TEXTS = ("assertions", "chains")
SCHEMES = ("role", "phase", "unit", "part", "fate")
"""The schemes of which a row may use a concept that no table has yet."""

DIGEST = "0" * 64
CURATED = {"curator": "A. Curator", "curated": "2026-11-24"}


@cache
def read_small() -> Corpus:
    """Give the small dataset, read once."""
    return read_corpus(DATASET, find_folder("ontology"))


@cache
def describe() -> Mapping[str, Table]:
    """Give the description of the small dataset's tables."""
    return read_description(DATASET)


def describe_table(name: str) -> Table:
    """Give the description of a table, that of one text's like that of any other."""
    folder, _, _ = name.partition("/")
    return describe()[f"{folder}/chronicle" if folder in OF_TEXTS else name]


def read_rows(folder: Path) -> Tables:
    """Read all tables of a data folder as rows of text."""
    paths = {path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.rglob("*.csv")}
    return {name: list(csv.DictReader(io.StringIO(paths[name].read_text("utf-8")))) for name in sorted(paths)}


def copy_dataset(out: Path) -> Path:
    """Copy the small dataset's folder to where a test may change it."""
    return Path(shutil.copytree(DATASET, out / "data"))


def write_rows(folder: Path, tables: Tables) -> Path:
    """Put other rows into a data folder, which then has the tables of just the texts named there."""
    described = json.loads((folder / FILE_NAME).read_text("utf-8"))
    known = read_description(folder)
    of_texts = [name for name in tables if name.partition("/")[0] in OF_TEXTS]
    for name in OF_TEXTS:
        shutil.rmtree(folder / name)
        (folder / name).mkdir()
    kept = [table for table in described["tables"] if table["url"].partition("/")[0] not in OF_TEXTS]
    added = [
        {"url": f"{name}.csv", "dc:title": name, "tableSchema": f"schemas/{name.partition('/')[0]}.json"}
        for name in of_texts
    ]
    (folder / FILE_NAME).write_text(json.dumps(described | {"tables": kept + added}), "utf-8")
    schemas = {name.partition("/")[0]: table for name, table in known.items()}
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(write_table(schemas[name.partition("/")[0]], rows), "utf-8")
    return folder


def text(name: str, work: str, **cells: str) -> Row:
    """Give the row of a text, an edition of a work or a translation of another text."""
    own = {"id": name, "label": name.title(), "work": f"work/{work}", "file": f"{name}.txt", "characters": "1000000"}
    return _read_letters() | own | cells


@cache
def _read_letters() -> Row:
    (row,) = (row for row in read_rows(DATASET)["texts"] if row["id"] == "letters")
    return row


def voice(number: int, speaker: str, **cells: str) -> Row:
    """Give the row of a voice: an author who affirms and was there, but for what is said otherwise."""
    row = {"id": f"{number:03}", "speaker": speaker, "mode": "authored", "stance": "affirms", "origin": "witness"}
    if "quoted_by" in cells:
        row["mode"] = "paraphrase"
    return row | cells


def claim(number: int, **cells: str) -> Row:
    """Give the row of a claim, with a passage of its own, that the first voice affirms."""
    start, end = str(100 * number), str(100 * number + 90)
    place = {"start": start, "end": end, "norm_start": start, "norm_end": end, "digest": DIGEST}
    row = {"id": f"{number:04}", "voice": "001", "stance": "affirms", "gist": f"Claim number {number}."}
    if "date" in cells:
        row |= {"basis": "stated", "calendar": "gregorian"}
    return row | place | CURATED | cells


def name_form(number: int, of_text: str, entity: str, form: str, start: int) -> Row:
    """Give the row of a name form that stands at a place of a text."""
    own = {"text": of_text, "id": f"{number:04}", "entity": entity, "form": form, "kind": "name"}
    place = {"start": str(start), "end": str(start + 10), "norm_start": str(start), "norm_end": str(start + 10)}
    return own | place | CURATED | {"digest": DIGEST, "language": "en-Latn"}


def complete(tables: Tables) -> Tables:
    """Add the entities and concepts to which rows point and that no table has."""
    whole = {name: [*rows] for name, rows in tables.items()}
    rows = [row for rows in tables.values() for row in rows]
    pointed = {cell for row in rows for cell in row.values() if cell.count("/") == 1}
    for kind, table in TABLE_OF.items():
        if kind != "text":
            whole[table] = _fill(whole.get(table, []), kind, pointed)
    named = {f"{scheme}/{row[scheme]}" for scheme in SCHEMES for row in rows if row.get(scheme, "").isidentifier()}
    known = {f"{row['scheme']}/{row['id']}" for row in whole["concepts"]}
    for concept in sorted((named | pointed) - known):
        scheme, _, name = concept.partition("/")
        if scheme in SCHEMES:
            whole["concepts"].append({"scheme": scheme, "id": name, "label": name})
    return whole


def _fill(rows: list[Row], kind: str, pointed: Iterable[str]) -> list[Row]:
    names = {cell.partition("/")[2] for cell in pointed if cell.startswith(f"{kind}/")}
    missing = sorted(names - {row["id"] for row in rows})
    return [*rows, *({"id": name, "label": name} for name in missing)]


def read_made(tables: Tables) -> Corpus:
    """Read rows as a corpus without files: other tables are those of the small dataset, nothing is checked."""
    small = read_small()
    frames = {name: frame for name, frame in small.frames.items() if name.partition("/")[0] not in OF_TEXTS}
    corpus = replace(small, frames=frames | {name: _to_frame(name, rows) for name, rows in tables.items()})
    for text in corpus.texts:
        _derive(corpus, text)
    return corpus


def _to_frame(name: str, rows: list[Row]) -> pl.DataFrame:
    header = describe_table(name).header
    cells = [[row.get(column) or None for column in header] for row in rows]
    frame = pl.DataFrame(cells, dict.fromkeys(header, pl.String), orient="row")
    integers = [pl.col(column).cast(pl.Int64) for column in header if column in INTEGERS]
    return frame.with_columns(*integers, pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias(LINE))


def _derive(corpus: Corpus, text: str) -> None:
    """Put the derived columns into the frames of a text."""
    frames = corpus.frames
    assert isinstance(frames, dict)
    claims, chains = f"assertions/{text}", f"chains/{text}"
    numbers = [p.name for p in corpus.vocabulary.properties.values() if p.value_kind == "quantity"]
    table = describe_table(claims)
    frames[chains], no_circles = derive_chains(frames[chains], table, {})
    frames[claims], no_faults = derive_bounds(frames[claims], table, numbers)
    assert no_circles + no_faults == []
    for name in (claims, chains):
        frames[name], faults = derive_dates(frames[name], table, corpus.settings.reform)
        assert faults == []
    frames[claims] = derive_standing(frames[claims], frames[chains])
