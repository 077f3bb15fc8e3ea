"""Commands that read a build: queries, query, export."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from kg.builds import Build
from kg.cli.terminal import STDERR, build_option, format_option
from kg.documents import MEDIA_TYPES, RDF_FORMATS, shorten, to_text, write_answer, write_graphs
from kg.errors import OutsideError, UsageError
from kg.exports import EXPORTS, SSSOM, export_table, write_sssom
from kg.layout import find_folder
from kg.queries import Answer, ask_freely, read_questions
from kg.reader import open_build


@click.command("queries")
@format_option("json")
def queries_command(form: str) -> None:
    """List the saved questions with their parameters."""
    questions = read_questions(find_folder("queries")).values()
    if form == "json":
        told = [
            {"name": q.name, "summary": q.summary, "parameters": [p.name for p in q.parameters], "columns": q.columns}
            for q in questions
        ]
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for question in questions:
        click.echo(f"{question.name}: {question.summary}")
        for parameter in question.parameters:
            need = "" if parameter.required else " (may be left out)"
            click.echo(f"    --{parameter.name} {parameter.example}  {parameter.meaning}{need}")


@click.command("query", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED)
@build_option
@format_option(*MEDIA_TYPES)
def query_command(name: str, parameters: tuple[str, ...], build: Path, form: str) -> None:
    """Ask a saved question: NAME --PARAMETER VALUE ...; `kg queries` lists them.

    NAME may also be a file with a SELECT or ASK query of one's own.
    """
    reader = open_build(build)
    given = pair_parameters(parameters)
    if name.endswith(".rq") and Path(name).is_file():
        if given:
            raise UsageError("a query of one's own takes no parameters")
        answer = ask_freely(reader.store, Path(name).read_text("utf-8"))
    else:
        answer = reader.ask(name, given)
    tell_answer(answer, reader.build, form)


def pair_parameters(parameters: tuple[str, ...]) -> dict[str, str]:
    """Give the parameters written as --NAME VALUE or --NAME=VALUE; raises UsageError."""
    given: dict[str, str] = {}
    words = iter(parameters)
    for word in words:
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or not name:
            raise UsageError(f"{word!r} is no parameter; write --NAME VALUE")
        try:
            given[name] = value if equals else next(words)
        except StopIteration:
            raise UsageError(f"parameter --{name} has no value") from None
    return given


def tell_answer(answer: Answer, built: Build, form: str, most: int | None = None) -> None:
    """Print an answer in one of MEDIA_TYPES, or as a table of no more than so many rows."""
    if form != "table":
        click.echo(write_answer(answer, form), nl=False)
        return
    short = shorten(answer, built.base)
    table = RichTable(*short.columns, box=None, pad_edge=False, header_style="bold")
    for row in short.rows[:most]:
        table.add_row(*(escape(to_text(term)) for term in row))
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    shown = min(len(short.rows), most or len(short.rows))
    STDERR.print(
        f"{len(short.rows)} rows"
        if shown == len(short.rows)
        else f"{shown} of {len(short.rows)} rows; --most shows more"
    )


@click.command()
@click.argument("what", type=click.Choice([*EXPORTS, SSSOM, *RDF_FORMATS]))
@build_option
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", help="Of a table of records.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; without it, standard output.")
def export(what: str, build: Path, form: str, out: Path | None) -> None:
    """Write the assertions or the entities as a table, the matches as SSSOM, or the whole graph in an RDF format."""
    reader = open_build(build)
    if what in EXPORTS:
        data = write_answer(export_table(what, reader.store, reader.questions, reader.base), form).encode()
    elif what == SSSOM:
        data = write_sssom(reader.store, reader.questions, reader.base, reader.build.manifest).encode()
    else:
        data = write_graphs(reader.build.quads(), what, reader.build.manifest["prefixes"])
    if out is None:
        sys.stdout.buffer.write(data)
    else:
        _write_whole(out, data)


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(data)
        draft.rename(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OutsideError(f"{path} cannot be written: {error.strerror}") from None
