"""Whole datasets by lot, in which a few texts tell of the same few things, and what can be done to them."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl
from hypothesis import strategies as st
from made import Row, Tables, claim, name_form, read_made, text, voice

from kg.claims import gather_claims
from kg.criticism import compare_claims
from kg.dates import GREGORIAN, JULIAN, from_number, read_date
from kg.testimony import gather_testimonies

AUTHORS = {"annals": "person/mira-holt", "diary": "person/petrus-anker", "gazette": "person/klara-voss"}
"""Three works, each with its author."""

QUOTED = ["person/ferryman", "person/jonas-brandt", *AUTHORS.values()]
STANCES = [*["affirms"] * 7, "reports", "doubts", "denies"]
DAYS = [2378936, 2378937, 2378948, 2415091, 2415093]
"""16 and 17 March 1801, New Style; 16 March, Old Style; 28 February and 1 March 1900, Old Style."""

PLACE = ("id", "start", "end", "norm_start", "norm_end", "digest")
"""What is a claim's own, however alike another is."""

QUESTION = ("subject", "property", "object", "part", "role", "place", "phase", "unit", "time")
CONTENT = (*QUESTION, "earliest_day", "latest_day", "minimum", "maximum", "words")


Content = tuple[str | int | None, ...]


class Weight(NamedTuple):
    """On how many witnesses a testimony rests: the fewest, the most, and each claim for itself."""

    least: int
    most: int
    nominal: int


def dates() -> st.SearchStrategy[Row]:
    """Give a date, of a day, month, year or span, in one of the calendars."""
    shapes = st.sampled_from(["day", "day", "day", "month", "month", "year", "span", "after"])
    calendars = st.sampled_from([JULIAN, GREGORIAN, "unknown"])
    return st.builds(_write_date, st.sampled_from(DAYS), calendars, shapes, st.sampled_from(["", "", "~", "?"]))


def _write_date(day: int, calendar: str, shape: str, mark: str) -> Row:
    start, end = (str(from_number(day + more, JULIAN if calendar == JULIAN else GREGORIAN)) for more in (0, 3))
    written = {"month": start[:7], "year": start[:4], "span": f"{start}/{end}", "after": f"{start}/.."}.get(
        shape, start
    )
    return {"date": written + (mark if "/" not in written else ""), "calendar": calendar}


def _maybe(column: str, *cells: str) -> st.SearchStrategy[Row]:
    return st.sampled_from([*[{}] * 4, *({column: cell} for cell in cells)])


def _join(*parts: st.SearchStrategy[Row]) -> st.SearchStrategy[Row]:
    return st.tuples(*parts).map(lambda rows: {column: cell for row in rows for column, cell in row.items()})


def claims() -> st.SearchStrategy[Row]:
    """Give the cells of a claim on one of a few questions."""
    flood = {"subject": "event/flood", "property": "occurredOn"}
    council = {"subject": "body/council", "property": "numbered", "unit": "members"}
    office = {"subject": "person/jonas-brandt", "property": "heldOffice", "object": "body/council", "role": "chairman"}
    born = {"subject": "person/jonas-brandt", "property": "bornIn"}
    numbers = st.sampled_from(["24", "26", "~25", "20/30", "25/.."]).map(lambda value: {"value": value})
    places = _maybe("place", "place/veldhaven", "place/guildhall", "place/osterend")
    phases = _maybe("phase", "opening", "close")
    homes = st.sampled_from(["place/veldhaven", "place/guildhall", "place/osterend"]).map(lambda at: {"object": at})
    undated: Row = {}
    when = st.one_of(st.just(undated), dates())
    begun = _join(st.just(flood), dates(), _maybe("time", "21:00", "21:20", "09:00"), phases)
    said = st.one_of(
        *(begun, begun),
        _join(st.just(council), numbers, when, places, phases, _maybe("part", "party/dykers")),
        _join(st.just(office), when, places),
        _join(st.just(born), homes),
    )
    return _join(said, st.sampled_from(STANCES).map(lambda stance: {"stance": stance}))


@st.composite
def chains(draw: st.DrawFn, author: str, work: str) -> list[Row]:
    """Give the voices of a text: its author, and some who are quoted by one another."""
    origins = st.sampled_from(["witness", "unknown", "inference"])
    voices = [voice(1, author, work=f"work/{work}", origin=draw(origins))]
    for number in range(2, draw(st.integers(1, 3)) + 1):
        around = f"{draw(st.integers(1, number - 1)):03}"
        cells = {"quoted_by": around, "stance": draw(st.sampled_from(STANCES)), "origin": draw(origins)}
        voices.append(voice(number, draw(st.sampled_from(QUOTED)), **cells))
    return voices


@st.composite
def histories(draw: st.DrawFn, texts: tuple[str, ...] = ("annals", "annals-english", "diary", "gazette")) -> Tables:
    """Give a dataset of two or more texts, the second of the first work a translation."""
    chosen = sorted(draw(st.sets(st.sampled_from(texts), min_size=2, max_size=3)))
    tables: Tables = {"texts": [], "names": []}
    for name in chosen:
        work = name.partition("-")[0]
        original = "text/annals" if name == "annals-english" and "annals" in chosen else ""
        tables["texts"].append(text(name, work, translation_of=original))
        voices = draw(chains(AUTHORS[work], work))
        told = draw(st.lists(claims(), min_size=2, max_size=5))
        by = [f"{draw(st.integers(1, len(voices))):03}" for _ in told]
        tables[f"chains/{name}"] = voices
        tables[f"assertions/{name}"] = [
            claim(number, voice=at, **row) for number, (at, row) in enumerate(zip(by, told, strict=True), 1)
        ]
        tables["names"] += [name_form(n, name, row["object"], draw(_forms), 100 * n) for n, row in _list_places(told)]
    return draw(_disputes(draw(_echoes(tables))))


@st.composite
def _echoes(draw: st.DrawFn, tables: Tables) -> Tables:
    """Let authors tell what is told already: alike, in another calendar, misread, an hour on, or denied."""
    for reference in sorted(draw(st.sets(st.sampled_from(sorted(list_claims(tables))), max_size=3))):
        row = list_claims(tables)[reference]
        misread = {"calendar": GREGORIAN if row.get("calendar") == JULIAN else JULIAN} if "date" in row else {}
        late = {"time": "21:20" if row.get("time") == "21:00" else "21:00"} if "date" in row else {}
        twists = [row, convert(row), convert(row) | late, row | misread, row | {"stance": "denies"}]
        add(tables, draw(st.sampled_from(list_texts(tables))), draw(st.sampled_from(twists)) | {"voice": "001"})
    return tables


_forms = st.sampled_from(["Veldhaven", "Feldhafen"])


def _list_places(told: list[Row]) -> list[tuple[int, Row]]:
    return [(number, row) for number, row in enumerate(told, 1) if row.get("object", "").startswith("place/")]


@st.composite
def _disputes(draw: st.DrawFn, tables: Tables) -> Tables:
    """Add, now and then, a claim that disputes another."""
    claims = list_claims(tables)
    if draw(st.booleans()):
        where, target = draw(st.sampled_from(list_texts(tables))), draw(st.sampled_from(sorted(claims)))
        cells = {"property": "disagreedWith", "subject": "person/klara-voss", "object": target}
        add(tables, where, cells | {"stance": draw(st.sampled_from(STANCES))})
    return tables


def list_texts(tables: Tables) -> list[str]:
    """List the texts of a dataset."""
    return [row["id"] for row in tables["texts"]]


def list_claims(tables: Tables) -> dict[str, Row]:
    """List all claims of a dataset by their references."""
    return {f"assertion/{name}/{row['id']}": row for name in list_texts(tables) for row in tables[f"assertions/{name}"]}


def add(tables: Tables, of_text: str, cells: Mapping[str, str]) -> str:
    """Add a claim to a text of a dataset, and give its reference."""
    rows = tables[f"assertions/{of_text}"]
    number = max((int(row["id"]) for row in rows), default=0) + 1
    rows.append(claim(number, **{column: cell for column, cell in cells.items() if column not in PLACE}))
    return f"assertion/{of_text}/{number:04}"


def add_text(tables: Tables, name: str, author: str) -> Tables:
    """Give the dataset with one text more, a work of its own by an author who was there."""
    more = {f"chains/{name}": [voice(1, author, work=f"work/{name}")], f"assertions/{name}": []}
    return copy(tables) | {"texts": [*tables["texts"], text(name, name)], **more}


def copy(tables: Tables) -> Tables:
    """Copy a dataset so that the copy can be changed."""
    return {name: [dict(row) for row in rows] for name, rows in tables.items()}


def rename(tables: Tables, names: Mapping[str, str]) -> Tables:
    """Give the dataset with other names for its texts."""
    cells = {f"text/{old}": f"text/{new}" for old, new in names.items()}
    cells |= {old: move(old, names) for old in list_claims(tables)}
    renamed: Tables = {}
    for table, rows in tables.items():
        folder, slash, of_text = table.partition("/")
        known = dict.fromkeys(["id"] if table == "texts" else ["text"], names)
        renamed[f"{folder}{slash}{names.get(of_text, of_text)}"] = [
            {column: known.get(column, cells).get(cell, cell) for column, cell in row.items()} for row in rows
        ]
    renamed["texts"].sort(key=lambda row: row["id"])
    return renamed


def move(reference: str, names: Mapping[str, str]) -> str:
    """Give the reference of a claim whose text has another name."""
    kind, name, number = reference.split("/")
    return f"{kind}/{names.get(name, name)}/{number}"


def convert(row: Row) -> Row:
    """Give a claim with the same days written in the other calendar, where it has one of the two."""
    other = {JULIAN: GREGORIAN, GREGORIAN: JULIAN}.get(row.get("calendar", ""))
    if other is None:
        return row
    date = read_date(row["date"], row["calendar"])
    return row | {"calendar": other, "date": date.gregorian if other == GREGORIAN else date.julian}


def type_pairs(tables: Tables) -> dict[frozenset[str], str]:
    """Give the type of every pair of claims."""
    return {frozenset((one, other)): kind for one, other, kind, *_ in compare_claims(read_made(tables)).iter_rows()}


def list_contradictions(tables: Tables) -> set[frozenset[str]]:
    """List the pairs of claims that contradict one another."""
    return {pair for pair, kind in type_pairs(tables).items() if kind == "contradiction"}


def list_standings(tables: Tables) -> dict[str, str]:
    """Give how its text stands to every claim."""
    return dict(gather_claims(read_made(tables)).select("reference", "standing").iter_rows())


def weigh(tables: Tables) -> dict[Content, Weight]:
    """Give for every testimony, by its content, on how many witnesses it rests."""
    told = gather(tables).select(*CONTENT, *Weight._fields)
    return {row[: len(CONTENT)]: Weight(*row[len(CONTENT) :]) for row in told.iter_rows()}


def find_content(tables: Tables, claim: str) -> Content:
    """Give the content of the testimony to which a claim belongs."""
    (row,) = gather(tables).filter(pl.col("claims").list.contains(claim)).select(CONTENT).iter_rows()
    return row


def list_supporters(tables: Tables, claim: str) -> list[str]:
    """List the claims that support the testimony to which a claim belongs."""
    (found,) = gather(tables).filter(pl.col("claims").list.contains(claim))["supporters"].to_list()
    return [str(one) for one in found]


def gather(tables: Tables) -> pl.DataFrame:
    """Gather the testimonies of a dataset."""
    corpus = read_made(tables)
    return gather_testimonies(corpus, compare_claims(corpus))
