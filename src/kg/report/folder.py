"""The folder of a report, put in its place as a whole."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kg.errors import OutsideError, UsageError

MARK = '<meta name="generator" content="kg report">'
"""Every page has it; a folder of pages that have it may be replaced by a newer report."""


def write_folder(out: Path, pages: Mapping[str, str]) -> None:
    """Write pages by name as a folder, in the place of an older report if there is one.

    They are written elsewhere and moved into place, so that the folder never holds half a report.
    Raises UsageError where `out` is there and is no report, OutsideError where the disk fails.
    """
    out = out.absolute()
    aside = out.with_name(f".{out.name}.before")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _restore(out, aside)
        if out.is_symlink() or (out.exists() and not _is_report(out)):
            raise UsageError(f"{out} is there and is no report; name another folder with --out, or move it away")
        draft = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        try:
            _fill(draft, pages)
            _swap(draft, out, aside)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise OutsideError(f"the report cannot be written to {out}: {error.strerror or error}") from None


def _is_report(folder: Path) -> bool:
    """Tell whether a folder holds nothing but pages of a report, or nothing."""
    if not folder.is_dir():
        return False
    return all(
        path.suffix == ".html" and path.is_file() and MARK in path.read_text("utf-8", "replace")[:2000]
        for path in folder.iterdir()
    )


def _fill(draft: Path, pages: Mapping[str, str]) -> None:
    draft.chmod(0o755)
    for name, page in pages.items():
        with (draft / name).open("w", encoding="utf-8", newline="\n") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())


def _swap(draft: Path, out: Path, aside: Path) -> None:
    """Put a finished folder in place; the one that was there is kept aside until that is done."""
    if out.exists():
        out.rename(aside)
    try:
        draft.rename(out)
    except OSError:
        _restore(out, aside)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _restore(out: Path, aside: Path) -> None:
    """Put back what was kept aside, where a run was stopped before the new report stood in its place."""
    if aside.is_dir() and not out.exists():
        aside.rename(out)
