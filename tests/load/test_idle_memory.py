"""What the platform takes when nothing happens. Target: at most 900 MB for all processes together."""

from __future__ import annotations

import asyncio

import pytest

from .report import Figures, Report, against_target
from .running import Platform
from .usage import Memory, memory, memory_with_children

pytestmark = [pytest.mark.load, pytest.mark.timeout(120)]

TARGET = 900_000_000
SETTLE_SECONDS = 10.0


async def test_idle_memory(platform: Platform, report: Report) -> None:
    await asyncio.sleep(SETTLE_SECONDS)
    processes = platform.processes()
    used = {"launcher": memory(processes.pop("launcher"))}
    used |= {name: memory_with_children(process) for name, process in processes.items()}
    total = sum(used.values(), Memory(0, 0))
    table = Figures("Memory, idle after `quanzi up`", ("process", "PSS MB", "RSS MB"))
    for name, each in sorted(used.items(), key=lambda entry: -entry[1].proportional):
        table.row(name, f"{each.proportional / 1e6:.0f}", f"{each.resident / 1e6:.0f}")
    table.row("all", f"{total.proportional / 1e6:.0f}", f"{total.resident / 1e6:.0f}")
    table.note(f"target at most {TARGET / 1e6:.0f} MB: {against_target(total.proportional <= TARGET)}")
    table.note("PSS shares out what processes share; RSS counts it in each, for PostgreSQL many times")
    report.add(table)
