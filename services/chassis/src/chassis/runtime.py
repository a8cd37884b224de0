"""The life of a process: build, run its loops, end in order.

A loop that ends or raises ends the process with exit code 1 and says why. SIGTERM and SIGINT stop the loops
one by one in the order given (servers first, relay last), then close; a second signal ends it at once.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from chassis import logs, telemetry
from chassis.settings import ProcessSettings, SettingsError

Loop = Callable[[], Coroutine[Any, Any, None]]

_PR_SET_PDEATHSIG = 1
_OBJECTS_BETWEEN_COLLECTIONS = 50_000

log = logs.get_logger(__name__)


class LoopEnded(Exception):
    """A loop that should run for ever did not."""


@dataclass(frozen=True, slots=True)
class Process:
    """`loops` run side by side for ever and finish their work when cancelled; `close` frees what they use."""

    name: str
    loops: Mapping[str, Loop]
    close: Callable[[], Awaitable[None]]


def run(build: Callable[[], Awaitable[Process]]) -> None:
    """Run the process to its end; exits with 0 after a signal, with 1 after a failure."""
    if os.environ.get("QUANZI_DIE_WITH_PARENT") == "1":
        _die_with_parent()
    try:
        settings = ProcessSettings()
        logs.configure(settings)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            code = runner.run(_live(build, settings))
    except SettingsError as error:
        sys.exit(f"settings: {error}")
    sys.exit(code)


async def _live(build: Callable[[], Awaitable[Process]], settings: ProcessSettings) -> int:
    stopping = _on_signals(settings.drain_seconds)
    try:
        process = await build()
    except SettingsError:
        raise
    except Exception as error:
        log.critical("process failed to start", reason=_reason(error), exc_info=error)
        return 1
    settings = settings.model_copy(update={"service": process.name})
    logs.configure(settings)
    telemetry.configure(settings)
    collect_seldom()
    try:
        await _run_loops(process.loops, stopping)
    except* LoopEnded as ended:
        first = ended.exceptions[0]
        log.critical("process ended", reason=str(first), exc_info=first.__cause__)
        code = 1
    else:
        code = 0
    await process.close()
    telemetry.shutdown()
    log.info("stopped", exit_code=code)
    return code


async def _run_loops(loops: Mapping[str, Loop], stopping: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(_endless(name, loop), name=name) for name, loop in loops.items()}
        await stopping.wait()
        for name, task in tasks.items():
            log.info("stopping", loop=name)
            task.cancel()
            await asyncio.wait([task])


async def _endless(name: str, loop: Loop) -> None:
    task = asyncio.current_task()
    try:
        await loop()
    except Exception as error:
        raise LoopEnded(f"loop {name!r} failed: {_reason(error)}") from error
    if task and not task.cancelling():
        raise LoopEnded(f"loop {name!r} ended although it should run for ever")


def _on_signals(drain_seconds: float) -> asyncio.Event:
    """Set on the first signal, from which on the time to end is bounded; the second one ends at once."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()

    def end(number: signal.Signals) -> None:
        if stopping.is_set():
            os._exit(128 + number)
        log.info("draining", signal=number.name)
        loop.call_later(drain_seconds, _give_up)
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, number)
    return stopping


def _give_up() -> None:
    log.critical("process ended", reason="draining took too long")
    os._exit(1)


def collect_seldom() -> None:
    """What the process is built of stays, and rows by the thousand form no cycles.

    Looking for some every 700 objects took a fifth of the CPU time of a flood of activities.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _die_with_parent() -> None:
    """Linux only: the kernel kills this process when the one that started it is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
