"""What historical sources claim, as linked data in which every claim keeps source, passage, voice and doubt.

import kg

build = kg.open("build")
build.query("who-says", subject="event/flood", property="occurredOn")
"""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.reader import Reader

__version__ = "0.2.0"


def open(folder: str | PathLike[str]) -> "Reader":  # noqa: A001
    """Open a build for questions, each answer a data frame; raises OutsideError where there is none."""
    from kg.reader import open_build  # noqa: PLC0415  the command line should not wait for what it may not need

    return open_build(Path(folder))
