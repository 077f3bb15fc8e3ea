"""What the commands share: options, the folders they mean, and how problems are told."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from kg.errors import Problem
from kg.layout import find_folder

STDERR = Console(stderr=True, highlight=False, soft_wrap=True)

Command = Callable[..., None]


def data_option(command: Command) -> Command:
    """Add the option that names the data folder."""
    help_ = "Data folder; without it `data` here, else the one that came with kg."
    return click.option("--data", type=click.Path(path_type=Path), help=help_)(command)


def build_option(command: Command) -> Command:
    """Add the option that names the build folder."""
    help_ = "Build folder, as `kg build` wrote it."
    return click.option("--build", type=click.Path(path_type=Path), default=Path("build"), help=help_)(command)


def format_option(*forms: str) -> Callable[[Command], Command]:
    """Give an option that chooses between a table for the eye and other forms."""
    return click.option("--format", "form", type=click.Choice(["table", *forms]), default="table")


def find_data(given: Path | None) -> Path:
    """Give the data folder asked for, else `data` of the current folder, else the one shipped."""
    if given is not None:
        return given
    here = Path("data")
    return here if (here / "tables.json").is_file() else find_folder("data")


def read_ontology() -> str:
    """Join the ontology's Turtle files, as a build holds them."""
    return "\n".join(path.read_text("utf-8") for path in sorted(find_folder("ontology").glob("*.ttl")))


def tell_problems(problems: Iterable[Problem]) -> None:
    """Tell all problems on standard error, and that nothing was written."""
    listed = list(problems)
    for problem in listed:
        STDERR.print(escape(str(problem)))
    if listed:
        STDERR.print(f"[red]{len(listed)} problems[/red]; nothing was written")
