"""Something to do at an instant: kept with the data, fired exactly once with its effect."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.ids import new_id

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Timer:
    kind: str
    key: str
    due_at: datetime
    payload: Payload = field(default_factory=dict)
    """JSON object."""


_SCHEDULE = text("""
    insert into timers (tenant_id, kind, key, due_at, wake_at, payload, version)
    select :tenant_id, kind, key, due_at, due_at, payload, :version
    from unnest(cast(:kinds as text[]), cast(:keys as text[]), cast(:due_ats as timestamptz[]),
                cast(:payloads as jsonb[])) as timer (kind, key, due_at, payload)
    order by kind, key
    on conflict (tenant_id, kind, key) do update
    set due_at = excluded.due_at, wake_at = excluded.wake_at, payload = excluded.payload,
        version = excluded.version, attempts = 0, parked_at = null, reason = null
""")
_CANCEL = text("""
    delete from timers where tenant_id = :tenant_id and kind = :kind and key = any(cast(:keys as text[]))
""")
_PENDING = text("""
    select exists (select from timers where tenant_id = :tenant_id and kind = :kind and key = :key)
""")
_TAKE = text("""
    with seen as (
        select key, version from timers
        where tenant_id = :tenant_id and kind = :kind and key = any(cast(:keys as text[]))
          and version = any(cast(:versions as uuid[]))
        order by key
        for update
    )
    delete from timers using seen
    where timers.tenant_id = :tenant_id and timers.kind = :kind and timers.key = seen.key
    returning timers.key
""")


class Timers:
    def __init__(self, connection: AsyncConnection, tenant_id: UUID) -> None:
        self._connection, self._tenant_id = connection, tenant_id

    async def schedule(self, kind: str, key: str, due_at: datetime, payload: Payload | None = None) -> None:
        """Set the timer of this kind and key, in place of the one there was."""
        await self.schedule_many([Timer(kind, key, due_at, payload or {})])

    async def schedule_many(self, timers: Sequence[Timer]) -> None:
        """In one statement; of several with the same kind and key the last one counts."""
        if not timers:
            return
        last = list({(timer.kind, timer.key): timer for timer in timers}.values())
        await self._connection.execute(
            _SCHEDULE,
            {
                "tenant_id": self._tenant_id,
                "version": new_id(),
                "kinds": [timer.kind for timer in last],
                "keys": [timer.key for timer in last],
                "due_ats": [timer.due_at for timer in last],
                "payloads": [json.dumps(dict(timer.payload)) for timer in last],
            },
        )

    async def cancel(self, kind: str, key: str) -> None:
        """Nothing happens if there is none (any more)."""
        await self.cancel_many(kind, [key])

    async def cancel_many(self, kind: str, keys: Sequence[str]) -> None:
        """In one statement."""
        if keys:
            parameters = {"tenant_id": self._tenant_id, "kind": kind, "keys": list(keys)}
            await self._connection.execute(_CANCEL, parameters)

    async def pending(self, kind: str, key: str) -> bool:
        """Whether there is one, due or not."""
        parameters = {"tenant_id": self._tenant_id, "kind": kind, "key": key}
        return bool((await self._connection.execute(_PENDING, parameters)).scalar_one())

    async def take(self, kind: str, seen: Mapping[str, UUID]) -> set[str]:
        """Remove the timers of these keys that are still of the version seen; returns their keys.

        A timer that was rescheduled, cancelled or fired meanwhile is left alone.
        """
        parameters = {
            "tenant_id": self._tenant_id,
            "kind": kind,
            "keys": list(seen),
            "versions": list(set(seen.values())),
        }
        return set((await self._connection.execute(_TAKE, parameters)).scalars())


class HasTimers(Protocol):
    @property
    def timers(self) -> Timers: ...


U = TypeVar("U", bound=HasTimers)
TimerHandler = Callable[[U, Sequence[Timer], datetime], Awaitable[None]]
"""Gets the due timers of one tenant and kind, in one transaction. May schedule the same keys again."""
