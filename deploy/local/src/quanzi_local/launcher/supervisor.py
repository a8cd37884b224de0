"""The processes of the platform: started, heard, ended in order; the first that dies tells why."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from chassis.embedded.children import Child
from quanzi_local.launcher.logbook import LogBook

READY_SECONDS = 60.0
STOP_SECONDS = 12.0
LONGEST_LINE = 1 << 20
T = TypeVar("T")


class PartDied(Exception):
    """A process ended by itself, or never became ready. The message carries its last lines."""


@dataclass(frozen=True, slots=True)
class Part:
    """A process to be: its Python module, where it listens, its settings, the file it writes when ready."""

    name: str
    module: str
    address: str
    environment: Mapping[str, str]
    ready_file: Path


class Supervisor:
    """Ends everything it started when left. With `restart` a part that dies is started again."""

    def __init__(self, book: LogBook, *, restart: bool = False) -> None:
        self._book = book
        self._restart = restart
        self._children: dict[str, Child] = {}
        self._listeners: dict[str, asyncio.Task[None]] = {}
        self._death = asyncio.Event()
        self._reason = ""
        self._stopping = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """The part started last needs the others, so it ends first."""
        for names in (list(self._children)[-1:], list(self._children)[:-1]):
            await self.stop(names)

    @property
    def pids(self) -> dict[str, int]:
        return {name: child.pid for name, child in self._children.items()}

    def start(self, part: Part) -> None:
        """Its output goes to the log book; it dies with us."""
        part.ready_file.unlink(missing_ok=True)
        output, writing = os.pipe()
        try:
            self._children[part.name] = Child(
                part.name,
                [sys.executable, "-m", part.module],
                stdout=writing,
                environment=part.environment,
                death_signal=signal.SIGKILL,
            )
        finally:
            os.close(writing)
        self._listeners[part.name] = asyncio.create_task(self._listen(part, output))

    async def ready(self, parts: Sequence[Part]) -> None:
        """Raises PartDied when one of them is not ready in time."""
        deadline = time.monotonic() + READY_SECONDS
        while waiting := [part.name for part in parts if not part.ready_file.exists()]:
            if time.monotonic() > deadline:
                raise PartDied(self._told(waiting[0], f"was not ready after {READY_SECONDS:.0f} s"))
            await asyncio.sleep(0.05)

    async def unless_dead(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives, unless a part dies before; raises PartDied then."""
        task = asyncio.create_task(work)
        death = asyncio.create_task(self._death.wait())
        try:
            await asyncio.wait((task, death), return_when=asyncio.FIRST_COMPLETED)
            if death.done():
                raise PartDied(self._reason)
            return task.result()
        finally:
            task.cancel()
            death.cancel()

    async def stop(self, names: Sequence[str]) -> None:
        """All of `names` at once: asked first, killed after STOP_SECONDS."""
        self._stopping = True
        if not names:
            return
        children = [self._children[name] for name in names]
        for child in children:
            if child.running:
                child.process.terminate()
        await asyncio.wait([self._listeners[name] for name in names], timeout=STOP_SECONDS)
        for name, child in zip(names, children, strict=True):
            child.kill()
            await self._listeners.pop(name)
            del self._children[name]

    def kill_all(self) -> None:
        """At once, for the impatient; `stop` then finds them ended."""
        for child in self._children.values():
            child.process.kill()

    async def _listen(self, part: Part, output: int) -> None:
        """Carry its lines to the log book until it ends."""
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        with os.fdopen(output, "rb") as pipe:
            transport, _ = await asyncio.get_running_loop().connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(reader), pipe
            )
            while line := await _line(reader):
                self._book.write(part.name, line.decode(errors="replace").rstrip())
            transport.close()
        code = self._children[part.name].process.wait()
        if not self._stopping:
            await self._bury(part, code)

    async def _bury(self, part: Part, code: int) -> None:
        reason = self._told(part.name, _ending(code))
        if not self._restart:
            self._reason = self._reason or reason
            self._death.set()
            return
        self._book.write("quanzi", f"{reason}\nstarting it again")
        await asyncio.sleep(1)
        if not self._stopping:
            self.start(part)

    def _told(self, name: str, what: str) -> str:
        lines = "\n".join(f"  {line}" for line in self._book.last(name))
        return f"{name} {what}; its last lines:\n{lines}"


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line; empty at the end. One that is too long is cut."""
    try:
        return await reader.readline()
    except ValueError:
        return b"(a line of more than 1 MiB was dropped)\n"


def _ending(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
