"""Durations of many calls, one after the other."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median, quantiles


async def interleaved(rounds: int, *calls: Callable[[], Awaitable[object]]) -> list[list[float]]:
    """Milliseconds of each call in each round; in turn, so that all meet the same weather."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, durations in zip(calls, taken, strict=True):
            began = time.perf_counter()
            await call()
            durations.append(1e3 * (time.perf_counter() - began))
    return taken


def p50(durations: Sequence[float]) -> float:
    return median(durations)


def p99(durations: Sequence[float]) -> float:
    return quantiles(durations, n=100)[98]
