"""Commands for curators: cite, sample, dates, and what the tables hold: stats."""

import json
from collections.abc import Mapping
from pathlib import Path

import click

from kg.card import count_dataset
from kg.checks import read_corpus
from kg.cli.terminal import STDERR, data_option, find_data, format_option
from kg.dates import CALENDARS, DateError, explain_date, read_date
from kg.description import Table, read_description
from kg.drafts import Curation, Draft, read_draft
from kg.errors import DataError, OutsideError, Place, Problem, UsageError
from kg.evidence import Copy, Passage
from kg.layout import find_folder
from kg.model import read_settings
from kg.sampling import draw_paragraphs
from kg.tables import write_table
from kg.verification import read_copy

DRAFTED = {"claims": "assertions/{text}", "names": "names", "voices": "chains/{text}"}
"""What a draft holds, and the table that takes it."""


@click.command()
@click.argument("text")
@click.argument("phrase", required=False)
@data_option
@click.option("--texts", type=click.Path(path_type=Path), help="Folder with the texts; needed where TEXT is an id.")
@click.option("--draft", type=click.Path(path_type=Path), help="JSON lines with a phrase each, to be made rows.")
@click.option("--rows", type=click.Choice(DRAFTED), default="claims", help="With --draft: which rows to print.")
@click.option("--curator", default="", help="With --draft: whose rows they are.")
@click.option("--day", default="", help="With --draft: the day of curation, as 2026-01-31.")
@format_option("json", "csv")
def cite(
    text: str,
    phrase: str | None,
    data: Path | None,
    texts: Path | None,
    draft: Path | None,
    rows: str,
    curator: str,
    day: str,
    form: str,
) -> None:
    """Find PHRASE in TEXT and give its place and digest as a table row needs them.

    TEXT is a file, or the id of a text whose file lies in the folder --texts. PHRASE may leave out
    words with [...]. Where it stands more than once every place is listed. With --draft a whole
    file of phrases becomes rows of a table: its claims, its name forms or its voices.
    """
    row = _find_text(text, data)
    copy = _open_copy(text, row, texts)
    if draft is not None:
        if phrase is not None or not curator or not day:
            raise UsageError("--draft takes no PHRASE, but needs --curator and --day")
        drafted = _read_draft(draft, copy, Curation(curator, day, row["calendar"], row["basis"]))
        click.echo(_write_draft(drafted, rows, row["id"], read_description(find_data(data))), nl=False)
        return
    if not phrase:
        raise UsageError("give the PHRASE to find, or a --draft")
    places = copy.find(phrase)
    if not places:
        raise DataError([Problem(Place(text), "phrase", f"does not stand in the text as whole words: {phrase!r}")])
    _tell_places(places, form)


def _tell_places(places: list[Passage], form: str) -> None:
    if form == "json":
        click.echo(json.dumps([place._asdict() for place in places], indent=1))
        return
    rows = [Passage._fields, *([str(cell) for cell in place] for place in places)]
    click.echo("\n".join(",".join(row) for row in rows))
    if form == "table" and len(places) > 1:
        STDERR.print(f"{len(places)} places; take the right one, or lengthen the phrase")


def _read_draft(path: Path, copy: Copy, curation: Curation) -> Draft:
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise DataError([Problem(Place(path.name), "encoding", f"is not UTF-8 at byte {error.start}")]) from None
    draft = read_draft(lines, path.name, copy, curation)
    if draft.problems:
        raise DataError(draft.problems)
    return draft


def _write_draft(draft: Draft, rows: str, text: str, tables: Mapping[str, Table]) -> str:
    """Write the claims, names or voices of a draft as the CSV of their table, numbered by place."""
    name = DRAFTED[rows].format(text=text)
    if name not in tables:
        raise UsageError(f"tables.json describes no {name}.csv; give TEXT as the id of a text of the dataset")
    if rows == "voices":
        return write_table(tables[name], draft.voices)
    found = sorted(draft.names if rows == "names" else draft.claims, key=lambda row: (row["start"], row["end"]))
    own = {"text": text} if rows == "names" else {}
    return write_table(tables[name], [{**own, "id": f"{n:04}", **row} for n, row in enumerate(found, 1)])


def _find_text(text: str, data: Path | None) -> dict[str, str]:
    if Path(text).is_file():
        return {"id": Path(text).stem, "file": text, "calendar": "unknown", "basis": "unknown"}
    corpus = read_corpus(find_data(data), find_folder("ontology"))
    rows = {row["id"]: row for row in corpus.frames["texts"].iter_rows(named=True)}
    if text not in rows:
        raise UsageError(f"{text} is neither a file nor one of the texts {', '.join(rows)}")
    return rows[text]


def _open_copy(text: str, row: dict[str, str], texts: Path | None) -> Copy:
    if texts is None and not Path(text).is_file():
        raise UsageError(f"give the folder that holds {row['file']} with --texts")
    path = Path(text) if texts is None else texts / row["file"]
    copy = read_copy(path)
    if copy is None:
        raise OutsideError(f"{path} is not there")
    return copy


@click.command()
@data_option
@click.option("--texts", type=click.Path(path_type=Path), required=True, help="Folder with copies of the texts.")
@click.option("--count", type=click.IntRange(1), default=80, help="How many paragraphs.")
@click.option("--seed", type=int, default=1, help="The same seed draws the same paragraphs.")
def sample(data: Path | None, texts: Path, count: int, seed: int) -> None:
    """Draw paragraphs for a second reading, each with the claims and names that the dataset has of it."""
    corpus = read_corpus(find_data(data), find_folder("ontology"))
    for paragraph in draw_paragraphs(corpus, texts, count, seed):
        click.echo(f"\n== text {paragraph.text}, {paragraph.span.start}-{paragraph.span.end}\n{paragraph.words}\n")
        for row in paragraph.claims.iter_rows(named=True):
            told = " ".join(f"{name}={row[name]}" for name in _TOLD if row[name] is not None)
            click.echo(f"  {row['id']} {row['chain']} ({row['standing']}): {row['gist']}\n       {told}")
        for row in paragraph.names.iter_rows(named=True):
            click.echo(f"  name {row['form']} = {row['entity']} ({row['kind']})")


_TOLD = (
    *("subject", "property", "object", "value", "unit", "date", "date_printed", "calendar", "time"),
    *("place", "role", "part", "phase", "hedge", "stance"),
)


@click.command()
@click.argument("date")
@click.option("--calendar", type=click.Choice(CALENDARS), default="unknown", help="In which DATE is written.")
@data_option
@format_option("json")
def dates(date: str, calendar: str, data: Path | None, form: str) -> None:
    """Explain DATE (EDTF level 0 or 1) in both calendars, with its first and last possible day."""
    try:
        read = read_date(date, calendar, read_settings(find_data(data)).reform)
    except DateError as error:
        raise UsageError(str(error)) from None
    if form == "json":
        told = {name: getattr(read, name) for name in ("text", "calendar", "julian", "gregorian", "earliest", "latest")}
        click.echo(json.dumps(told, indent=1))
    else:
        click.echo("\n".join(explain_date(read)))


@click.command()
@data_option
@click.option("--most", type=click.IntRange(1), default=30, help="How many rows of a long list.")
@format_option("json", "markdown")
def stats(data: Path | None, most: int, form: str) -> None:
    """Print the dataset card: how much there is of what."""
    corpus = read_corpus(find_data(data), find_folder("ontology"))
    sections = list(count_dataset(corpus))
    if form == "json":
        told = {s.title: [dict(zip(s.columns, row, strict=True)) for row in s.rows] for s in sections}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for section in sections:
        click.echo(f"{'## ' if form == 'markdown' else ''}{section.title}\n")
        lines = [section.columns, *section.rows[:most]]
        click.echo(_lay_out([[str(cell) for cell in line] for line in lines], form))
        if len(section.rows) > most:
            click.echo(f"and {len(section.rows) - most} more\n")


def _lay_out(lines: list[list[str]], form: str) -> str:
    if form == "markdown":
        lines.insert(1, ["---"] * len(lines[0]))
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(f"  {'  '.join(map(str.ljust, line, widths)).rstrip()}\n" for line in lines)
