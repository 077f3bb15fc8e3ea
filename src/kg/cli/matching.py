"""Commands for matches: asking a service, finding a name, accepting proposals and taking matches back."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from kg import __version__
from kg.checks import read_corpus
from kg.cli.terminal import STDERR, data_option, find_data, format_option
from kg.description import read_description
from kg.errors import OutsideError, UsageError
from kg.layout import find_folder
from kg.matching import Finding, Named, find
from kg.model import Corpus
from kg.names import ENTITY_KINDS, ONTOLOGY
from kg.proposals import (
    Proposal,
    accept_above,
    add_rows,
    list_named,
    list_titles,
    make_rows,
    merge,
    propose,
    read_proposals,
    take_rows,
    write_proposals,
)
from kg.reconciliation.asking import Desk, Request
from kg.reconciliation.profiles import read_profiles, recognise
from kg.reconciliation.service import Cache, Service
from kg.reconciliation.transport import Line, Manners, name_agent

MATCHES = "matches.csv"
PROPOSALS = "proposals.csv"


@click.group(invoke_without_command=True)
@click.pass_context
@data_option
@click.option("--service", default="wikidata", help="Address of a service, or one of `kg match services`.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(ENTITY_KINDS), help="Ask only for this kind.")
@click.option("--only", multiple=True, help="Ask only for this entity, as person/ada-lovelace.")
@click.option("--again", is_flag=True, help="Ask also for what this service has a match for.")
@click.option("--type", "type_", default="", help="Class to ask for; else that of the kind, where it is known.")
@click.option("--property", "properties", multiple=True, help="What candidates should have, as P106=Q82955.")
@click.option("--iri", default="", help="How an identifier becomes an IRI, as https://example.org/{{id}}.")
@click.option("--most", type=click.IntRange(1, 50), default=5, help="Candidates of one entity.")
@click.option("--batch", type=click.IntRange(1, 50), default=10, help="Names in one request.")
@click.option("--out", type=click.Path(path_type=Path), help=f"Proposals; else {PROPOSALS} beside the data.")
@click.option("--cache", type=click.Path(path_type=Path), help="Folder that keeps what was answered.")
@click.option("--fresh", is_flag=True, help="Ask anew what was answered before.")
@click.option("--contact", envvar="KG_CONTACT", default="", help="Where the service can write to you.")
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=30.0, help="Seconds for one answer.")
@click.option("--tries", type=click.IntRange(1, 100), default=4, help="How often a busy service is asked.")
@click.option("--pause", type=click.FloatRange(0, 3600), default=1.0, help="Seconds between two requests.")
@click.option("--patience", type=click.FloatRange(0, 86400), default=300.0, help="Longest wait it may ask for.")
@click.option("--accept-above", "least", type=click.FloatRange(0, 1), help="Accept what alone has this score.")
@click.option("--author", default="", help="With --accept-above: who answers for it.")
@click.option("--day", default="", help="With --accept-above: the day of it, else today.")
@format_option("json")
def match(context: click.Context, **options: Any) -> None:  # noqa: ANN401
    """Ask a reconciliation service what the entities of the dataset are elsewhere, and write proposals.

    Nothing in the dataset changes: fill in the column `judgement` of the proposals with same,
    different or unsure, and give the file to `kg match accept`. What was answered is kept, so that
    a run that was stopped goes on where it stopped.
    """
    if context.invoked_subcommand is None:
        _match(options)


def _match(options: dict[str, Any]) -> None:
    if options["least"] is not None and not options["author"]:
        raise UsageError("--accept-above needs --author: somebody answers for every match")
    _read_day(options["day"])
    folder = find_data(options["data"])
    corpus = read_corpus(folder, find_folder("ontology"))
    place = options["out"] or (folder.parent if options["data"] else Path()) / PROPOSALS
    earlier = _read_proposals(place) if place.exists() else []
    fresh = _ask(corpus, options)
    _write_whole(place, write_proposals(merge(earlier, fresh)))
    _tell_proposals(fresh, place, options["form"])
    if options["least"] is not None:
        _accept(folder, accept_above(fresh, options["least"]), place.name, options["author"], options["day"])


def _ask(corpus: Corpus, options: dict[str, Any]) -> list[Proposal]:
    """Ask for the subjects that are chosen, and give what is to be proposed for them."""
    service = _open_service(options)
    properties = tuple(_cut_property(text) for text in options["properties"])
    request = Request(options["most"], options["batch"], options["type_"], properties, options["iri"])
    with STDERR.status("asking what the service is") as status:
        manifest = service.read_manifest()
        desk = Desk(service, manifest, recognise(manifest.space), request, lambda told: status.update(escape(told)))
        subjects = _choose(corpus, options, desk.space)
        found = desk.find(subjects)
    judged = set(corpus.frames["matches"].select("subject", "object").iter_rows())
    proposals = []
    for subject in subjects:
        open_ = [one for one in found[subject.reference] if (subject.reference, one.iri) not in judged]
        proposals += propose(subject, open_, options["most"])
    return proposals


def _open_service(options: dict[str, Any]) -> Service:
    known = read_profiles().get(options["service"])
    if known and not known.url:
        raise UsageError(f"{known.name} has no service at a known address; give that of yours with --service")
    agent = name_agent(f"kg/{__version__}", f"+{ONTOLOGY}", options["contact"])
    manners = Manners(agent, options["timeout"], options["tries"], options["pause"], options["patience"])
    line = Line(known.url if known else options["service"], manners)
    return Service(line, Cache(options["cache"] or _find_cache(), options["fresh"]))


def _find_cache() -> Path:
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    except RuntimeError:
        raise UsageError("there is no home folder; say with --cache where answers are kept") from None
    return home / "kg" / "reconciliation"


def _cut_property(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals or not value:
        raise UsageError(f"--property takes NAME=VALUE, not {text!r}")
    return name, value


def _choose(corpus: Corpus, options: dict[str, Any], space: str) -> list[Named]:
    """Give the entities to ask for: those wanted that have no match whose IRI begins like the service's."""
    named = {one.reference: one for one in list_named(corpus)}
    unknown = [reference for reference in options["only"] if reference not in named]
    if unknown:
        raise UsageError(f"the dataset has no {', '.join(unknown)}")
    same = corpus.frames["matches"].filter(judgement="same").select("subject", "object").iter_rows()
    matched = set() if options["again"] else {subject for subject, object_ in same if object_.startswith(space)}
    kinds = options["kinds"] or ENTITY_KINDS
    wanted = [named[reference] for reference in options["only"]] or [one for one in named.values() if one.kind in kinds]
    subjects = [one for one in wanted if one.reference not in matched]
    if not subjects:
        raise UsageError("all that was chosen has a match by this service; --again asks for it all the same")
    return subjects


def _tell_proposals(proposals: Sequence[Proposal], place: Path, form: str) -> None:
    if form == "json":
        click.echo(json.dumps([asdict(proposal) for proposal in proposals], indent=1, ensure_ascii=False))
        return
    for proposal in proposals:
        click.echo(f"{proposal.score}  {proposal.subject}  {proposal.object}  {proposal.candidate}: {proposal.reasons}")
    subjects = len({proposal.subject for proposal in proposals})
    click.echo(f"{len(proposals)} candidates for {subjects} entities in {place}; judge them, then `kg match accept`")


# ---- Names within the dataset ----


@match.command("name")
@click.argument("names", nargs=-1, required=True)
@data_option
@click.option("--most", type=click.IntRange(1), default=5, help="Candidates of one name.")
@format_option("json")
def name_command(names: tuple[str, ...], data: Path | None, most: int, form: str) -> None:
    """Find whom or what of the dataset each of NAMES may mean, with scores that say what they rest on.

    A name is *found*, *ambiguous* or *unknown*; a surname alone is never more than ambiguous.
    """
    corpus = read_corpus(find_data(data), find_folder("ontology"))
    among, titles = list_named(corpus), list_titles(corpus)
    findings = {name: find(name, among, titles) for name in names}
    if form == "json":
        told = [_describe(name, finding, most) for name, finding in findings.items()]
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for name, finding in findings.items():
        click.echo(f"{name}: {finding.verdict}")
        for named, score in finding.candidates[:most]:
            click.echo(f"  {score.value:.2f}  {named.reference}  {named.names[0]}: {score.explain()}")


def _describe(name: str, finding: Finding, most: int) -> dict[str, Any]:
    candidates = [
        {
            "id": named.reference,
            "label": named.names[0],
            "score": round(score.value, 3),
            "reasons": [reason._asdict() for reason in score.reasons],
        }
        for named, score in finding.candidates[:most]
    ]
    return {"name": name, "verdict": finding.verdict, "candidates": candidates}


# ---- From proposals to matches, and back ----


@match.command()
@click.argument("proposals", type=click.Path(path_type=Path))
@data_option
@click.option("--author", required=True, help="Who judged.")
@click.option("--day", default="", help="The day of the judgement, as 2026-01-31; else today.")
def accept(proposals: Path, data: Path | None, author: str, day: str) -> None:
    """Make a match of every row of PROPOSALS that is judged same, different or unsure."""
    _accept(find_data(data), _read_proposals(proposals), proposals.name, author, day)


def _accept(folder: Path, proposals: Sequence[Proposal], file: str, author: str, day: str) -> None:
    judged = _read_day(day)
    with _locked(folder):
        corpus = read_corpus(folder, find_folder("ontology"))
        rows = make_rows(proposals, corpus, file, author, judged)
        if not rows:
            click.echo("no match is new, so nothing was written")
            return
        text = _read_text(folder / MATCHES)
        _replace_matches(folder, add_rows(text, read_description(folder)["matches"], rows))
    ids = " ".join(row["id"] for row in rows)
    click.echo(f"{len(rows)} matches added to {folder / MATCHES}; `kg match undo {ids}` takes them back")


def _read_day(day: str) -> str:
    try:
        return date.fromisoformat(day).isoformat() if day else date.today().isoformat()
    except ValueError:
        raise UsageError(f"--day {day} is no day; write it as 2026-01-31") from None


@match.command()
@click.argument("ids", nargs=-1, required=True)
@data_option
def undo(ids: tuple[str, ...], data: Path | None) -> None:
    """Take the matches with these IDS out of the table again, as if they had never been there."""
    folder = find_data(data)
    with _locked(folder):
        corpus = read_corpus(folder, find_folder("ontology"))
        unknown = sorted(set(ids) - set(corpus.frames["matches"]["id"]))
        if unknown:
            raise UsageError(f"there is no match {', '.join(unknown)}, so nothing was taken back")
        _replace_matches(folder, take_rows(_read_text(folder / MATCHES), ids))
    click.echo(f"{len(set(ids))} matches taken out of {folder / MATCHES}")


@match.command()
def services() -> None:
    """List the services that are known, with their addresses."""
    for profile in read_profiles().values():
        click.echo(f"{profile.name}: {profile.url or 'no known address; give yours with --service'} ({profile.space})")


def _replace_matches(folder: Path, text: str) -> None:
    """Put a new table of matches in the place of the old one, if the dataset has no fault with it."""
    with tempfile.TemporaryDirectory() as trial:
        for path in folder.absolute().iterdir():
            if path.name != MATCHES:
                (Path(trial) / path.name).symlink_to(path)
        (Path(trial) / MATCHES).write_text(text, "utf-8", newline="")
        read_corpus(Path(trial), find_folder("ontology"))
    _write_whole(folder / MATCHES, text)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep a second command from changing the matches at the same time."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutsideError(f"{folder} cannot be read: {error.strerror}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UsageError(f"another command is changing {folder / MATCHES}; wait for it") from None
    finally:
        os.close(handle)


def _read_proposals(path: Path) -> list[Proposal]:
    try:
        return read_proposals(path.read_bytes(), path.name)
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror}") from None


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror}") from None


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all, whatever stops the program or the machine."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OutsideError(f"{path} cannot be written: {error.strerror}") from None
