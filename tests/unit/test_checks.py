"""Every fault of a dataset is told with its file, line and column, and all of them at once."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from kg.checks import TABLE_OF, locate, read_corpus
from kg.description import Column, read_description
from kg.errors import DataError, OutsideError, Place, Problem
from kg.layout import find_folder
from kg.model import INTEGERS, Corpus

Spoil = Callable[[bytes], bytes | None]
"""What a file becomes; None is a file that is not there."""

CHRONICLE, LETTERS = "assertions/chronicle.csv", "assertions/letters.csv"


def read(folder: Path) -> Corpus:
    """Read a dataset under the project's ontology."""
    return read_corpus(folder, find_folder("ontology"))


def list_problems(folder: Path) -> list[Problem]:
    """Read a dataset that has faults, and give its problems."""
    with pytest.raises(DataError) as told:
        read(folder)
    return list(told.value.problems)


def shorten(problem: Problem) -> str:
    """Write a problem without its message: file, line, column, rule."""
    return f"{problem.place.file} {problem.place.line} {problem.place.column} {problem.rule}"


def spoil_file(folder: Path, file: str, spoil: Spoil) -> None:
    """Change one file of a dataset, which then differs."""
    path = folder / file
    before = path.read_bytes() if path.exists() else b""
    after = spoil(before)
    assert after != before
    if after is None:
        path.unlink()
    else:
        path.write_bytes(after)


def cell(line: int, column: str, value: str) -> Spoil:
    """Put another value in a cell."""

    def spoil(data: bytes) -> bytes:
        rows = list(csv.reader(io.StringIO(data.decode())))
        rows[line - 1][rows[0].index(column)] = value
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        return out.getvalue().encode()

    return spoil


def swap(old: bytes, new: bytes) -> Spoil:
    """Put other bytes in the place of some that stand once."""

    def spoil(data: bytes) -> bytes:
        assert data.count(old) == 1
        return data.replace(old, new)

    return spoil


def turn(*order: int) -> Spoil:
    """Put the cells of every row in another order; a cell may be left out or stand twice."""

    def spoil(data: bytes) -> bytes:
        rows = csv.reader(io.StringIO(data.decode()))
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([row[at] for at in order] for row in rows)
        return out.getvalue().encode()

    return spoil


def exchange(one: int, other: int) -> Spoil:
    """Exchange two lines."""

    def spoil(data: bytes) -> bytes:
        lines = data.split(b"\n")
        lines[one - 1], lines[other - 1] = lines[other - 1], lines[one - 1]
        return b"\n".join(lines)

    return spoil


def both(*spoils: Spoil) -> Spoil:
    """Do one after the other."""

    def spoil(data: bytes) -> bytes:
        for each in spoils:
            data = each(data) or b""
        return data

    return spoil


# ---- One fault at a time ----

FAULTS: list[tuple[str, str, Spoil, list[str]]] = [
    # files
    ("an empty file", "persons.csv", lambda _: b"", ["0  empty"]),
    ("a file of blank lines", "concepts.csv", lambda _: b"\n\n", ["0  empty"]),
    ("a file of NULs", "persons.csv", lambda _: b"\0\0", ["0  empty", "1  nul"]),
    ("a missing file", "places.csv", lambda _: None, ["0  file"]),
    ("a missing table of concepts", "concepts.csv", lambda _: None, ["0  file"]),
    ("a missing table of voices", "chains/letters.csv", lambda _: None, ["0  file"]),
    ("a missing table of claims", CHRONICLE, lambda _: None, ["0  file"]),
    ("a missing table of texts", "texts.csv", lambda _: None, ["0  file"]),
    ("a file that is not described", "remarks.csv", lambda _: b"id\n1\n", ["0  file"]),
    # bytes
    ("a byte order mark", "works.csv", lambda data: b"\xef\xbb\xbf" + data, ["1  bom"]),
    ("CRLF", "works.csv", lambda data: data.replace(b"\n", b"\r\n"), ["1  line-end"]),
    ("lone CR", "works.csv", lambda data: data.replace(b"\n", b"\r"), ["1  line-end", "1  line-end"]),
    ("no last line end", "works.csv", lambda data: data[:-1], ["6  line-end"]),
    ("a NUL", "persons.csv", swap(b"town clerk", b"town\0 clerk"), ["6  nul"]),
    ("another encoding", "persons.csv", swap(b"translator", b"traductri\xe7e"), ["5  encoding"]),
    ("a cell not in NFC", "persons.csv", swap(b"town clerk", "gre\u0301ffier".encode()), ["6  nfc"]),
    # headers
    ("an unknown column", "parties.csv", swap(b"parent", b"colour"), ["1 colour column", "1 parent column"]),
    ("a missing column", "parties.csv", turn(0, 1, 2), ["1 description column"]),
    ("columns in the wrong order", "parties.csv", turn(0, 2, 1, 3), ["1  column"]),
    ("a missing column and a wrong order", "parties.csv", turn(1, 0, 2), ["1  column", "1 description column"]),
    ("a column twice", "parties.csv", turn(0, 1, 2, 3, 3), ["1 description column"] * 2),
    ("a header that is not closed", "parties.csv", swap(b"id,label", b'"id,label'), ["1  quotes"]),
    # lines
    ("a row with too few cells", "matches.csv", swap(b"0001,place/", b"place/"), ["2  cells"]),
    ("a row with too many cells", "matches.csv", swap(b"0001,place/", b"0001,,place/"), ["2  cells"]),
    ("a blank line", "places.csv", swap(b"veldhaven,V", b"\nveldhaven,V"), ["3  cells"]),
    ("a quotation that is not closed", "matches.csv", swap(b"a village", b'"a village'), ["2  quotes"]),
    ("a newline in a cell", "matches.csv", cell(2, "justification", "one\ntwo"), ["2  quotes", "3  quotes"]),
    # cells
    ("a cell of a megabyte", "persons.csv", cell(6, "description", "x" * 1_000_000), ["6 description long"]),
    ("a megabyte for a date", LETTERS, cell(2, "date", "1" * 1_000_000), ["2 date date", "2 date long"]),
    ("a required cell that is empty", "persons.csv", cell(3, "label", ""), ["3 label required"]),
    ("a missing id", "matches.csv", cell(2, "id", ""), ["2 id required"]),
    ("an id of another form", "matches.csv", cell(2, "id", "1"), ["2 id format"]),
    ("a blank at the end", "persons.csv", cell(6, "description", "town clerk "), ["6 description blank"]),
    ("letters in a number", LETTERS, cell(3, "start", "75a"), ["3 start number"]),
    ("a number below the least", "texts.csv", cell(3, "characters", "0"), ["3 characters number"]),
    ("a day that there is not", "names.csv", cell(3, "curated", "2026-02-30"), ["3 curated date"]),
    ("a time that there is not", CHRONICLE, cell(25, "time", "25:00"), ["25 time format"]),
    ("an IRI with a space", "matches.csv", cell(2, "object", "http://e.org/a b"), ["2 object format", "2 object iri"]),
    ("an IRI with a bracket", "matches.csv", cell(2, "object", "http://e.org/>"), ["2 object format", "2 object iri"]),
    ("an IRI of no host", "texts.csv", cell(2, "licence", "https://[e.org/"), ["2 licence iri"]),
    # keys and order
    ("a duplicate id", "works.csv", swap(b"keys,", b"keys,Keys,,,\nkeys,"), ["4 id duplicate", "5 id duplicate"]),
    ("a number twice in a text", "coverage.csv", cell(3, "text", "chronicle"), ["2 id duplicate", "3 id duplicate"]),
    ("rows out of order", "works.csv", exchange(3, 4), ["4 id order"]),
    ("texts out of order", "names.csv", exchange(15, 16), ["16 id order"]),
    ("a passage that ends before it starts", LETTERS, cell(2, "start", "74"), ["2 end order"]),
    ("a passage of no length", LETTERS, cell(2, "norm_end", "21"), ["2 norm_end order"]),
    ("a name that ends before it starts", "names.csv", cell(2, "start", "31"), ["2 end order"]),
    ("a reading that ends before it starts", "coverage.csv", cell(2, "start", "668"), ["2 end order"]),
    # references
    ("a reference to nobody", "chains/letters.csv", cell(2, "speaker", "person/nobody"), ["2 speaker reference"]),
    ("a reference of another kind", "places.csv", cell(2, "parent", "person/klara-voss"), ["2 parent reference"]),
    ("a reference without its kind", "places.csv", cell(2, "parent", "veldhaven"), ["2 parent reference"]),
    ("a claim of no voice of its text", LETTERS, cell(2, "voice", "005"), ["2 voice reference"]),
    (
        "a voice quoted by nobody of its text",
        "chains/letters.csv",
        cell(3, "quoted_by", "9"),
        ["3 quoted_by reference"],
    ),
    ("a claim about no claim", LETTERS, cell(8, "object", "assertion/chronicle/0099"), ["8 object reference"]),
    ("a name in no text", "names.csv", cell(23, "text", "sagas"), ["23 text reference"]),
    ("an unknown concept of the ontology", CHRONICLE, cell(2, "stance", "hopes"), ["2 stance reference"]),
    ("an unknown concept of the dataset", CHRONICLE, cell(4, "role", "king"), ["4 role reference"]),
    ("an unknown scheme", CHRONICLE, cell(14, "part", "rest/independents"), ["14 part reference"]),
    (
        "a scheme that the ontology has",
        "concepts.csv",
        swap(b"unit,h", b"stance,hopes,hopes,\nunit,h"),
        ["17 scheme scheme"],
    ),
    ("a scheme named like a prefix", "concepts.csv", lambda data: data + b"xsd,date,date,\n", ["25 scheme scheme"]),
    # circles
    ("a voice that quotes itself", "chains/letters.csv", cell(3, "quoted_by", "002"), ["3 quoted_by cycle"]),
    (
        "two voices that quote each other",
        "chains/chronicle.csv",
        cell(3, "quoted_by", "003"),
        ["3 quoted_by cycle", "4 quoted_by cycle"],
    ),
    (
        "three voices in a circle",
        "chains/chronicle.csv",
        both(cell(3, "quoted_by", "004"), cell(5, "quoted_by", "003")),
        ["3 quoted_by cycle", "4 quoted_by cycle", "5 quoted_by cycle"],
    ),
    ("a part of itself", "bodies.csv", cell(2, "parent", "body/council"), ["2 parent cycle"]),
    ("parts of each other", "places.csv", cell(3, "parent", "place/guildhall"), ["2 parent cycle", "3 parent cycle"]),
    (
        "parts of each other in a circle",
        "works.csv",
        both(cell(2, "parent", "work/keys"), cell(4, "parent", "work/letters"), cell(5, "parent", "work/dyke-motion")),
        ["2 parent cycle", "4 parent cycle", "5 parent cycle"],
    ),
    (
        "events each after the other",
        "events.csv",
        cell(3, "follows", "event/council-meeting"),
        ["2 follows cycle", "3 follows cycle"],
    ),
    ("a translation of itself", "texts.csv", cell(2, "translation_of", "text/chronicle"), ["2 translation_of cycle"]),
    # dates and numbers
    ("a date in words", CHRONICLE, cell(6, "date", "3 March 1801"), ["6 date date"]),
    ("a date that its calendar has not", CHRONICLE, cell(6, "date", "1801-02-29"), ["6 date date"]),
    ("a date that ends before it starts", CHRONICLE, cell(6, "date", "1801-03-04/1801-03-03"), ["6 date date"]),
    (
        "a date that the reform left out",
        LETTERS,
        both(cell(2, "date", "1918-02-05"), cell(2, "calendar", "civil")),
        ["2 date date"],
    ),
    ("a date of a voice", "chains/chronicle.csv", cell(4, "date", "1801-13"), ["4 date date"]),
    ("a date without a calendar", CHRONICLE, cell(6, "calendar", ""), ["6 calendar date"]),
    ("a calendar without a date", "chains/letters.csv", cell(2, "calendar", "julian"), ["2 calendar date"]),
    ("a value that is no number", CHRONICLE, cell(11, "value", "two dozen"), ["11 value value"]),
    ("a value that ends below its start", CHRONICLE, cell(11, "value", "24/20"), ["11 value value"]),
    # voices and meanings
    ("a voice that is no author and not quoted", "chains/letters.csv", cell(3, "quoted_by", ""), ["3 quoted_by voice"]),
    ("an author that is quoted", "chains/chronicle.csv", cell(6, "quoted_by", "001"), ["6 quoted_by voice"]),
    ("an unknown property", CHRONICLE, cell(6, "property", "happenedOn"), ["6 property property"]),
    ("a subject of the wrong kind", CHRONICLE, cell(6, "subject", "person/mira-holt"), ["6 subject meaning"]),
    ("an object of the wrong kind", CHRONICLE, cell(7, "object", "person/mira-holt"), ["7 object meaning"]),
    ("a concept for an entity", CHRONICLE, cell(7, "object", "role/baker"), ["7 object meaning"]),
    ("an entity for a concept", CHRONICLE, cell(18, "object", "person/mira-holt"), ["18 object meaning"]),
    ("an object where there is none", CHRONICLE, cell(6, "object", "place/veldhaven"), ["6 object meaning"]),
    ("a missing object", CHRONICLE, cell(7, "object", ""), ["7 object meaning"]),
    ("a missing value", CHRONICLE, cell(11, "value", ""), ["11 value meaning"]),
    ("a value where there is none", CHRONICLE, cell(7, "value", "7"), ["7 value meaning"]),
    (
        "a missing date",
        LETTERS,
        both(cell(2, "date", ""), cell(2, "calendar", ""), cell(2, "basis", "")),
        ["2 date meaning"],
    ),
]


@pytest.mark.parametrize(("file", "spoil", "told"), [pytest.param(*case, id=name) for name, *case in FAULTS])
def test_a_fault_is_told_with_file_line_column_and_rule(data: Path, file: str, spoil: Spoil, told: list[str]) -> None:
    spoil_file(data, file, spoil)
    assert sorted(map(shorten, list_problems(data))) == sorted(f"{file} {place}" for place in told)


# ---- Faults that a description makes possible ----


def spoil_cells(folder: Path, spoilt: dict[tuple[str, str], str]) -> list[str]:
    """Put values into the first row of tables, by file and column, and give where that was."""
    for (file, column), value in spoilt.items():
        spoil_file(folder, file, cell(2, column, value))
    return [f"{file} 2 {column}" for file, column in spoilt]


def list_columns(folder: Path, wanted: Callable[[Column], bool]) -> list[tuple[str, Column]]:
    """List the files and columns that are described so; there are some."""
    tables = read_description(folder).values()
    found = [(table.url, column) for table in tables for column in table.columns if wanted(column)]
    assert found
    return found


def test_every_reference_that_points_to_nothing_is_told_in_every_column_that_holds_one(data: Path) -> None:
    ghosts = {
        "Reference": "person/ghost",
        "Speaker": "person/ghost",
        "Agent": "party/ghost",
        "Entity": "event/ghost",
        "Voice": "999",
        "AssertableProperty": "ghosted",
    } | {kind.title(): f"{kind}/ghost" for kind in TABLE_OF}
    columns = list_columns(data, lambda column: bool(column.meaning) and column.term != "EDTF")
    spoilt = {(file, column.name): ghosts.get(column.term, "ghost") for file, column in columns}
    spoilt |= {("names.csv", "text"): "ghost", ("coverage.csv", "text"): "ghost"}
    places = spoil_cells(data, spoilt)
    rules = ("reference", "property")
    told = {shorten(p).rpartition(" ")[0] for p in list_problems(data) if p.rule in rules}
    assert len(places) == 61
    assert set(places) <= told


def test_every_required_cell_that_is_empty_is_told(data: Path) -> None:
    columns = list_columns(data, lambda column: column.required)
    places = spoil_cells(data, {(file, column.name): "" for file, column in columns})
    assert {f"{place} required" for place in places} <= set(map(shorten, list_problems(data)))


def test_every_cell_of_another_form_or_too_long_is_told(data: Path) -> None:
    columns = list_columns(data, lambda column: bool(column.pattern or column.longest))
    places = spoil_cells(data, {(file, column.name): "?!" * 300 for file, column in columns})
    told = {shorten(p).rpartition(" ")[0] for p in list_problems(data) if p.rule in ("format", "long")}
    assert told == set(places)


def test_every_number_and_day_that_is_none_is_told(data: Path) -> None:
    columns = list_columns(data, lambda column: column.base != "string")
    places = spoil_cells(data, {(file, column.name): "soon" for file, column in columns})
    told = {shorten(p).rpartition(" ")[0] for p in list_problems(data) if p.rule in ("number", "date")}
    assert told == set(places)


# ---- Many faults at once ----

TWENTY: list[tuple[str, Spoil, str]] = [
    (
        CHRONICLE,
        cell(6, "date", "1801-02-29"),
        "6, column date: '1801-02-29' is a day that the julian calendar does not have [date]",
    ),
    (
        CHRONICLE,
        cell(7, "object", "person/mira-holt"),
        "7, column object: occurredAt takes as object one of place, not 'person/mira-holt' [meaning]",
    ),
    (CHRONICLE, cell(11, "value", "24/20"), "11, column value: '24/20' ends below its start [value]"),
    (CHRONICLE, cell(12, "value", ""), "12, column value: numbered needs its value; add it [meaning]"),
    (LETTERS, cell(3, "end", "75"), "3, column end: '75' is not after start; mend one of them [order]"),
    (
        LETTERS,
        cell(4, "voice", "009"),
        "4, column voice: chains/letters.csv has no voice '009'; add it there or mend the cell [reference]",
    ),
    (
        LETTERS,
        cell(5, "property", "counted"),
        "5, column property: 'counted' is no property that can be asserted; use one of the ontology [property]",
    ),
    ("bodies.csv", cell(2, "label", ""), "2, column label: is empty, but every row needs it; fill it in [required]"),
    (
        "chains/chronicle.csv",
        cell(6, "quoted_by", "001"),
        "6, column quoted_by: an author is not quoted by '001'; empty the cell or change the mode [voice]",
    ),
    (
        "chains/letters.csv",
        cell(3, "quoted_by", "002"),
        "3, column quoted_by: is quoted in a circle; a chain must end in an author of the text [cycle]",
    ),
    ("concepts.csv", exchange(2, 3), "3, column id: 'committee' is out of order; sort the table by it [order]"),
    (
        "coverage.csv",
        cell(3, "read", "2026-02-30"),
        "3, column read: '2026-02-30' is no day; write it as 2026-01-31 [date]",
    ),
    (
        "events.csv",
        cell(2, "parent", "place/guildhall"),
        "2, column parent: 'place/guildhall' is no reference to one of these: event; write KIND/ID [reference]",
    ),
    ("matches.csv", swap(b"0001,", b""), "2: has 7 cells, the header has 8; quote a cell that holds a comma [cells]"),
    (
        "names.csv",
        cell(2, "language", "English"),
        "2, column language: 'English' is not of the form [a-z]{2,3}(-[A-Z][a-z]{3})?; write it so [format]",
    ),
    (
        "parties.csv",
        lambda data: b"\xef\xbb\xbf" + data,
        "1: has a byte order mark; save it as UTF-8 without BOM [bom]",
    ),
    ("persons.csv", swap(b"town", b"to\xffn"), "6: is not UTF-8 at byte 186 (0xff); save it as UTF-8 [encoding]"),
    (
        "places.csv",
        lambda data: data.replace(b"\n", b"\r\n"),
        "1: has a carriage return; save it with LF line ends [line-end]",
    ),
    (
        "texts.csv",
        cell(2, "characters", "many"),
        "2, column characters: 'many' is no whole number; write digits alone [number]",
    ),
    ("works.csv", turn(0, 1, 2, 3), "1, column description: this column is missing; add it [column]"),
]


def test_twenty_faults_in_many_files_are_told_at_once_in_words_to_act_on(data: Path) -> None:
    for file, spoil, _ in TWENTY:
        spoil_file(data, file, spoil)
    assert len(TWENTY) == 20
    assert [str(problem) for problem in list_problems(data)] == [f"{file}:{told}" for file, _, told in TWENTY]


MORE: dict[str, tuple[Spoil, list[str]]] = {
    CHRONICLE: (
        both(
            cell(4, "role", "king"),
            cell(6, "calendar", ""),
            cell(6, "object", "place/guildhall"),
            cell(7, "value", "7"),
        ),
        [
            ":4, column role: 'king' is no concept of the scheme role; add it to concepts.csv or use one that is there",
            ":6, column calendar: a date needs its calendar; add it",
            ":6, column object: occurredOn takes as object nothing, not 'place/guildhall'",
            ":7, column value: occurredAt takes no value, not '7'; it asks for an object",
        ],
    ),
    LETTERS: (
        swap(b"Jonas Brandt was secretary", b'"Jonas Brandt was secretary'),
        [":4: has an odd quotation mark: a cell is not closed, or goes over its line; mend the quotation"],
    ),
    "bodies.csv": (
        both(cell(2, "parent", "body/council"), cell(3, "description", "gre\u0301ffiers")),
        [
            ":2, column parent: 'body/council' leads back to the row itself; mend one of the rows in the circle",
            ":3: is not in Unicode NFC; normalise it",
        ],
    ),
    "chains/letters.csv": (
        both(cell(2, "speaker", "person/nobody"), cell(2, "basis", "stated"), cell(3, "quoted_by", "")),
        [
            ":2, column basis: 'stated' stands without a date; add it or empty the cell",
            ":2, column speaker: 'person/nobody' is not there; add it to its table or mend the reference",
            ":3, column quoted_by: a voice that is no author needs the voice that quotes it; add its id",
        ],
    ),
    "concepts.csv": (
        both(swap(b"unit,h", b"stance,x,x,\nunit,h"), lambda data: data + b"xsd,x,x,\n"),
        [
            ":17, column scheme: 'stance' is a scheme of the ontology, which alone says what is in it; "
            "use one of its concepts",
            ":26, column scheme: 'xsd' has another meaning in references and prefixes; give the scheme another name",
        ],
    ),
    "coverage.csv": (
        lambda _: b"",
        [": is empty; it needs at least the header text,id,start,end,closeness,reader,read"],
    ),
    "events.csv": (lambda _: None, [": is described in tables.json but not there; add it or take it out"]),
    "matches.csv": (
        cell(2, "object", "http://e.org/#a#b"),
        [":2, column object: 'http://e.org/#a#b' is no IRI; mend it, or write what is no part of one with %"],
    ),
    "names.csv": (
        cell(23, "text", "sagas"),
        [":23, column text: texts.csv has no text 'sagas'; add it there or mend the cell"],
    ),
    "parties.csv": (turn(0, 2, 1, 3), [":1: the columns must stand in this order: id,label,parent,description"]),
    "persons.csv": (
        both(cell(3, "description", "a  b"), cell(4, "description", "x" * 500), swap(b"town", b"to\0wn")),
        [
            ":3, column description: 'a  b' has blanks at an end, two together, or control characters; take them out",
            f":4, column description: '{'x' * 60}...' is longer than 400 characters; shorten it",
            ":6: has a NUL byte; the file is damaged or no text, so save it anew",
        ],
    ),
    "places.csv": (swap(b"veldhaven,V", b"\nveldhaven,V"), [":3: is blank; take the line out"]),
    "remarks.csv": (lambda _: b"id\n", [": is not described in tables.json; add it there or move it away"]),
    "texts.csv": (cell(3, "characters", "0"), [":3, column characters: '0' is below 1; mend it"]),
    "works.csv": (
        both(swap(b"keys,", b"keys,Keys,,,\nkeys,"), turn(0, 1, 2, 3, 4, 4), lambda data: data[:-1]),
        [
            ":1, column description: this column stands more than once; take one out",
            ":1, column description: this column stands more than once; take one out",
            ":4, column id: 'keys' stands more than once; give each row an id of its own",
            ":5, column id: 'keys' stands more than once; give each row an id of its own",
            ":7: the last line has no line end; add one",
        ],
    ),
}


def test_faults_of_every_other_rule_are_told_at_once_in_words_to_act_on(data: Path) -> None:
    for file, (spoil, _) in MORE.items():
        spoil_file(data, file, spoil)
    told = [re.sub(r" \[[a-z-]+\]$", "", str(problem)) for problem in list_problems(data)]
    assert told == [f"{file}{each}" for file, (_, expected) in MORE.items() for each in expected]


def test_a_missing_table_hides_no_fault_of_the_others(data: Path) -> None:
    for file in ("concepts.csv", "persons.csv", LETTERS, "chains/chronicle.csv"):
        spoil_file(data, file, lambda _: None)
    spoil_file(data, CHRONICLE, both(cell(6, "date", "1801-02-29"), cell(7, "object", "event/flood")))
    spoil_file(data, "chains/letters.csv", cell(4, "speaker", "body/nobody"))
    assert [shorten(problem) for problem in list_problems(data)] == [
        f"{CHRONICLE} 6 date date",
        f"{CHRONICLE} 7 object meaning",
        f"{LETTERS} 0  file",
        "chains/chronicle.csv 0  file",
        "chains/letters.csv 4 speaker reference",
        "concepts.csv 0  file",
        "persons.csv 0  file",
    ]


def test_a_folder_without_any_table_is_told_file_by_file(data: Path) -> None:
    files = [table.url for table in read_description(data).values()]
    for file in files:
        (data / file).unlink()
    assert [shorten(problem) for problem in list_problems(data)] == [f"{file} 0  file" for file in sorted(files)]


def test_a_hundred_faults_of_one_rule_are_listed_and_the_rest_counted(data: Path) -> None:
    rows = "".join(f"w{n:03},,,,\n" for n in range(150))
    spoil_file(data, "works.csv", lambda data: data + rows.encode())
    problems = list_problems(data)
    assert len(problems) == 101
    assert {problem.rule for problem in problems} == {"required"}
    assert str(problems[-1]) == "works.csv:107, column label: 50 more lines have this fault [required]"


# ---- What is and is not there ----


def test_a_dataset_without_any_text_is_told(data: Path) -> None:
    spoil_file(data, "texts.csv", lambda data: data.partition(b"\n")[0] + b"\n")
    told = [shorten(problem) for problem in list_problems(data)]
    assert "texts.csv 0  empty" in told
    assert f"{LETTERS} 0  reference" in told


@pytest.mark.parametrize("file", ["matches.csv", "coverage.csv", "names.csv", LETTERS])
def test_a_table_that_nothing_points_to_may_have_its_header_alone(data: Path, file: str) -> None:
    spoil_file(data, file, lambda data: data.partition(b"\n")[0] + b"\n")
    frame = read(data).frames[file.removesuffix(".csv")]
    assert frame.is_empty()
    assert "line" in frame.columns


def test_a_text_needs_its_tables_described(data: Path) -> None:
    described = json.loads((data / "tables.json").read_text("utf-8"))
    described["tables"] = [table for table in described["tables"] if table["url"] != "chains/letters.csv"]
    (data / "tables.json").write_text(json.dumps(described), "utf-8")
    assert list(map(str, list_problems(data))) == [
        "chains/letters.csv: is not described in tables.json; add it there or move it away [file]",
        "tables.json: describes no table chains/letters.csv, which the dataset needs; add it [file]",
    ]


def test_tables_need_their_text(data: Path) -> None:
    spoil_file(data, "texts.csv", lambda data: b"".join(data.splitlines(keepends=True)[:2]))
    told = [str(problem) for problem in list_problems(data) if problem.place.line == 0]
    message = "texts.csv has no text letters; add it there or take this table away [reference]"
    assert told == [f"{LETTERS}: {message}", f"chains/letters.csv: {message}"]


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (
            {"name": "note"},
            "tables.json, column work: describes chains/letters.csv without this column, which it needs",
        ),
        ({"name": "work", "datatype": "integer"}, "describes this column of chains/letters.csv as integer"),
        ({"name": "line"}, "tables.json, column line: is a column of chains/letters.csv, but the name is taken"),
        ({"name": "chain"}, "tables.json, column chain: is a column of chains/letters.csv, but the name is taken"),
    ],
)
def test_a_description_of_other_columns_than_code_needs_is_refused(
    data: Path, column: dict[str, str], told: str
) -> None:
    path = data / "schemas" / "chains.json"
    schema = json.loads(path.read_text("utf-8"))
    at = [each["name"] for each in schema["columns"]].index("work")
    schema["columns"][at] = {"dc:description": "Another."} | column
    path.write_text(json.dumps(schema), "utf-8")
    assert any(told in str(problem) for problem in list_problems(data))


def test_a_file_that_cannot_be_read_is_a_failure_of_the_outside(data: Path) -> None:
    (data / "persons.csv").unlink()
    (data / "persons.csv").mkdir()
    with pytest.raises(OutsideError, match=r"persons\.csv cannot be read"):
        read(data)


def test_a_body_under_the_party_of_the_same_id_is_no_circle(data: Path) -> None:
    row = b"dykers,Dykers in council,,party/dykers,\n"
    spoil_file(data, "bodies.csv", swap(b"friends-of", row + b"friends-of"))
    assert read(data).frames["bodies"]["parent"].to_list() == [None, "party/dykers", None]


def test_a_circle_of_a_thousand_parents_is_told_on_every_line(data: Path) -> None:
    rows = "".join(f"p{n:03},Place {n},,place/p{(n + 1) % 1000:03},\n" for n in range(1000))
    spoil_file(data, "places.csv", swap(b"veldhaven,V", rows.encode() + b"veldhaven,V"))
    problems = list_problems(data)
    assert {problem.rule for problem in problems} == {"cycle"}
    assert problems[-1].message == "900 more lines have this fault"


# ---- A dataset without fault ----


def test_a_dataset_is_read_into_a_frame_for_each_table(corpus: Corpus) -> None:
    assert {name: frame.height for name, frame in corpus.frames.items()} == {
        "assertions/chronicle": 24,
        "assertions/letters": 8,
        "bodies": 2,
        "chains/chronicle": 5,
        "chains/letters": 4,
        "concepts": 23,
        "coverage": 2,
        "events": 2,
        "matches": 1,
        "names": 22,
        "parties": 2,
        "persons": 5,
        "places": 2,
        "texts": 2,
        "works": 5,
    }


def test_cells_are_text_and_whole_numbers_and_every_row_knows_its_line(corpus: Corpus) -> None:
    numbers = {*INTEGERS, "line", "depth", "earliest_day", "latest_day"}
    assert corpus.frames
    for name, frame in corpus.frames.items():
        assert frame["line"].to_list() == list(range(2, frame.height + 2)), name
        wrong = {c: t for c, t in frame.schema.items() if t != (pl.Int64 if c in numbers else pl.String)}
        assert wrong == {}, name


def test_a_row_has_its_cells_and_what_follows_from_them(corpus: Corpus) -> None:
    (row,) = corpus.frames["assertions/chronicle"].filter(pl.col("id") == "0019").iter_rows(named=True)
    assert {column: cell for column, cell in row.items() if cell is not None} == {
        "id": "0019",
        "start": 412,
        "end": 439,
        "norm_start": 409,
        "norm_end": 436,
        "digest": "08ce65bcea68105d3c4181b2daba8325e65dd6a31ef8ff491932fc574cad7a61",
        "voice": "003",
        "stance": "affirms",
        "subject": "event/flood",
        "property": "numbered",
        "value": "40",
        "printed": "forty",
        "unit": "houses",
        "date": "1801-03-03",
        "date_printed": "3 March 1801",
        "calendar": "julian",
        "basis": "inferred",
        "part": "part/lost",
        "gist": "The ferryman saw forty houses drown.",
        "curator": "The kg project",
        "curated": "2026-11-24",
        "line": 20,
        "minimum": "40",
        "maximum": "40",
        "date_julian": "1801-03-03",
        "date_gregorian": "1801-03-15",
        "earliest_day": 2378935,
        "latest_day": 2378935,
        "earliest": "1801-03-15",
        "latest": "1801-03-15",
        "chain": "Petrus Anker <- Klara Voss <- Ferryman of Veldhaven",
        "standing": "reports",
    }


HOSTILE = [
    'a "quoted" word, a comma, and a \\ backslash',
    "<b>bold</b> </script><script>alert(1)</script>",
    "'''; DROP TABLE persons; -- {} $x ${y} %s",
    '"""\\"""\\n\\u0000 ^^<urn:x> @en . }',
    "=HYPERLINK(A1) | * _ ` # line",
    "\u202egnirts\u2028\U0001f600 \u0645\u0635\u0631",
    '"',
    "null",
]


def test_hostile_cells_are_kept_to_the_letter(data: Path) -> None:
    for line, text in enumerate(HOSTILE, 2):
        spoil_file(data, CHRONICLE, cell(line, "gist", text))
    spoil_file(data, "persons.csv", cell(6, "label", HOSTILE[0]))
    frames = read(data).frames
    assert frames["assertions/chronicle"]["gist"][: len(HOSTILE)].to_list() == HOSTILE
    assert frames["persons"]["label"][4] == HOSTILE[0]
    assert frames["chains/chronicle"]["chain"][1] == f"{HOSTILE[0]} <- Klara Voss"


def test_an_empty_cell_in_quotes_is_unknown_like_any_other(data: Path) -> None:
    spoil_file(data, "persons.csv", swap(b"Klara Voss,", b'"Klara Voss",""'))
    assert read(data).frames["persons"].row(2) == ("klara-voss", "Klara Voss", None, 4)


# ---- Where a reference stands ----


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ("person/klara-voss", Place("persons.csv", 4)),
        ("text/letters", Place("texts.csv", 3)),
        ("assertion/chronicle/0019", Place(CHRONICLE, 20)),
        ("passage/chronicle/0019", Place(CHRONICLE, 20)),
        ("passage/letters/name-0002", Place("names.csv", 17)),
        ("name/letters/0002", Place("names.csv", 17)),
        ("voice/letters/002", Place("chains/letters.csv", 3)),
        ("reading/letters/0001", Place("coverage.csv", 3)),
        ("match/0001", Place("matches.csv", 2)),
        ("concept/role/clerk", Place("concepts.csv", 13)),
    ],
)
def test_a_reference_is_located_in_the_row_it_stands_for(corpus: Corpus, reference: str, place: Place) -> None:
    assert locate(corpus, reference) == place


@pytest.mark.parametrize(
    "reference",
    [
        *("", "/", "person", "person/", "person/nobody", "assertion/chronicle/9999", "assertion/sagas/0001", "voice/1"),
        *("passage/chronicle/name-9999", "concept/role/king", "match/9", "graph/entities", "x/y/z", "name/'/\"/"),
    ],
)
def test_a_reference_to_nothing_has_no_place(corpus: Corpus, reference: str) -> None:
    assert locate(corpus, reference) is None
