"""Worker processes at work on one store: short queries and long ones apart, each stopped at its time.

A query begins among the short ones. If it is not done after a while (a second, less where many
wait) it goes on among the long ones, of which there are so many at most; where they are all taken
it is stopped, and begins again when one is free. So a plain query never waits behind a long one.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.errors import KgError, OutsideError
from kg.web.limits import Limits
from kg.web.worker import HEAD

Question = Mapping[str, Any]
_PAUSE = 0.5
"""Seconds before a process that did not start is started again."""


class BusyError(KgError):
    """All workers are at work, and as many requests wait as may."""


class TooSlowError(KgError):
    """The query took longer than `Limits.seconds`."""


class DiedError(KgError):
    """The process died of the query: no stack or no memory was left."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker replied: an outcome (see kg.web.worker), a detail, and the bytes of the answer.

    `more` says that a page shows less than there is.
    """

    outcome: str
    body: bytes = b""
    detail: str = ""
    more: bool = False


class Worker:
    """A process that answers; while it is `busy` it can only be waited for or killed."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.busy = False
        self.sealed = False

    @classmethod
    async def start(cls, folder: Path, limits: Limits) -> "Worker":
        """Start a process on the build in a folder; raises OutsideError where it cannot open it."""
        command = (sys.executable, "-m", "kg.web.worker", str(folder), json.dumps(asdict(limits)))
        worker = cls(
            await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, process_group=0, limit=1 << 20
            )
        )
        try:
            head, _ = await worker._receive()
        except DiedError:
            raise OutsideError(f"the store in {folder} cannot be opened") from None
        except BaseException:
            worker.kill()
            raise
        worker.sealed = head["sealed"]
        return worker

    async def ask(self, question: Question) -> Reply:
        """Ask; raises DiedError where the process dies of it."""
        self.busy = True
        told = json.dumps(question).encode()
        with suppress(ConnectionError):
            self._stdin.write(HEAD.pack(len(told)) + told)
            await self._stdin.drain()
        head, body = await self._receive()
        self.busy = False
        return Reply(**head, body=body)

    async def _receive(self) -> tuple[dict[str, Any], bytes]:
        try:
            return json.loads(await self._read_frame()), await self._read_frame()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.kill()
            await self._process.wait()
            raise DiedError(f"a worker ended with {self._process.returncode}") from None

    async def _read_frame(self) -> bytes:
        stream = self._process.stdout
        assert stream is not None
        return await stream.readexactly(HEAD.unpack(await stream.readexactly(HEAD.size))[0])

    @property
    def _stdin(self) -> asyncio.StreamWriter:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def pid(self) -> int:
        """Give the number of the process."""
        return self._process.pid

    def kill(self) -> None:
        """Kill the process, whatever it does.

        Not by `Process.kill`, which also collects the exit code that asyncio waits for in a thread.
        """
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    async def close(self) -> None:
        """Kill the process and wait until it is gone."""
        self.kill()
        self._stdin.close()
        await self._process.wait()


class Lane:
    """Some workers, each for one query at a time, and those `waiting` for one."""

    def __init__(self, waiting: int, seconds: float) -> None:
        self._idle: asyncio.Queue[Worker | None] = asyncio.Queue()
        self._may_wait = waiting
        self._seconds = seconds
        self.waiting = 0
        self._closed = False

    async def take(self) -> Worker:
        """Take a worker, waiting for one; raises BusyError where too many wait, or for too long."""
        if self.waiting >= self._may_wait:
            raise BusyError("too many requests wait already; ask again in a while")
        self.waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                worker = None if self._closed else await self._idle.get()
        except TimeoutError:
            raise BusyError("other queries take all there is; ask again in a while") from None
        finally:
            self.waiting -= 1
        if worker is None:
            raise DiedError("the workers were stopped")
        return worker

    def take_idle(self) -> Worker | None:
        """Take a worker if one is idle."""
        return None if self._idle.empty() else self._idle.get_nowait()

    def give(self, worker: Worker) -> None:
        """Give a worker that is idle to whoever waits longest."""
        self._idle.put_nowait(worker)

    def close(self) -> None:
        """Send everybody away who waits or comes."""
        self._closed = True
        for _ in range(self.waiting):
            self._idle.put_nowait(None)


class Crew:
    """All workers on one build."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._short = Lane(limits.waiting, limits.wait)
        self._long = Lane(limits.waiting, limits.wait)
        self._workers: set[Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._closed = False

    async def open(self) -> None:
        """Start all processes; raises OutsideError where the store cannot be opened."""
        lanes = [self._short, self._long] * self._limits.workers
        started = await asyncio.gather(*map(self._start, lanes), return_exceptions=True)
        faults = [fault for fault in started if fault is not None]
        if faults:
            await self.close()
            raise faults[0]

    async def close(self) -> None:
        """Kill all processes; whoever waits for an answer gets DiedError."""
        self._closed = True
        for lane in (self._short, self._long):
            lane.close()
        await asyncio.gather(*self._starting, *(worker.close() for worker in self._workers))

    @property
    def sealed(self) -> bool:
        """Tell whether the kernel keeps every process from opening a socket."""
        return all(worker.sealed for worker in self._workers)

    @property
    def pids(self) -> list[int]:
        """List the numbers of the processes."""
        return [worker.pid for worker in self._workers]

    async def ask(self, question: Question) -> Reply:
        """Ask; raises BusyError, TooSlowError or DiedError."""
        worker = await self._short.take()
        lane = self._short
        run = asyncio.ensure_future(worker.ask(question))
        try:
            if await _is_done(run, self._find_patience()):
                return await run
            spare = self._long.take_idle()
            if spare is not None:
                self._short.give(spare)
                lane = self._long
                return await _finish(run, self._limits.seconds - self._limits.patience)
        finally:
            self._leave(worker, run, lane)
        return await self._ask_long(question)

    def _find_patience(self) -> float:
        """Give the seconds that a query may be among the short ones: the fewer, the more wait behind it."""
        limits = self._limits
        return max(limits.haste, limits.patience / (1 + self._short.waiting / limits.workers))

    async def _ask_long(self, question: Question) -> Reply:
        worker = await self._long.take()
        run = asyncio.ensure_future(worker.ask(question))
        try:
            return await _finish(run, self._limits.seconds)
        finally:
            self._leave(worker, run, self._long)

    def _leave(self, worker: Worker, run: "asyncio.Future[Reply]", lane: Lane) -> None:
        """Give a worker back; one that did not finish, or worked long, is replaced by a new process."""
        run.cancel()
        if not worker.busy and lane is self._short:
            lane.give(worker)
            return
        self._workers.discard(worker)
        worker.kill()
        if not self._closed:
            task = asyncio.ensure_future(self._replace(worker, lane))
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _replace(self, worker: Worker, lane: Lane) -> None:
        await worker.close()
        while not self._closed:
            try:
                await self._start(lane)
            except (OutsideError, OSError):
                await asyncio.sleep(_PAUSE)
            else:
                break

    async def _start(self, lane: Lane) -> None:
        worker = await Worker.start(self._folder, self._limits)
        if self._closed:
            await worker.close()
        else:
            self._workers.add(worker)
            lane.give(worker)


async def _is_done(run: "asyncio.Future[Reply]", seconds: float) -> bool:
    done, _ = await asyncio.wait({run}, timeout=seconds)
    return bool(done)


async def _finish(run: "asyncio.Future[Reply]", seconds: float) -> Reply:
    if not await _is_done(run, seconds):
        raise TooSlowError("the query took longer than it may")
    return await run
