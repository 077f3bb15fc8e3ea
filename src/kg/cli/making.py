"""Commands that make and check: build, validate, verify."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from kg import __version__
from kg.builds import Build, list_graphs, write_build
from kg.checks import locate, read_corpus
from kg.cli.terminal import STDERR, data_option, find_data, format_option, read_ontology
from kg.errors import DataError, OutsideError, Place, Problem, UsageError
from kg.faults import FAULTS, Faults, find_faults, write_faults
from kg.findings import render_all, render_provenance
from kg.graph import CONCEPTS, ENTITIES, list_prefixes
from kg.layout import find_folder
from kg.model import Corpus
from kg.shapes import CRITICISM, ENGINES, FAST, read_shapes, validate
from kg.store import load_together
from kg.turtle import Document
from kg.verification import OUTCOMES, Finding
from kg.verification import verify as verify_passages


@click.command()
@data_option
@click.option("--out", type=click.Path(path_type=Path), default=Path("build"), help="Where the build goes.")
def build(data: Path | None, out: Path) -> None:
    """Compile the tables: check, render, validate, load. Nothing is written when they have faults."""
    with STDERR.status("reading the tables"):
        corpus = read_corpus(find_data(data), find_folder("ontology"))
    with STDERR.status("rendering and validating"):
        ontology = read_ontology()
        documents, faults = render_build(corpus, ontology)
        looked, problems = _validate(corpus, "\n".join([ontology, *(turtle for _, turtle in documents)]), FAST)
    if problems:
        raise DataError(problems)
    settings = corpus.settings
    about = {
        "base": settings.base.iri,
        "title": settings.title,
        "description": settings.description,
        "creator": settings.creator,
        "language": settings.language,
        "version": settings.version,
        "licence": settings.licence,
        "made_by": f"kg {__version__}",
        "prefixes": list_prefixes(corpus),
    }
    with STDERR.status("writing and loading"):
        built = write_build(out, list_graphs(settings.base, documents, ontology), about)
    _tell_build(corpus, built, looked, out)
    click.echo(f"{len(faults.results)} faults within the texts, by {faults.rules} rules; `kg ask faults` lists them")


def render_build(corpus: Corpus, ontology: str) -> tuple[list[Document], Faults]:
    """Render every graph of a build: what the tables say, what criticism finds, faults within one text."""
    documents = render_all(corpus)
    told = [document.turtle for document in documents if document.name in {ENTITIES, CONCEPTS, *corpus.texts}]
    rules = read_shapes(find_folder("shapes"), [CRITICISM])
    faults = find_faults(load_together([ontology, *told]), rules)
    report = render_provenance(corpus, FAULTS) + write_faults(faults, corpus.settings.base)
    return [*documents, Document(FAULTS, report)], faults


def _tell_build(corpus: Corpus, built: Build, looked: str, out: Path) -> None:
    claims = sum(corpus.frames[f"assertions/{text}"].height for text in corpus.texts)
    click.echo(f"{len(corpus.texts)} texts, {claims} assertions, {built.manifest['quads']} quads in {out}")
    click.echo(looked)
    click.echo(f"RDFC-1.0 sha256 {built.manifest['rdfc10_sha256']}")


@click.command("validate")
@data_option
@click.option("--engine", type=click.Choice(ENGINES), default=FAST, help="pyshacl is the reference, and slow.")
@format_option("json")
def validate_command(data: Path | None, engine: str, form: str) -> None:
    """Check the tables and validate their graph with SHACL; each result names the row that caused it."""
    corpus = read_corpus(find_data(data), find_folder("ontology"))
    turtle = "\n".join([read_ontology(), *(document.turtle for document in render_all(corpus))])
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


@click.command()
@data_option
@click.option("--texts", type=click.Path(path_type=Path), required=True, help="Folder with copies of the texts.")
@format_option("json", "csv")
def verify(data: Path | None, texts: Path, form: str) -> None:
    """Check every passage against copies of the texts: verified, moved, failed or text absent.

    A passage that is verified stands in the text unaltered; that it supports the claim is the
    curator's word.
    """
    corpus = read_corpus(find_data(data), find_folder("ontology"))
    with STDERR.status("verifying"):
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


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}
