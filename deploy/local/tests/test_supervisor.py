"""Real processes: what dies, what stops, what is said."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from chassis.testbed.waiting import PATIENCE, until_true
from quanzi_local.launcher import supervisor as supervisor_module
from quanzi_local.launcher.logbook import LogBook
from quanzi_local.launcher.supervisor import Part, PartDied, Supervisor

STAND_INS = Path(__file__).with_name("stand_ins")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[LogBook]:
    made = LogBook(tmp_path, quiet=True)
    yield made
    made.close()


def part(folder: Path, name: str) -> Part:
    ready_file = folder / f"{name}.json"
    environment = {
        **os.environ,
        "PYTHONPATH": str(STAND_INS),
        "QUANZI_SERVICE": name,
        "QUANZI_READY_FILE": str(ready_file),
    }
    return Part(name, "stand_in_part", "-", environment, ready_file)


async def test_parts_start_are_heard_and_end(book: LogBook, tmp_path: Path) -> None:
    parts = [part(tmp_path, "first"), part(tmp_path, "second")]
    async with Supervisor(book) as supervisor:
        for one in parts:
            supervisor.start(one)
        await supervisor.unless_dead(supervisor.ready(parts))
        pids = list(supervisor.pids.values())
        assert all(map(psutil.pid_exists, pids))
    assert not any(map(psutil.pid_exists, pids))
    assert book.last("second") == ["listening port=1", "stopped"]


async def test_a_death_is_told_with_the_last_lines(book: LogBook, tmp_path: Path) -> None:
    failing = part(tmp_path, "failing")
    async with Supervisor(book) as supervisor:
        supervisor.start(failing)
        with pytest.raises(PartDied, match=r"failing ended with exit code 3(.|\n)*the reason of it all"):
            await supervisor.unless_dead(supervisor.ready([failing]))


async def test_a_kill_is_told_by_its_name(book: LogBook, tmp_path: Path) -> None:
    first = part(tmp_path, "first")
    async with Supervisor(book) as supervisor:
        supervisor.start(first)
        await supervisor.ready([first])
        os.kill(supervisor.pids["first"], signal.SIGKILL)
        with pytest.raises(PartDied, match="first was ended by SIGKILL"):
            await supervisor.unless_dead(asyncio.sleep(PATIENCE))


async def test_with_restart_a_death_is_a_new_start(book: LogBook, tmp_path: Path) -> None:
    first = part(tmp_path, "first")
    async with Supervisor(book, restart=True) as supervisor:
        supervisor.start(first)
        await supervisor.ready([first])
        killed = supervisor.pids["first"]
        os.kill(killed, signal.SIGKILL)
        await until_true(lambda: supervisor.pids["first"] != killed)
        await supervisor.ready([first])
        assert supervisor.pids["first"] != killed


async def test_a_part_that_does_not_stop_is_killed(
    book: LogBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "STOP_SECONDS", 0.3)
    stubborn = part(tmp_path, "stubborn")
    async with Supervisor(book) as supervisor:
        supervisor.start(stubborn)
        await supervisor.ready([stubborn])
        pid = supervisor.pids["stubborn"]
    assert not psutil.pid_exists(pid)


async def test_a_part_that_never_gets_ready_is_told(
    book: LogBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "READY_SECONDS", 0.2)
    first = part(tmp_path, "first")
    never = Part("never", first.module, "-", first.environment, tmp_path / "elsewhere")
    async with Supervisor(book) as supervisor:
        supervisor.start(never)
        with pytest.raises(PartDied, match="never was not ready"):
            await supervisor.unless_dead(supervisor.ready([never]))
