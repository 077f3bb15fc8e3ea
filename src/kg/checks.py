"""What must hold between the cells of a dataset: keys, order, references, places, meanings.

Every rule is a check of whole columns; together they give a `Corpus` or all problems at once.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from kg.derivation import derive_bounds, derive_chains, derive_dates, derive_standing
from kg.description import Column, Table, read_description
from kg.errors import DataError, Place, Problem
from kg.model import LINE, Corpus, Settings, read_settings
from kg.names import ENTITY_KINDS
from kg.tables import list_faults, read_tables
from kg.vocabulary import KINDS, Vocabulary, read_vocabulary

TABLE_OF = {
    "person": "persons",
    "party": "parties",
    "body": "bodies",
    "event": "events",
    "place": "places",
    "work": "works",
    "text": "texts",
}
"""The table in which the entities of a kind stand."""

SPEAKERS = KINDS["Agent"] | {"event"}
_REFERENCES = {"Speaker": SPEAKERS, **{kind.title(): frozenset({kind}) for kind in ENTITY_KINDS}, **KINDS}

_Frames = dict[str, pl.DataFrame]
_Known = Mapping[str, pl.Series]


def read_corpus(folder: Path, ontology: Path) -> Corpus:
    """Read and check a data folder under an ontology; raises DataError with all its problems."""
    tables = read_description(folder)
    settings = read_settings(folder)
    vocabulary = read_vocabulary(ontology)
    frames, problems = read_tables(folder, tables)
    problems += _list_missing(tables, frames)
    if set(TABLE_OF.values()) | {"concepts", "names", "coverage", "matches"} <= set(frames):
        problems += _check(frames, tables, settings, vocabulary)
    if problems:
        raise DataError(problems)
    return Corpus(settings, vocabulary, frames)


def locate(corpus: Corpus, reference: str) -> Place | None:
    """Give the file and line of the row that a reference stands for, or None where there is none."""
    kind, _, name = reference.partition("/")
    text, _, number = name.rpartition("/")
    if kind in TABLE_OF:
        return _find_line(corpus, TABLE_OF[kind], pl.col("id") == name)
    if kind == "passage":
        kind, number = ("name", number.removeprefix("name-")) if number.startswith("name-") else ("assertion", number)
    if kind in _TABLES_BY_TEXT:
        return _find_line(corpus, f"{_TABLES_BY_TEXT[kind]}/{text}", pl.col("id") == number)
    tables = {"name": "names", "reading": "coverage", "match": "matches", "concept": "concepts"}
    group = "scheme" if kind == "concept" else "text"
    wanted = pl.col("id") == number if kind == "match" else (pl.col(group) == text) & (pl.col("id") == number)
    return _find_line(corpus, tables[kind], wanted) if kind in tables else None


_TABLES_BY_TEXT = {"assertion": "assertions", "voice": "chains"}


def _find_line(corpus: Corpus, table: str, wanted: pl.Expr) -> Place | None:
    if table not in corpus.frames:
        return None
    lines = corpus.frames[table].filter(wanted)[LINE]
    return Place(f"{table}.csv", lines[0]) if len(lines) else None


def _check(frames: _Frames, tables: Mapping[str, Table], settings: Settings, vocabulary: Vocabulary) -> list[Problem]:
    """List what is wrong between tables, and put the derived columns into the frames."""
    known = _collect_references(frames, vocabulary)
    problems: list[Problem] = []
    for name, frame in frames.items():
        table = tables[name]
        problems += _list_key_faults(frame, table)
        for column in table.columns:
            problems += _list_reference_faults(frame, column, table, known)
        problems += _list_order_faults(frame, table)
        problems += _list_hierarchy_faults(frame, table)
        problems += _list_date_faults(frame, table)
    for text in frames["texts"]["id"].drop_nulls().unique():
        if f"assertions/{text}" in frames and f"chains/{text}" in frames:
            problems += _check_text(text, frames, tables, settings, vocabulary)
    return problems


def _check_text(
    text: str, frames: _Frames, tables: Mapping[str, Table], settings: Settings, vocabulary: Vocabulary
) -> list[Problem]:
    """Check the assertions and chains of one text, and put their derived columns in their frames."""
    claims, chains = f"assertions/{text}", f"chains/{text}"
    labels = _labels(frames)
    problems = _list_voice_faults(frames[claims], frames[chains], tables, text)
    problems += _list_meaning_faults(frames[claims], tables[claims], vocabulary)
    frames[chains], faults = derive_chains(frames[chains], tables[chains], labels)
    problems += faults
    frames[chains], faults = derive_dates(frames[chains], tables[chains], settings.reform)
    problems += faults
    frame, faults = derive_dates(frames[claims], tables[claims], settings.reform)
    problems += faults
    numbers = [p.name for p in vocabulary.properties.values() if p.value_kind == "quantity"]
    frame, faults = derive_bounds(frame, tables[claims], numbers)
    frames[claims] = derive_standing(frame, frames[chains])
    return problems + faults


def _list_missing(tables: Mapping[str, Table], frames: Mapping[str, pl.DataFrame]) -> Iterator[Problem]:
    """List tables that a dataset needs and that are not described; looking at nothing is a fault."""
    needed = {*TABLE_OF.values(), "concepts", "names", "coverage", "matches"}
    for text in frames["texts"]["id"].drop_nulls() if "texts" in frames else []:
        needed |= {f"assertions/{text}", f"chains/{text}"}
    for name in sorted(needed - set(tables)):
        yield Problem(Place("tables.json"), "file", f"describes no table {name}.csv, which the dataset needs")
    for name in sorted(set(tables) - needed):
        if name.startswith(("assertions/", "chains/")):
            yield Problem(Place(f"{name}.csv"), "reference", f"texts.csv has no text {name.partition('/')[2]}")
    if "texts" in frames and frames["texts"].is_empty():
        yield Problem(Place("texts.csv"), "empty", "has no text, so there is nothing to build")


def _collect_references(frames: _Frames, vocabulary: Vocabulary) -> dict[str, pl.Series]:
    """Give all references by kind: `person` to `person/...`, `role` to `role/...`, assertions."""
    known = {
        kind: frames[table].select(pl.concat_str(pl.lit(f"{kind}/"), "id")).to_series().drop_nulls()
        for kind, table in TABLE_OF.items()
    }
    pairs = frames["concepts"].select("scheme", reference=pl.concat_str("scheme", pl.lit("/"), "id")).drop_nulls()
    for (scheme,), concepts in pairs.group_by("scheme", maintain_order=True):
        known[str(scheme)] = concepts["reference"]
    for scheme, ids in vocabulary.concepts.items():
        known[scheme] = pl.Series([f"{scheme}/{name}" for name in sorted(ids)], dtype=pl.String)
    claims = [
        frame.select(pl.concat_str(pl.lit(f"assertion/{name.partition('/')[2]}/"), "id")).to_series()
        for name, frame in frames.items()
        if name.startswith("assertions/")
    ]
    known["assertion"] = pl.concat(claims) if claims else pl.Series(dtype=pl.String)
    return known


def _labels(frames: _Frames) -> dict[str, str]:
    labels: dict[str, str] = {}
    for kind, table in TABLE_OF.items():
        rows = frames[table].select(pl.concat_str(pl.lit(f"{kind}/"), "id"), "label").drop_nulls()
        labels |= dict(rows.iter_rows())
    return labels


def _list_key_faults(frame: pl.DataFrame, table: Table) -> Iterator[Problem]:
    """List rows whose key stands twice, and rows out of the order of their keys."""
    key = pl.concat_str(table.key, separator="\0")
    column = table.key[-1]
    yield from list_faults(frame, key.is_duplicated(), table, column, "duplicate", "{} stands more than once")
    unsorted = key < key.shift(1)
    yield from list_faults(frame, unsorted, table, column, "order", "{} is out of order; sort the table by it")


def _list_reference_faults(frame: pl.DataFrame, column: Column, table: Table, known: _Known) -> Iterator[Problem]:
    """List the cells of a column that point to nothing, or to a thing of the wrong kind."""
    cell = pl.col(column.name)
    if column.name == "text" and column.name in table.key:
        found = pl.concat_str(pl.lit("text/"), cell).is_in(known["text"].implode())
        yield from list_faults(frame, ~found, table, column.name, "reference", "texts.csv has no text {}")
    if "/concept/" in column.meaning:
        scheme = column.term
        ids = known.get(scheme, pl.Series(dtype=pl.String)).str.strip_prefix(f"{scheme}/")
        message = f"{{}} is no concept of the scheme {scheme}; add it to concepts.csv or use one that is there"
        yield from list_faults(frame, ~cell.is_in(ids.implode()), table, column.name, "reference", message)
    if column.term in _REFERENCES:
        kinds = _REFERENCES[column.term]
        yield from _list_dangling(frame, column, table, {kind: known[kind] for kind in kinds})
    if column.term == "Reference":
        yield from _list_dangling(frame, column, table, known)


def _list_dangling(frame: pl.DataFrame, column: Column, table: Table, known: _Known) -> Iterator[Problem]:
    cell = pl.col(column.name)
    kind = cell.str.split("/").list.first()
    kinds = ", ".join(sorted(known))
    message = f"{{}} is no reference to one of these: {kinds}; write KIND/ID"
    yield from list_faults(frame, ~kind.is_in(list(known)), table, column.name, "reference", message)
    all_known = pl.concat(list(known.values()))
    dangling = kind.is_in(list(known)) & ~cell.is_in(all_known.implode())
    message = "{} is not there; add it to its table or mend the reference"
    yield from list_faults(frame, dangling, table, column.name, "reference", message)


def _list_order_faults(frame: pl.DataFrame, table: Table) -> Iterator[Problem]:
    """List passages and readings that end before they start."""
    for start, end in (("start", "end"), ("norm_start", "norm_end")):
        if start in table.header:
            wrong = pl.col(end) <= pl.col(start)
            yield from list_faults(frame, wrong, table, end, "order", f"{{}} is not after {start}")


def _list_hierarchy_faults(frame: pl.DataFrame, table: Table) -> Iterator[Problem]:
    """List entities that are, over any number of steps, a part of themselves or before themselves."""
    for column in ("parent", "follows", "translation_of"):
        if column in table.header:
            ids = frame["id"].to_list()
            above = {i: (ref or "").rpartition("/")[2] for i, ref in zip(ids, frame[column], strict=True)}
            cyclic = [i for i in ids if _is_cyclic(i, above)]
            wrong = pl.col("id").is_in(cyclic)
            yield from list_faults(frame, wrong, table, column, "cycle", "{} leads back to the row itself")


def _is_cyclic(start: str, above: Mapping[str, str]) -> bool:
    seen, at = {start}, above.get(start, "")
    while at and at not in seen:
        seen.add(at)
        at = above.get(at, "")
    return at == start


def _list_date_faults(frame: pl.DataFrame, table: Table) -> Iterator[Problem]:
    """List dates without calendar or basis, and calendars without a date."""
    if "date" not in table.header:
        return
    dated = pl.col("date").is_not_null()
    for column in ("calendar", "basis"):
        missing = dated & pl.col(column).is_null()
        yield from list_faults(frame, missing, table, column, "date", f"a date needs a {column}")
        idle = ~dated & pl.col(column).is_not_null()
        yield from list_faults(frame, idle, table, column, "date", "{} stands without a date")


def _list_voice_faults(
    claims: pl.DataFrame, chains: pl.DataFrame, tables: Mapping[str, Table], text: str
) -> list[Problem]:
    """List voices that are not there, and voices both quoted and authors, or neither."""
    table, voices = tables[f"chains/{text}"], chains["id"].implode()
    message = f"chains/{text}.csv has no voice {{}}"
    problems = list_faults(
        claims, ~pl.col("voice").is_in(voices), tables[f"assertions/{text}"], "voice", "reference", message
    )
    problems += list_faults(chains, ~pl.col("quoted_by").is_in(voices), table, "quoted_by", "reference", message)
    authored, quoted = pl.col("mode") == "authored", pl.col("quoted_by").is_not_null()
    problems += list_faults(chains, authored & quoted, table, "quoted_by", "voice", "an author is not quoted by {}")
    message = "a voice that is no author needs the voice that quotes it"
    return problems + list_faults(chains, ~authored & ~quoted, table, "quoted_by", "voice", message)


def _list_meaning_faults(frame: pl.DataFrame, table: Table, vocabulary: Vocabulary) -> list[Problem]:
    """List claims whose subject, object or value is not what their property asks for."""
    names = pl.Series(list(vocabulary.properties), dtype=pl.String)
    message = "{} is no property that can be asserted; the ontology lists them"
    problems = list_faults(frame, ~pl.col("property").is_in(names.implode()), table, "property", "property", message)
    for name in frame["property"].drop_nulls().unique(maintain_order=True):
        if name in vocabulary.properties:
            for wrong, column, message in _meaning_rules(name, vocabulary):
                rule = (pl.col("property") == name) & wrong
                problems += list_faults(frame, rule, table, column, "meaning", f"{name} {message}")
    return problems


def _meaning_rules(name: str, vocabulary: Vocabulary) -> Iterator[tuple[pl.Expr, str, str]]:
    asked = vocabulary.properties[name]
    concepts = "concept" in asked.objects
    for column, kinds in (("subject", asked.subjects), ("object", asked.objects)):
        kind = pl.col(column).str.split("/").list.first()
        entity = kind.is_in([*ENTITY_KINDS, "assertion"])
        allowed = kind.is_in(sorted(kinds)) | (~entity if concepts and column == "object" else pl.lit(False))
        yield pl.col(column).is_not_null() & ~allowed, column, f"takes as {column} {_join(kinds)}, not {{}}"
    for column, value_kinds in _VALUE_KINDS.items():
        if asked.value_kind in value_kinds:
            yield pl.col(column).is_null(), column, f"needs its {column}"
    if asked.value_kind not in _VALUE_KINDS["value"]:
        yield (
            pl.col("value").is_not_null(),
            "value",
            f"takes no value, not {{}}; it asks for {_ASKED[asked.value_kind]}",
        )


_VALUE_KINDS = {
    "object": {"entity"},
    "date": {"date"},
    "value": {"quantity", "text"},
}
_ASKED = {"entity": "an object", "date": "a date", "statement": "the gist alone"}


def _join(kinds: frozenset[str]) -> str:
    return f"one of {', '.join(sorted(kinds))}" if kinds else "nothing"
