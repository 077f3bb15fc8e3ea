"""A service answers from the build that is there, whole, also while it is built anew."""

import asyncio
import shutil
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from servers import build_graphs

from kg.errors import OutsideError, UsageError
from kg.web.limits import Limits
from kg.web.service import Service

LIMITS = Limits(workers=1, memory=256 << 20)
BOTH = """
SELECT ?a ?b (COUNT(*) AS ?n) {
  GRAPH <urn:one> { <urn:s> <urn:number> ?a }
  GRAPH <urn:two> { <urn:s> <urn:number> ?b . ?x <urn:p> ?y }
} GROUP BY ?a ?b
"""


def build_numbered(out: Path, number: int) -> None:
    """Build two graphs that both tell the same number, and some bulk that tells it by its size."""
    told = f"<urn:s> <urn:number> {number} .\n"
    bulk = "".join(f"<urn:x{n}> <urn:p> {n} .\n" for n in range(300 + number))
    build_graphs(out, {"urn:one": told, "urn:two": told + bulk})


def pose(query: str) -> dict[str, object]:
    """Make a question of a query."""
    return {"query": query, "format": "csv", "base": "http://example.org/", "default": [], "named": []}


def serve(folder: Path, act: Callable[[Service], Awaitable[None]]) -> None:
    """Have a service on a folder, and do something with it."""

    async def run() -> None:
        service = Service(folder, LIMITS)
        await service.open()
        try:
            await act(service)
        finally:
            await service.close()

    asyncio.run(run())


async def ask(service: Service) -> tuple[str, list[int]]:
    """Ask for the numbers; gives the digest of the build that answered, and them."""
    edition, reply = await service.ask(pose(BOTH))
    assert reply.outcome == "answered", reply
    return edition.digest, [int(cell) for cell in reply.body.decode().split()[1].split(",")]


def test_a_new_build_is_answered_from_as_soon_as_it_is_there(tmp_path: Path) -> None:
    out = tmp_path / "build"
    build_numbered(out, 1)

    async def act(service: Service) -> None:
        first = await ask(service)
        assert first[1] == [1, 1, 301]
        assert await ask(service) == first
        build_numbered(out, 2)
        second = await ask(service)
        assert second[1] == [2, 2, 302]
        assert second[0] != first[0]

    serve(out, act)


def test_no_answer_mixes_two_builds_while_one_follows_the_other(tmp_path: Path) -> None:
    out = tmp_path / "build"
    build_numbered(out, 0)

    seen: dict[str, list[int]] = {}

    def build_all() -> None:
        """Build one after the other, each when the one before has been seen, or long enough waited for."""
        numbers = list(range(7, 0, -1))
        while numbers:
            with suppress(UsageError):  # a process just being started holds the lock of the build before, an instant
                build_numbered(out, numbers[-1])
                number = numbers.pop()
                end = time.monotonic() + 30
                while [number] not in seen.values() and time.monotonic() < end:
                    time.sleep(0.02)

    thread = threading.Thread(target=build_all)

    async def act(service: Service) -> None:
        async def poll() -> None:
            while thread.is_alive():
                digest, (one, two, size) = await ask(service)
                assert one == two == size - 300
                assert seen.setdefault(digest, [one]) == [one]

        thread.start()
        await asyncio.gather(*(poll() for _ in range(4)))
        assert (await ask(service))[1] == [7, 7, 307]
        assert {1, 2, 3, 4, 5, 6, 7} <= {number for numbers in seen.values() for number in numbers}

    serve(out, act)


def test_a_build_that_goes_is_told_and_one_that_comes_is_answered_from(tmp_path: Path) -> None:
    out = tmp_path / "build"
    build_numbered(out, 1)

    async def act(service: Service) -> None:
        shutil.rmtree(out.resolve())
        with pytest.raises(OutsideError, match="make one with `kg build`"):
            await ask(service)
        build_numbered(out, 2)
        assert (await ask(service))[1] == [2, 2, 302]

    serve(out, act)


def test_a_build_whose_store_is_broken_is_told(tmp_path: Path) -> None:
    out = tmp_path / "build"
    build_numbered(out, 1)
    (out / "store" / "CURRENT").unlink()

    async def run() -> None:
        with pytest.raises(OutsideError, match="cannot be opened"):
            await Service(out, LIMITS).open()

    asyncio.run(run())


def test_there_is_no_service_without_a_build(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="make one with `kg build`"):
        Service(tmp_path, LIMITS)
