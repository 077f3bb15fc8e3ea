"""The command line: arguments, wiring, exit codes. It alone sees both halves, and it alone prints."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from kg import __version__
from kg.builds import Build, list_graphs, read_build, write_build
from kg.card import count_dataset
from kg.checks import locate, read_corpus
from kg.criticism import TYPES, compare_claims, describe_pairs
from kg.dates import CALENDARS, DateError, explain_date, read_date
from kg.description import read_description
from kg.documents import MEDIA_TYPES, RDF_FORMATS, shorten, to_text, write_answer, write_graphs
from kg.drafts import Curation, read_draft
from kg.errors import DataError, KgError, OutsideError, Place, Problem, UsageError
from kg.evidence import Copy, Passage
from kg.exports import EXPORTS, export_table
from kg.graph import list_prefixes, render
from kg.layout import find_folder
from kg.model import Corpus, read_settings
from kg.queries import Answer, ask, ask_freely, read_questions
from kg.sampling import draw_paragraphs
from kg.shapes import ENGINES, FAST, read_shapes, validate
from kg.store import open_store
from kg.tables import write_table
from kg.verification import OUTCOMES, Finding, read_copy
from kg.verification import verify as verify_passages

_err = Console(stderr=True, highlight=False, soft_wrap=True)

Command = Callable[..., None]


def _data_option(command: Command) -> Command:
    help_ = "Data folder; without it `data` here, else the one that came with kg."
    return click.option("--data", type=click.Path(path_type=Path), help=help_)(command)


def _build_option(command: Command) -> Command:
    help_ = "Build folder, as `kg build` wrote it."
    return click.option("--build", type=click.Path(path_type=Path), default=Path("build"), help=help_)(command)


def _format_option(*forms: str) -> Callable[[Command], Command]:
    return click.option("--format", "form", type=click.Choice(["table", *forms]), default="table")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kg")
def main() -> None:
    """Turn what historical sources claim into linked data that keeps source, passage, voice and doubt.

    Exit codes: 0 done, 1 problems in the data, 2 wrong use, 3 the outside world failed.
    """


def run() -> None:
    """Run the command line; a failure is told in words and ends with its exit code."""
    try:
        main(standalone_mode=False)
    except DataError as error:
        _tell_problems(error.problems)
        sys.exit(error.exit_code)
    except KgError as error:
        _err.print(f"[red]kg:[/red] {escape(str(error))}")
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(UsageError.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _err.print("kg: stopped")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


# ---- The main job ----


@main.command()
@_data_option
@click.option("--out", type=click.Path(path_type=Path), default=Path("build"), help="Where the build goes.")
def build(data: Path | None, out: Path) -> None:
    """Compile the tables: check, render, validate, load. Nothing is written when they have faults."""
    with _err.status("reading the tables"):
        corpus = read_corpus(_data_folder(data), find_folder("ontology"))
    with _err.status("rendering and validating"):
        documents = list(render(corpus))
        ontology = _read_ontology()
        looked, problems = _validate(corpus, "\n".join([ontology, *(turtle for _, turtle in documents)]), FAST)
    if problems:
        raise DataError(problems)
    settings = corpus.settings
    about = {
        "base": settings.base.iri,
        "title": settings.title,
        "version": settings.version,
        "licence": settings.licence,
        "made_by": f"kg {__version__}",
        "prefixes": list_prefixes(corpus),
    }
    with _err.status("writing and loading"):
        built = write_build(out, list_graphs(settings.base, documents, ontology), about)
    _tell_build(corpus, built, looked, out)


def _tell_build(corpus: Corpus, built: Build, looked: str, out: Path) -> None:
    claims = sum(corpus.frames[f"assertions/{text}"].height for text in corpus.texts)
    click.echo(f"{len(corpus.texts)} texts, {claims} assertions, {built.manifest['quads']} quads in {out}")
    click.echo(looked)
    click.echo(f"RDFC-1.0 sha256 {built.manifest['rdfc10_sha256']}")


@main.command("validate")
@_data_option
@click.option("--engine", type=click.Choice(ENGINES), default=FAST, help="pyshacl is the reference, and slow.")
@_format_option("json")
def validate_command(data: Path | None, engine: str, form: str) -> None:
    """Check the tables and validate their graph with SHACL; each result names the row that caused it."""
    corpus = read_corpus(_data_folder(data), find_folder("ontology"))
    turtle = "\n".join([_read_ontology(), *(document.turtle for document in render(corpus))])
    looked, problems = _validate(corpus, turtle, engine)
    if form == "json":
        told = [{**_place(problem.place), "rule": problem.rule, "message": problem.message} for problem in problems]
        click.echo(json.dumps({"looked": looked, "problems": told}, indent=1, ensure_ascii=False))
    elif not problems:
        click.echo(f"no problem; {looked}")
    if problems:
        raise DataError(problems if form == "table" else [])


def _validate(corpus: Corpus, turtle: str, engine: str) -> tuple[str, list[Problem]]:
    """Validate the whole graph; gives how much was looked at, and the problems by row."""
    report = validate(turtle, read_shapes(find_folder("shapes")), engine)
    problems = []
    for result in report.results:
        reference = corpus.settings.base.reference(result.focus)
        place = locate(corpus, reference) if reference else None
        value = f" (it has {result.value})" if result.value else ""
        about = place or Place(reference or result.focus)
        problems.append(Problem(about, result.component.removesuffix("ConstraintComponent"), result.message + value))
    return f"SHACL looked at {report.nodes} nodes of {report.shapes} classes", problems


@main.command()
@_data_option
@click.option("--texts", type=click.Path(path_type=Path), required=True, help="Folder with copies of the texts.")
@_format_option("json", "csv")
def verify(data: Path | None, texts: Path, form: str) -> None:
    """Check every passage against copies of the texts: verified, moved, failed or text absent.

    A passage that is verified stands in the text unaltered; that it supports the claim is the
    curator's word.
    """
    corpus = read_corpus(_data_folder(data), find_folder("ontology"))
    with _err.status("verifying"):
        findings = list(verify_passages(corpus, texts))
    counts = Counter(finding.outcome for finding in findings)
    if not findings:
        raise UsageError("the dataset has no passage, so nothing was verified")
    _tell_findings(findings, counts, form)
    if counts["failed"]:
        raise DataError([])
    if counts["verified"] + counts["moved"] == 0:
        raise OutsideError(f"{texts} holds none of the texts, so nothing was verified")


def _tell_findings(findings: list[Finding], counts: Counter[str], form: str) -> None:
    told = [finding for finding in findings if finding.outcome in ("moved", "failed")]
    rows = [
        (f.outcome, f.reference, str(f.place), f"{f.moved_to.start}-{f.moved_to.end}" if f.moved_to else "")
        for f in told
    ]
    columns = ("outcome", "reference", "row", "moved_to")
    if form == "json":
        passages = [dict(zip(columns, row, strict=True)) for row in rows]
        click.echo(json.dumps({"counts": {o: counts[o] for o in OUTCOMES}, "passages": passages}, indent=1))
        return
    if form == "csv":
        click.echo("\n".join(",".join(row) for row in [columns, *rows]))
        return
    for outcome, reference, row, moved in rows:
        click.echo(f"{outcome}: {reference} ({row}){f' now at {moved}' if moved else ''}")
    click.echo(f"{len(findings)} passages: " + ", ".join(f"{counts[o]} {o}" for o in OUTCOMES))


# ---- For curators ----


@main.command()
@click.argument("text")
@click.argument("phrase", required=False)
@_data_option
@click.option("--texts", type=click.Path(path_type=Path), help="Folder with the texts; needed where TEXT is an id.")
@click.option("--draft", type=click.Path(path_type=Path), help="JSON lines with a phrase each, to be made rows.")
@click.option("--curator", default="", help="With --draft: whose rows they are.")
@click.option("--day", default="", help="With --draft: the day of curation, as 2026-01-31.")
@_format_option("json", "csv")
def cite(
    text: str,
    phrase: str | None,
    data: Path | None,
    texts: Path | None,
    draft: Path | None,
    curator: str,
    day: str,
    form: str,
) -> None:
    """Find PHRASE in TEXT and give its place and digest as a table row needs them.

    TEXT is a file, or the id of a text whose file lies in the folder --texts. PHRASE may leave out
    words with [...]. Where it stands more than once every place is listed. With --draft a whole
    file of phrases becomes rows of the assertions table.
    """
    row = _find_text(text, data)
    copy = _open_copy(text, row, texts)
    if draft is not None:
        if phrase is not None or not curator or not day:
            raise UsageError("--draft takes no PHRASE, but needs --curator and --day")
        click.echo(
            _write_draft(draft, copy, row, Curation(curator, day, row["calendar"], row["basis"]), data), nl=False
        )
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
        _err.print(f"{len(places)} places; take the right one, or lengthen the phrase")


def _write_draft(path: Path, copy: Copy, row: dict[str, str], curation: Curation, data: Path | None) -> str:
    table = read_description(_data_folder(data))[f"assertions/{row['id']}"]
    lines = path.read_text("utf-8").splitlines()
    draft = read_draft(lines, path.name, copy, curation)
    if draft.problems:
        raise DataError(draft.problems)
    rows = sorted(draft.claims, key=lambda claim: (claim["start"], claim["end"]))
    return write_table(table, [{"id": f"{n:04}", **claim} for n, claim in enumerate(rows, 1)])


def _find_text(text: str, data: Path | None) -> dict[str, str]:
    if Path(text).is_file():
        return {"id": Path(text).stem, "file": text, "calendar": "unknown", "basis": "unknown"}
    corpus = read_corpus(_data_folder(data), find_folder("ontology"))
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


@main.command()
@_data_option
@click.option("--texts", type=click.Path(path_type=Path), required=True, help="Folder with copies of the texts.")
@click.option("--count", type=click.IntRange(1), default=80, help="How many paragraphs.")
@click.option("--seed", type=int, default=1, help="The same seed draws the same paragraphs.")
def sample(data: Path | None, texts: Path, count: int, seed: int) -> None:
    """Draw paragraphs for a second reading, each with the claims and names that the dataset has of it."""
    corpus = read_corpus(_data_folder(data), find_folder("ontology"))
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


@main.command()
@click.argument("date")
@click.option("--calendar", type=click.Choice(CALENDARS), default="unknown", help="In which DATE is written.")
@_data_option
@_format_option("json")
def dates(date: str, calendar: str, data: Path | None, form: str) -> None:
    """Explain DATE (EDTF level 0 or 1) in both calendars, with its first and last possible day."""
    try:
        read = read_date(date, calendar, read_settings(_data_folder(data)).reform)
    except DateError as error:
        raise UsageError(str(error)) from None
    if form == "json":
        told = {name: getattr(read, name) for name in ("text", "calendar", "julian", "gregorian", "earliest", "latest")}
        click.echo(json.dumps(told, indent=1))
    else:
        click.echo("\n".join(explain_date(read)))


# ---- Asking ----


@main.command("queries")
@_format_option("json")
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


@main.command("query", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED)
@_build_option
@_format_option(*MEDIA_TYPES)
def query_command(name: str, parameters: tuple[str, ...], build: Path, form: str) -> None:
    """Ask a saved question: NAME --PARAMETER VALUE ...; `kg queries` lists them.

    NAME may also be a file with a SELECT or ASK query of one's own.
    """
    built = read_build(build)
    store = open_store(built.store)
    given = _pair(parameters)
    if name.endswith(".rq") and Path(name).is_file():
        if given:
            raise UsageError("a query of one's own takes no parameters")
        answer = ask_freely(store, Path(name).read_text("utf-8"))
    else:
        questions = read_questions(find_folder("queries"))
        known = [full for full in questions if name in (full, full.partition("/")[2])]
        if len(known) != 1:
            raise UsageError(f"there is no saved question {name!r}; there are {', '.join(questions)}")
        answer = ask(store, questions[known[0]], given, built.base)
    _tell_answer(answer, built, form)


def _pair(parameters: tuple[str, ...]) -> dict[str, str]:
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


def _tell_answer(answer: Answer, built: Build, form: str) -> None:
    if form != "table":
        click.echo(write_answer(answer, form), nl=False)
        return
    short = shorten(answer, built.base)
    table = RichTable(*short.columns, box=None, pad_edge=False, header_style="bold")
    for row in short.rows:
        table.add_row(*(escape(to_text(term)) for term in row))
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    _err.print(f"{len(short.rows)} rows")


@main.command()
@click.argument("what", type=click.Choice([*EXPORTS, *RDF_FORMATS]))
@_build_option
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", help="Of a table of records.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; without it, standard output.")
def export(what: str, build: Path, form: str, out: Path | None) -> None:
    """Write the assertions or the entities as a table, or the whole graph in an RDF format."""
    built = read_build(build)
    if what in EXPORTS:
        answer = export_table(what, open_store(built.store), read_questions(find_folder("queries")), built.base)
        data = write_answer(answer, form).encode()
    else:
        data = write_graphs(built.quads(), what, built.manifest["prefixes"])
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


@main.command()
@_data_option
@click.option("--type", "wanted", type=click.Choice(TYPES), help="Only pairs of this type.")
@click.option("--about", help="Only claims about this entity, as person/ada-lovelace.")
@_format_option("json", "csv")
def conflicts(data: Path | None, wanted: str | None, about: str | None, form: str) -> None:
    """List the pairs of claims that answer one question, by how they agree or disagree."""
    corpus = read_corpus(_data_folder(data), find_folder("ontology"))
    pairs = describe_pairs(corpus, compare_claims(corpus))
    if wanted:
        pairs = pairs.filter(pl.col("type") == wanted)
    if about:
        pairs = pairs.filter(pl.col("subject") == about)
    if form == "csv":
        click.echo(pairs.write_csv(), nl=False)
    elif form == "json":
        click.echo(json.dumps(pairs.to_dicts(), indent=1, ensure_ascii=False))
    else:
        for pair in pairs.iter_rows(named=True):
            click.echo(f"{pair['type']} ({pair['rule']}): {pair['subject']} {pair['property']}")
            for side in ("one", "other"):
                click.echo(f"    {pair[side]}  {pair[f'{side}_voices']}: {pair[f'{side}_gist']}")
        counts = ", ".join(f"{count} {name}" for name, count in pairs["type"].value_counts(sort=True).iter_rows())
        _err.print(f"{pairs.height} pairs: {counts or 'none'}")


@main.command()
@_data_option
@click.option("--most", type=click.IntRange(1), default=30, help="How many rows of a long list.")
@_format_option("json", "markdown")
def stats(data: Path | None, most: int, form: str) -> None:
    """Print the dataset card: how much there is of what."""
    corpus = read_corpus(_data_folder(data), find_folder("ontology"))
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


# ---- Shared ----


def _data_folder(given: Path | None) -> Path:
    """Give the data folder asked for, else `data` of the current folder, else the one shipped."""
    if given is not None:
        return given
    here = Path("data")
    return here if (here / "tables.json").is_file() else find_folder("data")


def _read_ontology() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(find_folder("ontology").glob("*.ttl")))


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}


def _tell_problems(problems: Iterable[Problem]) -> None:
    listed = list(problems)
    for problem in listed:
        _err.print(escape(str(problem)))
    if listed:
        _err.print(f"[red]{len(listed)} problems[/red]; nothing was written")
