"""What must hold between the cells of a dataset: keys, order, references, places, meanings.

Every rule is a check of whole columns; together they give a `Corpus` or all problems at once.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import polars as pl
from pyoxigraph import NamedNode

from kg.derivation import DERIVED, derive_bounds, derive_chains, derive_dates, derive_standing
from kg.description import FILE_NAME, Column, Table, read_description
from kg.errors import DataError, Place, Problem
from kg.model import COLUMNS, INTEGERS, LINE, Corpus, Settings, read_settings
from kg.names import ENTITY_KINDS, RECORD_KINDS, VOCABULARIES
from kg.tables import Rule, list_faults, read_tables
from kg.vocabulary import KINDS, Property, Vocabulary, read_vocabulary

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
_TABLES_BY_TEXT = {"assertion": "assertions", "voice": "chains"}
_IRIS = {"matches": ("object",), "texts": ("licence",)}
_NOT_SCHEMES = frozenset({*ENTITY_KINDS, *RECORD_KINDS, *VOCABULARIES, "graph", "match", "concept"})

_Frames = dict[str, pl.DataFrame]


class _Known(NamedTuple):
    """What can be pointed to: references by kind, and the kinds of which a table could not be read."""

    references: Mapping[str, pl.Series]
    lost: frozenset[str]


def read_corpus(folder: Path, ontology: Path) -> Corpus:
    """Read and check a data folder under an ontology; raises DataError with all its problems."""
    tables = read_description(folder)
    settings = read_settings(folder)
    vocabulary = read_vocabulary(ontology)
    problems = list(_list_description_faults(tables))
    if problems:
        raise DataError(problems)
    frames, problems = read_tables(folder, tables)
    problems += _list_missing(tables, frames)
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


def _find_line(corpus: Corpus, table: str, wanted: pl.Expr) -> Place | None:
    if table not in corpus.frames:
        return None
    lines = corpus.frames[table].filter(wanted)[LINE]
    return Place(f"{table}.csv", lines[0]) if len(lines) else None


def _list_description_faults(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """List columns that are needed and not described, or described as what they cannot be."""
    for table in tables.values():
        needed = COLUMNS.get(table.name.partition("/")[0], ())
        for name in sorted(set(needed) - set(table.header)):
            message = f"describes {table.url} without this column, which it needs"
            yield Problem(Place(FILE_NAME, 0, name), "description", message)
        for column in table.columns:
            if column.name in needed and (column.base == "integer") != (column.name in INTEGERS):
                message = f"describes this column of {table.url} as {column.base}, which it cannot be"
                yield Problem(Place(FILE_NAME, 0, column.name), "description", message)
            if column.name in DERIVED | {LINE}:
                message = f"is a column of {table.url}, but the name is taken by what is worked out; choose another"
                yield Problem(Place(FILE_NAME, 0, column.name), "description", message)


def _check(frames: _Frames, tables: Mapping[str, Table], settings: Settings, vocabulary: Vocabulary) -> list[Problem]:
    """List what is wrong between tables, and put the derived columns into the frames.

    A reference to a table that could not be read is left unchecked; all else is checked.
    """
    known = _collect_references(frames, tables, vocabulary)
    problems: list[Problem] = []
    for name, frame in frames.items():
        problems += list_faults(frame, tables[name], _rules(frame, tables[name], known, vocabulary))
    for text in sorted({name.partition("/")[2] for name in frames} - {""}):
        problems += _check_text(text, frames, tables, settings, vocabulary)
    return problems


def _rules(frame: pl.DataFrame, table: Table, known: _Known, vocabulary: Vocabulary) -> Iterator[Rule]:
    """Give what a table must keep to, whatever it is about."""
    yield from _key_rules(table)
    for column in table.columns:
        yield from _reference_rules(column, table, known)
    yield from _order_rules(table)
    yield from _hierarchy_rules(frame, table)
    yield from _date_rules(table)
    yield from _iri_rules(frame, table)
    if table.name == "concepts":
        yield from _scheme_rules(vocabulary)


def _check_text(
    text: str, frames: _Frames, tables: Mapping[str, Table], settings: Settings, vocabulary: Vocabulary
) -> list[Problem]:
    """Check the assertions and chains of one text, and put their derived columns in their frames."""
    claims, chains = f"assertions/{text}", f"chains/{text}"
    read = {claims, chains} & set(frames)
    problems: list[Problem] = []
    if chains in read:
        problems += list_faults(frames[chains], tables[chains], _voice_rules(frames[chains], tables[chains]))
        frames[chains], faults = derive_chains(frames[chains], tables[chains], _labels(frames))
        problems += faults
    if claims in read:
        problems += list_faults(frames[claims], tables[claims], _meaning_rules(frames[claims], vocabulary))
        numbers = [p.name for p in vocabulary.properties.values() if p.value_kind == "quantity"]
        frames[claims], faults = derive_bounds(frames[claims], tables[claims], numbers)
        problems += faults
    for name in read:
        frames[name], faults = derive_dates(frames[name], tables[name], settings.reform)
        problems += faults
    if len(read) == 2:
        problems += list_faults(frames[claims], tables[claims], [_voice_rule("voice", frames[chains], tables[chains])])
        frames[claims] = derive_standing(frames[claims], frames[chains])
    return problems


def _list_missing(tables: Mapping[str, Table], frames: Mapping[str, pl.DataFrame]) -> Iterator[Problem]:
    """List tables that a dataset needs and that are not described; looking at nothing is a fault."""
    folders = set(_TABLES_BY_TEXT.values())
    needed = set(COLUMNS) - folders
    if "texts" in frames:
        texts = frames["texts"]["id"].drop_nulls()
        needed |= {f"{folder}/{text}" for folder in folders for text in texts}
        for name in sorted(set(tables) - needed):
            if name.partition("/")[0] in folders:
                message = f"texts.csv has no text {name.partition('/')[2]}; add it there or take this table away"
                yield Problem(Place(f"{name}.csv"), "reference", message)
        if frames["texts"].is_empty():
            yield Problem(Place("texts.csv"), "empty", "has no text, so there is nothing to build; add one")
    for name in sorted(needed - set(tables)):
        yield Problem(Place(FILE_NAME), "file", f"describes no table {name}.csv, which the dataset needs; add it")


def _collect_references(frames: _Frames, tables: Mapping[str, Table], vocabulary: Vocabulary) -> _Known:
    """Give all references by kind: `person` to `person/...`, `role` to `role/...`, assertions."""
    known = {
        scheme: pl.Series([f"{scheme}/{name}" for name in sorted(ids)], dtype=pl.String)
        for scheme, ids in vocabulary.concepts.items()
    }
    if "concepts" in frames:
        pairs = frames["concepts"].select("scheme", reference=pl.concat_str("scheme", pl.lit("/"), "id")).drop_nulls()
        known = {str(scheme): rows["reference"] for (scheme,), rows in pairs.group_by("scheme")} | known
    prefixes = {table: f"{kind}/" for kind, table in TABLE_OF.items()}
    prefixes |= {name: f"assertion/{name.partition('/')[2]}/" for name in tables if name.startswith("assertions/")}
    found: dict[str, list[pl.Series]] = defaultdict(list)
    for name in sorted(set(prefixes) & set(frames)):
        references = frames[name].select(pl.concat_str(pl.lit(prefixes[name]), "id")).to_series()
        found[prefixes[name].partition("/")[0]].append(references.drop_nulls())
    lost = {prefix.partition("/")[0] for name, prefix in prefixes.items() if name not in frames}
    if "concepts" not in frames:
        lost.add("concept")
    return _Known(known | {kind: pl.concat(parts) for kind, parts in found.items()}, frozenset(lost))


def _labels(frames: _Frames) -> dict[str, str]:
    labels: dict[str, str] = {}
    for kind, table in TABLE_OF.items():
        if table in frames:
            rows = frames[table].select(pl.concat_str(pl.lit(f"{kind}/"), "id"), "label").drop_nulls()
            labels |= dict(rows.iter_rows())
    return labels


def _scheme_rules(vocabulary: Vocabulary) -> Iterator[Rule]:
    """No scheme has a name that stands for something else."""
    declared, reserved = (pl.col("scheme").is_in(sorted(names)) for names in (vocabulary.concepts, _NOT_SCHEMES))
    message = "{} is a scheme of the ontology, which alone says what is in it; use one of its concepts"
    yield Rule("scheme", declared, "scheme", message)
    message = "{} has another meaning in references and prefixes; give the scheme another name"
    yield Rule("scheme", reserved, "scheme", message)


def _key_rules(table: Table) -> Iterator[Rule]:
    """No key stands twice, and the rows are in the order of their keys."""
    key = pl.concat_str(table.key, separator="\0")
    column = table.key[-1]
    message = "{} stands more than once; give each row an id of its own"
    yield Rule(column, key.is_duplicated(), "duplicate", message)
    yield Rule(column, key < key.shift(1), "order", "{} is out of order; sort the table by it")


def _reference_rules(column: Column, table: Table, known: _Known) -> Iterator[Rule]:
    """No cell points to nothing, or to a thing of the wrong kind."""
    cell = pl.col(column.name)
    if column.name == "text" and column.name in table.key and "text" not in known.lost:
        found = pl.concat_str(pl.lit("text/"), cell).is_in(known.references["text"].implode())
        yield Rule("text", ~found, "reference", "texts.csv has no text {}; add it there or mend the cell")
    if "/concept/" in column.meaning and (column.term in known.references or "concept" not in known.lost):
        scheme = column.term
        ids = known.references.get(scheme, pl.Series(dtype=pl.String)).str.strip_prefix(f"{scheme}/")
        message = f"{{}} is no concept of the scheme {scheme}; add it to concepts.csv or use one that is there"
        yield Rule(column.name, ~cell.is_in(ids.implode()), "reference", message)
    if column.term in _REFERENCES:
        yield from _pointing_rules(column.name, _REFERENCES[column.term], known)
    if column.term == "Reference" and "concept" not in known.lost:
        yield from _pointing_rules(column.name, known.lost.union(known.references), known)


def _pointing_rules(column: str, kinds: frozenset[str], known: _Known) -> Iterator[Rule]:
    """No cell is a reference but to one of some kinds, and to what is there."""
    cell = pl.col(column)
    kind = cell.str.split("/").list.first()
    message = f"{{}} is no reference to one of these: {', '.join(sorted(kinds))}; write KIND/ID"
    yield Rule(column, ~kind.is_in(sorted(kinds)), "reference", message)
    there = {name: known.references[name] for name in sorted(kinds - known.lost) if name in known.references}
    ids = pl.concat([pl.Series(dtype=pl.String), *there.values()])
    message = "{} is not there; add it to its table or mend the reference"
    yield Rule(column, kind.is_in(list(there)) & ~cell.is_in(ids.implode()), "reference", message)


def _order_rules(table: Table) -> Iterator[Rule]:
    """No passage and no reading ends before it starts."""
    for start, end in (("start", "end"), ("norm_start", "norm_end")):
        if start in table.header:
            wrong = pl.col(end) <= pl.col(start)
            yield Rule(end, wrong, "order", f"{{}} is not after {start}; mend one of them")


def _hierarchy_rules(frame: pl.DataFrame, table: Table) -> Iterator[Rule]:
    """No entity is, over any number of steps, a part of itself or before itself."""
    kinds = [kind for kind, name in TABLE_OF.items() if name == table.name]
    for column in ("parent", "follows", "translation_of"):
        if column in table.header and kinds:
            reference = pl.concat_str(pl.lit(f"{kinds[0]}/"), "id")
            above = dict(frame.select(reference, column).drop_nulls().iter_rows())
            message = "{} leads back to the row itself; mend one of the rows in the circle"
            yield Rule(column, reference.is_in(_find_circles(above)), "cycle", message)


def _find_circles(above: Mapping[str, str]) -> list[str]:
    """List what leads back to itself."""
    circles: list[str] = []
    done: set[str] = set()
    for start in above:
        path: dict[str, None] = {}
        at = start
        while at in above and at not in done and at not in path:
            path[at] = None
            at = above[at]
        if at in path:
            steps = list(path)
            circles += steps[steps.index(at) :]
        done.update(path)
    return circles


def _date_rules(table: Table) -> Iterator[Rule]:
    """No date is without calendar or basis, and neither of them without a date."""
    if "date" not in table.header:
        return
    dated = pl.col("date").is_not_null()
    for column in ("calendar", "basis"):
        yield Rule(column, dated & pl.col(column).is_null(), "date", f"a date needs its {column}; add it")
        idle = ~dated & pl.col(column).is_not_null()
        yield Rule(column, idle, "date", "{} stands without a date; add it or empty the cell")


def _iri_rules(frame: pl.DataFrame, table: Table) -> Iterator[Rule]:
    """No IRI is one that no RDF file can hold."""
    for column in _IRIS.get(table.name, ()):
        wrong = [cell for cell in frame[column].drop_nulls().unique() if not _is_iri(cell)]
        message = "{} is no IRI; mend it, or write what is no part of one with %"
        yield Rule(column, pl.col(column).is_in(wrong), "iri", message)


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def _voice_rules(chains: pl.DataFrame, table: Table) -> Iterator[Rule]:
    """A voice is an author of the text or quoted by another voice that is there, and never both."""
    yield _voice_rule("quoted_by", chains, table)
    authored, quoted = pl.col("mode") == "authored", pl.col("quoted_by").is_not_null()
    message = "an author is not quoted by {}; empty the cell or change the mode"
    yield Rule("quoted_by", authored & quoted, "voice", message)
    message = "a voice that is no author needs the voice that quotes it; add its id"
    yield Rule("quoted_by", ~authored & ~quoted, "voice", message)


def _voice_rule(column: str, chains: pl.DataFrame, table: Table) -> Rule:
    """No cell of the column names a voice that the text does not have."""
    found = pl.col(column).is_in(chains["id"].implode())
    return Rule(column, ~found, "reference", f"{table.url} has no voice {{}}; add it there or mend the cell")


def _meaning_rules(frame: pl.DataFrame, vocabulary: Vocabulary) -> Iterator[Rule]:
    """Subject, object and value of a claim are what its property asks for."""
    names = pl.Series(list(vocabulary.properties), dtype=pl.String)
    message = "{} is no property that can be asserted; use one of the ontology"
    yield Rule("property", ~pl.col("property").is_in(names.implode()), "property", message)
    used = set(frame["property"].unique())
    for asked in (asked for name, asked in vocabulary.properties.items() if name in used):
        for column, wrong, message in _list_demands(asked):
            yield Rule(column, (pl.col("property") == asked.name) & wrong, "meaning", f"{asked.name} {message}")


def _list_demands(asked: Property) -> Iterator[tuple[str, pl.Expr, str]]:
    """Give what is wrong with a claim of a property: column, where, and how it is told."""
    for column, kinds in (("subject", asked.subjects), ("object", asked.objects)):
        kind = pl.col(column).str.split("/").list.first()
        is_concept = ~kind.is_in([*ENTITY_KINDS, "assertion"])
        allowed = kind.is_in(sorted(kinds)) | (is_concept & pl.lit("concept" in kinds))
        yield column, pl.col(column).is_not_null() & ~allowed, f"takes as {column} {_join(kinds)}, not {{}}"
    for column, value_kinds in _VALUE_KINDS.items():
        if asked.value_kind in value_kinds:
            yield column, pl.col(column).is_null(), f"needs its {column}; add it"
    if asked.value_kind not in _VALUE_KINDS["value"]:
        message = f"takes no value, not {{}}; it asks for {_ASKED[asked.value_kind]}"
        yield "value", pl.col("value").is_not_null(), message


_VALUE_KINDS = {
    "object": {"entity"},
    "date": {"date"},
    "value": {"quantity", "text"},
}
_ASKED = {"entity": "an object", "date": "a date", "statement": "the gist alone"}


def _join(kinds: frozenset[str]) -> str:
    return f"one of {', '.join(sorted(kinds))}" if kinds else "nothing"
