"""Waiting for what happens elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 30.0


async def eventually(ask: Callable[[], Awaitable[object]], answer: object, seconds: float = PATIENCE) -> None:
    """Asks until the answer comes; fails with the last one."""
    await until(ask, lambda last: last == answer, f"the answer {answer}", seconds)


async def until(
    ask: Callable[[], Awaitable[T]], good: Callable[[T], bool], wanted: str, seconds: float = PATIENCE
) -> T:
    """Asks until the answer is good, and gives it."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not good(last := await ask()):
        assert loop.time() < end, f"waited {seconds:.0f} s for {wanted}; the last answer was {last}"
        await asyncio.sleep(0.1)
    return last
