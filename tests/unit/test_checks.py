"""Every fault of a dataset is told with its file, line and column, and all of them at once."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import DATASET

from kg.checks import TABLE_OF, locate, read_corpus
from kg.description import Column, read_description
from kg.errors import DataError, OutsideError, Place, Problem
from kg.layout import find_folder
from kg.model import Corpus

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
    ("one CRLF", "works.csv", swap(b"thing,,\nletters", b"thing,,\r\nletters"), ["4  line-end"]),
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
    ("a quotation inside a cell", "matches.csv", swap(b"a village", b'a "small" village'), ["2  quotes"]),
    ("a newline in a cell", "matches.csv", cell(2, "justification", "one\ntwo"), ["2  quotes", "3  quotes"]),
    # cells
    ("a cell of a megabyte", "persons.csv", cell(6, "description", "x" * 1_000_000), ["6 description long"]),
    ("a megabyte for a date", LETTERS, cell(2, "date", "1" * 1_000_000), ["2 date date", "2 date long"]),
    ("a required cell that is empty", "persons.csv", cell(3, "label", ""), ["3 label required"]),
    ("a missing id", "matches.csv", cell(2, "id", ""), ["2 id required"]),
    ("an id of another form", "matches.csv", cell(2, "id", "1"), ["2 id format"]),
    ("a blank at the end", "persons.csv", cell(6, "description", "town clerk "), ["6 description blank"]),
    ("two blanks", "persons.csv", cell(6, "description", "town  clerk"), ["6 description blank"]),
    ("a tab", "persons.csv", cell(6, "description", "town\tclerk"), ["6 description blank"]),
    ("a control character", "persons.csv", cell(6, "description", "town\x01clerk"), ["6 description blank"]),
    ("letters in a number", LETTERS, cell(3, "start", "75a"), ["3 start number"]),
    ("a negative number", LETTERS, cell(3, "start", "-1"), ["3 start number"] * 2),
    ("a number with a zero before it", LETTERS, cell(3, "start", "075"), ["3 start number"]),
    ("a number without end", LETTERS, cell(3, "start", "9" * 40), ["3 start number"]),
    ("a number below the least", "texts.csv", cell(3, "characters", "0"), ["3 characters number"]),
    ("a day that there is not", "names.csv", cell(3, "curated", "2026-02-30"), ["3 curated date"]),
    ("a day written otherwise", "names.csv", cell(3, "curated", "2026-2-3"), ["3 curated date"]),
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
    ("a date without a basis", CHRONICLE, cell(6, "basis", ""), ["6 basis date"]),
    ("a calendar without a date", "chains/letters.csv", cell(2, "calendar", "julian"), ["2 calendar date"]),
    ("a basis without a date", LETTERS, cell(3, "basis", "stated"), ["3 basis date"]),
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
    ("a missing text", CHRONICLE, cell(2, "value", ""), ["2 value meaning"]),
    ("a value where there is none", CHRONICLE, cell(7, "value", "7"), ["7 value meaning"]),
    ("a value beside a date", CHRONICLE, cell(6, "value", "7"), ["6 value meaning"]),
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
    assert len(places) == 54
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
    ("persons.csv", swap(b"town", b"to\xffn"), "6: is not UTF-8 at byte 184 (0xff); save it as UTF-8 [encoding]"),
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


MESSAGES: list[tuple[str, Spoil, str]] = [
    ("persons.csv", lambda _: b"", "is empty; it needs at least the header id,label,description"),
    ("places.csv", lambda _: None, "is described in tables.json but not there; add it or take it out"),
    ("remarks.csv", lambda _: b"id\n", "is not described in tables.json; add it there or move it away"),
    ("works.csv", lambda data: data[:-1], "the last line has no line end; add one"),
    (
        "persons.csv",
        swap(b"town clerk", b"town\0 clerk"),
        "has a NUL byte; the file is damaged or no text, so save it anew",
    ),
    ("persons.csv", swap(b"town clerk", "gre\u0301ffier".encode()), "is not in Unicode NFC; normalise it"),
    ("parties.csv", turn(0, 2, 1, 3), "the columns must stand in this order: id,label,parent,description"),
    ("parties.csv", turn(0, 1, 2, 3, 3), "this column stands more than once; take one out"),
    ("places.csv", swap(b"veldhaven,V", b"\nveldhaven,V"), "is blank; take the line out"),
    (
        "matches.csv",
        swap(b"a village", b'"a village'),
        "has an odd quotation mark: a cell is not closed, or goes over its line; mend it",
    ),
    (
        "persons.csv",
        cell(6, "description", "x" * 1_000_000),
        f"'{'x' * 60}...' is longer than 400 characters; shorten it",
    ),
    (
        "persons.csv",
        cell(6, "description", "a  b"),
        "'a  b' has blanks at an end, two together, or control characters; take them out",
    ),
    ("texts.csv", cell(3, "characters", "0"), "'0' is below 1; mend it"),
    (
        "matches.csv",
        cell(2, "object", "http://e.org/#a#b"),
        "'http://e.org/#a#b' is no IRI; mend it, or write what is no part of one with %",
    ),
    (
        "works.csv",
        swap(b"keys,", b"keys,Keys,,,\nkeys,"),
        "'keys' stands more than once; give each row an id of its own",
    ),
    (
        "chains/letters.csv",
        cell(2, "speaker", "person/nobody"),
        "'person/nobody' is not there; add it to its table or mend the reference",
    ),
    ("names.csv", cell(23, "text", "sagas"), "texts.csv has no text 'sagas'; add it there or mend the cell"),
    (
        CHRONICLE,
        cell(4, "role", "king"),
        "'king' is no concept of the scheme role; add it to concepts.csv or use one that is there",
    ),
    (
        "concepts.csv",
        swap(b"unit,h", b"stance,x,x,\nunit,h"),
        "'stance' is a scheme of the ontology, which alone says what is in it; use one of its concepts",
    ),
    (
        "concepts.csv",
        lambda data: data + b"xsd,x,x,\n",
        "'xsd' has another meaning in references and prefixes; give the scheme another name",
    ),
    (
        "bodies.csv",
        cell(2, "parent", "body/council"),
        "'body/council' leads back to the row itself; mend one of the rows in the circle",
    ),
    (CHRONICLE, cell(6, "calendar", ""), "a date needs its calendar; add it"),
    ("chains/letters.csv", cell(2, "basis", "stated"), "'stated' stands without a date; add it or empty the cell"),
    (
        "chains/letters.csv",
        cell(3, "quoted_by", ""),
        "a voice that is no author needs the voice that quotes it; add its id",
    ),
    (CHRONICLE, cell(6, "object", "place/keep"), "occurredOn takes as object nothing, not 'place/keep'"),
    (CHRONICLE, cell(7, "value", "7"), "occurredAt takes no value, not '7'; it asks for an object"),
]


def test_every_message_tells_what_is_wrong_and_what_to_do(data: Path, tmp_path: Path) -> None:
    told = []
    for at, (file, spoil, _) in enumerate(MESSAGES):
        ...
