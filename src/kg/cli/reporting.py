"""The command that makes a report for readers."""

from pathlib import Path

import click

from kg.cli.terminal import STDERR, build_option
from kg.reader import open_build
from kg.report import read_contents, render_pages, write_folder


@click.command()
@build_option
@click.option("--out", type=click.Path(path_type=Path), default=Path("report"), help="Where the report goes.")
def report(build: Path, out: Path) -> None:
    """Write a report of a build as web pages: counts, disagreements, timeline, who quotes whom, faults.

    The pages need no server, no network and no script, and print well.
    """
    with STDERR.status("asking the build"):
        contents = read_contents(open_build(build))
    with STDERR.status("drawing and writing"):
        pages = render_pages(contents)
        write_folder(out, pages)
    pairs = sum(len(group.pairs) for group in contents.groups)
    click.echo(f"{contents.claims} claims, {pairs} comparisons, {len(contents.dates)} dates: {out / 'index.html'}")
