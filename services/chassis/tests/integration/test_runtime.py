"""The life of a real process: why it ends, and how."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from chassis.testbed.waiting import PATIENCE

PROGRAM = """
import asyncio, sys
from chassis.runtime import Process, run

async def idle():
    try:
        print("up", flush=True)
        await asyncio.Event().wait()
    finally:
        print("idle finished", flush=True)

async def dies():
    await asyncio.sleep(0.1)
    raise ValueError("stock went negative")

async def returns():
    await asyncio.sleep(0.1)

async def slow():
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.2)
        print("slow finished", flush=True)

async def stuck():
    try:
        await asyncio.Event().wait()
    finally:
        print("stuck", flush=True)
        await asyncio.Event().wait()

async def close():
    print("closed", flush=True)

async def build():
    if sys.argv[1:] == ["unbuildable"]:
        raise ConnectionError("no database at 127.0.0.1:1")
    return Process("sample", loops={name: globals()[name] for name in sys.argv[1:]}, close=close)

if __name__ == "__main__":
    run(build)
"""

Running = subprocess.Popen[str]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


@pytest.fixture
def started(program: Path) -> Iterator[list[Running]]:
    processes: list[Running] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def start(started: list[Running], program: Path, *loops: str, **env: str) -> Running:
    process = subprocess.Popen(
        [sys.executable, str(program), *loops],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QUANZI_LOG_FORMAT": "json", **env},
    )
    started.append(process)
    return process


def ready(process: Running) -> Running:
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    return process


def logged(stderr: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in stderr.splitlines()]


@pytest.mark.parametrize(
    ("loop", "reason"),
    [
        ("dies", "loop 'dies' failed: ValueError: stock went negative"),
        ("returns", "loop 'returns' ended although it should run for ever"),
    ],
)
def test_a_loop_that_ends_ends_the_process_and_says_why(
    started: list[Running], program: Path, loop: str, reason: str
) -> None:
    process = start(started, program, "idle", loop)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert out.splitlines() == ["up", "idle finished", "closed"]
    [last_words] = [line for line in logged(err) if line["level"] == "critical"]
    assert (last_words["event"], last_words["reason"]) == ("process ended", reason)
    assert last_words["service"] == "sample"


def test_sigterm_finishes_the_loops_in_their_order(started: list[Running], program: Path) -> None:
    process = ready(start(started, program, "slow", "idle"))
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert out.splitlines() == ["slow finished", "idle finished", "closed"]


def test_the_second_signal_ends_at_once(started: list[Running], program: Path) -> None:
    process = ready(start(started, program, "stuck", "idle"))
    process.send_signal(signal.SIGTERM)
    assert process.stdout
    assert process.stdout.readline() == "stuck\n"
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (128 + signal.SIGTERM, "")


def test_draining_is_bounded(started: list[Running], program: Path) -> None:
    process = ready(start(started, program, "stuck", "idle", QUANZI_DRAIN_SECONDS="0.5"))
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert logged(err)[-1]["reason"] == "draining took too long"


def test_says_why_it_cannot_start(started: list[Running], program: Path) -> None:
    process = start(started, program, "unbuildable")
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert logged(err)[-1]["reason"] == "ConnectionError: no database at 127.0.0.1:1"


def test_names_the_bad_setting(started: list[Running], program: Path) -> None:
    process = start(started, program, "idle", QUANZI_DRAIN_SECONDS="soon")
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert err.startswith("settings: QUANZI_DRAIN_SECONDS: ")


def test_dies_with_its_parent(started: list[Running], program: Path) -> None:
    shell = f"{sys.executable} {program} idle & echo $!; wait"
    parent = subprocess.Popen(
        ["sh", "-c", shell],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QUANZI_DIE_WITH_PARENT": "1"},
    )
    started.append(parent)
    assert parent.stdout
    child = psutil.Process(int(parent.stdout.readline()))
    assert parent.stdout.readline() == "up\n"
    parent.kill()
    child.wait(timeout=PATIENCE)
