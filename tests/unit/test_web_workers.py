"""Workers at work: plain queries pass long ones, and whatever happens to one, the next is answered."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable

import pytest

from kg.builds import Build
from kg.errors import OutsideError
from kg.web.limits import Limits
from kg.web.workers import BusyError, Crew, DiedError, Reply, TooSlowError

ENDLESS = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?x ?y ?z } }"
DEADLY = "SELECT * { FILTER(" + "!" * 50_000 + "1) }"
QUICK = Limits(seconds=2, patience=0.2, workers=1, memory=256 << 20)


def pose(query: str) -> dict[str, object]:
    """Make a question of a query."""
    return {"query": query, "format": "csv", "base": "http://example.org/", "default": [], "named": []}


def work(build: Build, limits: Limits, act: Callable[[Crew], Awaitable[None]]) -> None:
    """Have a crew at work on a build, and do something with it."""

    async def run() -> None:
        crew = Crew(build.folder, limits)
        await crew.open()
        try:
            await act(crew)
        finally:
            await crew.close()

    asyncio.run(run())


async def ask(crew: Crew, query: str) -> Reply:
    """Ask a crew."""
    return await crew.ask(pose(query))


def test_a_query_that_kills_its_process_is_told_and_the_next_is_answered(built: Build) -> None:
    async def act(crew: Crew) -> None:
        before = set(crew.pids)
        for _ in range(3):
            with pytest.raises(DiedError):
                await ask(crew, DEADLY)
            assert (await ask(crew, "ASK {}")).body == b"true"
        assert set(crew.pids) != before
        assert len(crew.pids) == 2

    work(built, QUICK, act)


def test_a_query_is_stopped_at_its_time(built: Build) -> None:
    async def act(crew: Crew) -> None:
        start = time.monotonic()
        with pytest.raises(TooSlowError):
            await ask(crew, ENDLESS)
        assert 1.9 < time.monotonic() - start < 3
        assert (await ask(crew, "ASK {}")).body == b"true"

    work(built, QUICK, act)


def test_plain_queries_pass_the_long_ones(built: Build) -> None:
    async def act(crew: Crew) -> None:
        long = [asyncio.ensure_future(ask(crew, ENDLESS)) for _ in range(4)]
        await asyncio.sleep(0.1)
        for _ in range(5):
            start = time.monotonic()
            assert (await ask(crew, "ASK {}")).body == b"true"
            assert time.monotonic() - start < 2
        outcomes = await asyncio.gather(*long, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} <= {TooSlowError, BusyError}
        assert TooSlowError in {type(outcome) for outcome in outcomes}

    work(built, QUICK, act)


def test_a_long_query_goes_on_where_it_is_and_is_answered(built: Build) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } }"

    async def act(crew: Crew) -> None:
        assert (await ask(crew, slow)).outcome == "answered"
        assert len(await asyncio.gather(*(ask(crew, "ASK {}") for _ in range(20)))) == 20

    work(built, Limits(seconds=60, patience=0.001, haste=0.001, workers=1), act)


def test_no_more_may_wait_than_may(built: Build) -> None:
    async def act(crew: Crew) -> None:
        outcomes = await asyncio.gather(*(ask(crew, "ASK {}") for _ in range(12)), return_exceptions=True)
        answered = [outcome for outcome in outcomes if isinstance(outcome, Reply)]
        refused = [outcome for outcome in outcomes if isinstance(outcome, BusyError)]
        assert len(answered) >= 4
        assert len(answered) + len(refused) == 12
        assert refused

    work(built, Limits(workers=1, waiting=4), act)


def test_who_goes_away_stops_his_query(built: Build) -> None:
    async def act(crew: Crew) -> None:
        task = asyncio.ensure_future(ask(crew, ENDLESS))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        start = time.monotonic()
        assert (await ask(crew, "ASK {}")).body == b"true"
        assert time.monotonic() - start < 1.5

    work(built, QUICK, act)


def test_closing_ends_every_process_and_sends_everybody_away(built: Build) -> None:
    pids: list[int] = []

    async def act(crew: Crew) -> None:
        pids.extend(crew.pids)
        tasks = [asyncio.ensure_future(ask(crew, ENDLESS)) for _ in range(5)]
        await asyncio.sleep(0.1)
        await crew.close()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {DiedError}

    work(built, QUICK, act)
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_crew_without_a_store_does_not_open(tmp_path_factory: pytest.TempPathFactory) -> None:
    async def run() -> None:
        with pytest.raises(OutsideError, match="cannot be opened"):
            await Crew(tmp_path_factory.mktemp("none"), QUICK).open()

    asyncio.run(run())
