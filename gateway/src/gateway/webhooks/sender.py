"""Sends what is due: every delivery by one replica at a time, a few at once to each endpoint.

An endpoint that is slow, or fails, waits for itself alone.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from chassis.backoff import Backoff
from chassis.clock import Clock
from chassis.database import Database
from chassis.faults import is_transient
from chassis.logs import get_logger
from chassis.wakeup import Wakeup
from gateway.webhooks import delivery_store, endpoint_store
from gateway.webhooks.attempt import Answer, WebhookClient
from gateway.webhooks.delivery_store import Delivery
from gateway.webhooks.endpoint import Endpoint
from gateway.webhooks.envelope import CONTENT_TYPE
from gateway.webhooks.signing import secret, signed_headers
from gateway.webhooks.verdict import Kind, Verdict, judge

AT_ONCE = 64
AT_ONCE_FOR_ENDPOINT = 4
LEASE = timedelta(seconds=60)
KEPT = timedelta(days=30)
_LOOK_EVERY = 2.0
_FORGET_EVERY = 3600.0

log = get_logger(__name__)


class WebhookSender:
    """`chance` gives numbers in [0, 1)."""

    def __init__(
        self,
        database: Database,
        client: WebhookClient,
        pepper: bytes,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database, self._client, self._pepper = database, client, pepper
        self._clock, self._chance = clock, chance
        self._sending: Counter[UUID] = Counter()

    async def run(self) -> None:
        """Until cancelled. An outage of PostgreSQL is waited out; what was being sent is sent again."""
        backoff = Backoff(first=0.2, limit=5.0)
        async with self._database.listen("webhook_deliveries") as wakeup, asyncio.TaskGroup() as sending:
            while True:
                try:
                    began = await self.send_due(sending, wakeup)
                except Exception as error:
                    if not is_transient(error):
                        raise
                    if not backoff.failing:
                        log.warning("webhooks stalled", reason=repr(error))
                    await asyncio.sleep(backoff.next())
                    continue
                backoff.reset()
                if not began:
                    await wakeup.wait(_LOOK_EVERY)

    async def send_due(self, sending: asyncio.TaskGroup, wakeup: Wakeup) -> int:
        """Begin to send what there is room for; returns how many. Rings when one has ended."""
        now = self._clock()
        until = now + LEASE
        busy = {endpoint: count for endpoint, count in self._sending.items() if count}
        most = AT_ONCE - sum(busy.values())
        if most <= 0:
            return 0
        async with self._database.relay_session() as relay:
            leases = await delivery_store.lease(relay, busy, AT_ONCE_FOR_ENDPOINT, most, now, until)
        by_tenant: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for tenant_id, delivery_id in leases:
            by_tenant[tenant_id].append(delivery_id)
        for tenant_id, ids in by_tenant.items():
            async with self._database.session(tenant_id) as session:
                found = await delivery_store.leased(session, ids)
            for delivery, endpoint in found:
                self._sending[endpoint.id] += 1
                task = sending.create_task(self._send(delivery, endpoint, until))
                task.add_done_callback(partial(self._sent, endpoint.id, wakeup))
        return len(leases)

    async def forget(self) -> None:
        """Deletes deliveries older than KEPT, every hour until cancelled."""
        while True:
            try:
                async with self._database.relay_session() as relay:
                    await delivery_store.forget(relay, self._clock() - KEPT)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("old deliveries stay for now", reason=repr(error))
            await asyncio.sleep(_FORGET_EVERY)

    def _sent(self, endpoint_id: UUID, wakeup: Wakeup, _task: asyncio.Task[None]) -> None:
        self._sending[endpoint_id] -= 1
        if not self._sending[endpoint_id]:
            del self._sending[endpoint_id]
        wakeup.ring()

    async def _send(self, delivery: Delivery, endpoint: Endpoint, leased_until: datetime) -> None:
        """What goes wrong here is logged; the lease ends, and it is sent again."""
        try:
            answer = await post_signed(
                self._client, self._pepper, endpoint, delivery.event_id, delivery.body, self._clock()
            )
            await self._settle(delivery, endpoint, leased_until, answer)
        except Exception as error:
            log.warning("webhook not settled", delivery=str(delivery.id), reason=repr(error))

    async def _settle(
        self, delivery: Delivery, endpoint: Endpoint, leased_until: datetime, answer: Answer
    ) -> None:
        now = self._clock()
        verdict = judge(answer, delivery.attempts, delivery.queued_at, now, self._chance())
        paused = False
        async with self._database.session(endpoint.tenant_id) as session:
            kept = await delivery_store.settle(
                session, delivery, leased_until, answer, verdict.attempts, verdict.due_at, now
            )
            if not kept:
                return
            match verdict:
                case Verdict(Kind.DELIVERED):
                    await endpoint_store.succeeded(session, endpoint.id)
                case Verdict(Kind.PUT_OFF, due_at=datetime() as until):
                    await endpoint_store.put_off(session, endpoint.id, until)
                case Verdict(Kind.GONE):
                    await endpoint_store.gone(session, endpoint.id)
                case _:
                    reason = answer.error or f"it answered {answer.code}"
                    paused = await endpoint_store.failed(session, endpoint.id, reason, now)
        if paused or verdict.kind is Kind.GONE:
            log.warning("webhook endpoint stopped", tenant=str(endpoint.tenant_id), endpoint=str(endpoint.id))


async def post_signed(
    client: WebhookClient, pepper: bytes, endpoint: Endpoint, event_id: str, body: bytes, now: datetime
) -> Answer:
    secrets = [secret(pepper, endpoint.id, one) for one in endpoint.secret_ids(now)]
    headers = signed_headers(event_id, body, secrets, now)
    return await client.post(endpoint.url, {**headers, "content-type": CONTENT_TYPE}, body)
