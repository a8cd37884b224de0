"""How much memory a process and its children use."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

PROC = Path("/proc")


def memory_of(pid: int) -> int:
    """Bytes. On Linux shared pages are shared out (PSS), so that sums are honest; else the resident size."""
    return _proportional(pid) if PROC.exists() else _resident(pid)


def _proportional(pid: int) -> int:
    try:
        rollup = (PROC / f"{pid}/smaps_rollup").read_text()
        children = (PROC / f"{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    own = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return (int(own[1]) * 1024 if own else 0) + sum(_proportional(int(child)) for child in children)


def _resident(pid: int) -> int:
    listing = subprocess.run(["ps", "-axo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)  # noqa: S607
    processes = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    family = {pid}
    for child, parent, _ in sorted(processes):
        if parent in family:
            family.add(child)
    return sum(kilobytes * 1024 for process, _, kilobytes in processes if process in family)
