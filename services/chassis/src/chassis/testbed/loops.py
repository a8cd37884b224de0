"""Loops of a service in the process of a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol


class Loop(Protocol):
    async def run(self) -> None: ...


@asynccontextmanager
async def running(*loops: Loop) -> AsyncIterator[None]:
    """They run during the block; one that fails fails the test."""
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        assert isinstance(result, asyncio.CancelledError), result
