"""Where the CPU time and the memory go, process by process."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import psutil

_BACKEND = re.compile(r"postgres: (?P<role>\w+?)_(?:app|owner) ")


def cpu_seconds(processes: Mapping[str, psutil.Process]) -> Counter[str]:
    """Seconds used so far; the backends of PostgreSQL by the service they work for."""
    used: Counter[str] = Counter()
    for name, process in processes.items():
        used[name] += _of(process)
        if name == "postgres":
            for child in process.children():
                with suppress(psutil.NoSuchProcess):
                    used[_backend(child)] += _of(child)
    return used


def machine_cpu_seconds() -> float:
    """Of everything that runs on this machine, so far."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)


def _of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _backend(process: psutil.Process) -> str:
    match = _BACKEND.match(" ".join(process.cmdline()))
    return f"postgres for {match['role']}" if match else "postgres, background"


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes: PSS shares out shared pages among those who map them, so that sums are honest."""

    proportional: int
    resident: int

    def __add__(self, other: Memory) -> Memory:
        return Memory(self.proportional + other.proportional, self.resident + other.resident)


def memory(process: psutil.Process) -> Memory:
    """Of a process; where the system tells no PSS (only Linux does), the resident size stands in."""
    info = process.memory_full_info()
    return Memory(getattr(info, "pss", info.rss), info.rss)


def memory_with_children(process: psutil.Process) -> Memory:
    total = memory(process)
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            total += memory(child)
    return total
