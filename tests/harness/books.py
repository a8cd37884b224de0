"""What is written in the end: rows of all schemas, events and dead letters of the streams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg
from nats.errors import TimeoutError as NatsTimeout
from psycopg.sql import SQL, Identifier

from chassis.deadletters import list_dead_letters
from chassis.messaging import EVENTS
from chassis.provision import SCHEMAS

from .whole_platform import Platform


class Books:
    """Read as an administrator, for one tenant."""

    def __init__(self, platform: Platform, tenant_id: UUID) -> None:
        self._platform, self._tenant_id = platform, tenant_id

    async def figures(self, queries: Mapping[str, str]) -> dict[str, int]:
        """Each query selects one number, of the tenant `%(tenant)s`."""
        async with await psycopg.AsyncConnection.connect(self._platform.admin_url) as connection:
            found = {}
            for name, query in queries.items():
                cursor = await connection.execute(SQL(query), {"tenant": self._tenant_id})
                [[found[name]]] = await cursor.fetchall()
        return found

    async def waiting_in_outboxes(self) -> int:
        """Of all tenants."""
        counted = (SQL("select count(*) from {}.outbox").format(Identifier(schema)) for schema in SCHEMAS)
        async with await psycopg.AsyncConnection.connect(self._platform.admin_url) as connection:
            rows: list[tuple[Any, ...]] = []
            for query in counted:
                rows += await (await connection.execute(query)).fetchall()
        return sum(count for (count,) in rows)

    async def events(self) -> tuple[Counter[str], int]:
        """How many of each kind the stream keeps; how many ids it keeps more than once."""
        kinds: Counter[str] = Counter()
        ids: Counter[str] = Counter()
        async with self._platform.nats_admin() as admin:
            jetstream = admin.jetstream()
            subject = f"quanzi.{self._tenant_id}.>"
            place = await jetstream.subscribe(subject, stream=EVENTS, ordered_consumer=True)
            info = await place.consumer_info()  # some may be on their way already
            left = (info.num_pending or 0) + (info.delivered.consumer_seq if info.delivered else 0)
            while left:
                try:
                    message = await place.next_msg(timeout=5)
                except NatsTimeout:
                    break
                kinds[".".join(message.subject.split(".")[3:5])] += 1
                ids[(message.headers or {})["ce-id"]] += 1
                left = message.metadata.num_pending
        return kinds, sum(count > 1 for count in ids.values())

    async def dead_letters(self) -> list[str]:
        """Which consumers gave up, sorted."""
        async with self._platform.nats_admin() as admin:
            letters = list_dead_letters(admin.jetstream(), tenant=str(self._tenant_id))
            return sorted([buried.letter.consumer async for buried in letters])
