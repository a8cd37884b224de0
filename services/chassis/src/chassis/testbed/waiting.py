"""Waiting in tests for what happens elsewhere: in another process, on a server, in another task."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")
PATIENCE = 120.0  # seconds: costs nothing where what is waited for comes


async def eventually(ask: Callable[[], Awaitable[object]], answer: object) -> None:
    """Asks until the answer comes; fails with the last one."""
    await until(ask, lambda last: last == answer, f"the answer {answer}")


async def until(ask: Callable[[], Awaitable[T]], good: Callable[[T], bool], wanted: str) -> T:
    """Asks until the answer is good, and gives it; fails with the last one."""
    end = _now() + PATIENCE
    while not good(last := await ask()):
        assert _now() < end, f"waited {PATIENCE:.0f} s for {wanted}; the last answer was {last}"
        await asyncio.sleep(0.05)
    return last


async def until_true(holds: Callable[[], bool]) -> None:
    """Looks until it holds."""
    end = _now() + PATIENCE
    while not holds():
        assert _now() < end, f"waited {PATIENCE:.0f} s in vain"
        await asyncio.sleep(0.02)


async def clear_of_midnight(time_zone: str = "UTC") -> None:
    """Waits for the next day if this one ends within PATIENCE, for a test that lives in one day."""
    now = datetime.now(ZoneInfo(time_zone))
    left = (now.replace(hour=23, minute=59, second=59) - now).total_seconds() + 1
    if left < PATIENCE:
        await asyncio.sleep(left + 1)


def _now() -> float:
    return asyncio.get_running_loop().time()
