"""Timers of posts on the chassis' timers."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer, Timers


class PostTimers:
    def __init__(self, timers: Timers) -> None:
        self._timers = timers

    async def schedule(self, kind: str, key: str, due_at: datetime) -> None:
        await self._timers.schedule(kind, key, due_at)

    async def schedule_posts(self, kind: str, due: Mapping[UUID, datetime]) -> None:
        await self._timers.schedule_many([Timer(kind, str(post_id), at) for post_id, at in due.items()])

    async def cancel(self, kind: str, key: str) -> None:
        await self._timers.cancel(kind, key)
