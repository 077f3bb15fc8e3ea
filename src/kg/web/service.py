"""What answers: the workers on the build that is there now, changed as a whole when it is built anew.

A build is changed in one rename, after which the old folder is removed. A worker on a folder that
is being removed may read what is left of it, so a reply counts only if the build is still the one
it was asked of; else the question is put again to the new one. No reply mixes two builds.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.builds import MANIFEST, Build, read_build
from kg.errors import OutsideError
from kg.web.limits import Limits
from kg.web.workers import BusyError, Crew, DiedError, Question, Reply

_TRIES = 50
"""How often a question is put again because the build has changed; one that is built takes longer than opening it."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One build with its workers, and the mark by which it is known to be there still."""

    build: Build
    crew: Crew
    mark: tuple[int, ...]

    @property
    def title(self) -> str:
        """Give the title of the dataset."""
        return str(self.build.manifest.get("title", "kg"))

    @property
    def digest(self) -> str:
        """Give the canonical hash of everything in it."""
        return str(self.build.manifest["rdfc10_sha256"])


class Service:
    """Answers from the current build of a folder."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        """Take a build folder; raises OutsideError where it is none."""
        read_build(folder)
        self.limits = limits
        self._folder = folder
        self._edition: Edition | None = None
        self._changing = asyncio.Lock()

    async def open(self) -> None:
        """Start the workers; raises OutsideError where the store cannot be opened."""
        await self.find_edition()

    async def close(self) -> None:
        """Stop the workers."""
        async with self._changing:
            if self._edition is not None:
                await self._edition.crew.close()
                self._edition = None

    @property
    def sealed(self) -> bool:
        """Tell whether the kernel keeps the workers from opening sockets."""
        return self._edition is not None and self._edition.crew.sealed

    async def find_edition(self) -> Edition:
        """Give the build that is there now, its workers ready; raises OutsideError where there is none."""
        if self._edition is None or not self._is_current(self._edition):
            async with self._changing:
                await self._change()
        if self._edition is None:
            raise OutsideError(f"{self._folder} holds no build; make one with `kg build`")
        return self._edition

    async def ask(self, question: Question) -> tuple[Edition, Reply]:
        """Ask the current build; raises BusyError, TooSlowError, DiedError or OutsideError."""
        for _ in range(_TRIES):
            edition = await self.find_edition()
            try:
                reply = await edition.crew.ask(question)
            except DiedError:
                if self._is_current(edition):
                    raise
            else:
                if self._is_current(edition):
                    return edition, reply
        raise BusyError("the build changes all the time; ask again in a while")

    def _is_current(self, edition: Edition) -> bool:
        return edition.mark == _read_mark(self._folder)

    async def _change(self) -> None:
        """Put the workers of the build that is there now in the place of the old ones, which are stopped."""
        old = self._edition
        if old is not None and self._is_current(old):
            return
        self._edition = await self._open_edition()
        if old is not None:
            await old.crew.close()

    async def _open_edition(self) -> Edition:
        """Open the build that is there now, or the next one if this one goes meanwhile."""
        for _ in range(_TRIES):
            folder = self._folder.resolve()
            try:
                edition = Edition(read_build(folder), Crew(folder, self.limits), _read_mark(folder))
                await edition.crew.open()
            except OutsideError:
                if self._folder.resolve() == folder:
                    raise
            else:
                return edition
        raise BusyError("the build changes all the time; ask again in a while")


def _read_mark(folder: Path) -> tuple[int, ...]:
    """Give what tells one build from another, without opening it; empty where there is none."""
    with suppress(OSError):
        found = (folder / MANIFEST).stat()
        return found.st_dev, found.st_ino, found.st_mtime_ns
    return ()
