"""The command line: arguments, wiring, exit codes. It alone sees both halves, and it alone prints."""

import sys

import click
from rich.markup import escape

from kg import __version__
from kg.cli import asking, criticising, curating, making, matching, reporting, serving
from kg.cli.terminal import STDERR, tell_problems
from kg.errors import DataError, KgError, UsageError


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
        tell_problems(error.problems)
        sys.exit(error.exit_code)
    except KgError as error:
        STDERR.print(f"[red]kg:[/red] {escape(str(error))}")
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(UsageError.exit_code)
    except (click.Abort, KeyboardInterrupt):
        STDERR.print("kg: stopped")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


for _command in (
    *(making.build, making.validate_command, making.verify),
    *(asking.queries_command, asking.query_command, asking.export),
    *(criticising.ask, criticising.explain, criticising.conflicts, criticising.diff),
    *(curating.cite, curating.sample, curating.dates, curating.stats),
    reporting.report,
    matching.match,
    serving.serve,
):
    main.add_command(_command)
