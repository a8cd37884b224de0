"""Traffic that never gives up: what was not confirmed is sent again, as every client of the platform may."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

import httpx

from chassis.ids import new_id

from ..harness.brand import Brand, row
from ..harness.front_end import FrontEnd, Refused

T = TypeVar("T")

GROUP = "wr-chaos"
MEMBERS = 200
ROWS, PAUSE_SECONDS = 75, 0.25
INNOCENT, ADVERT = "今天的面膜很好用", "刷单返现，加微信 wx_88888"
STOCK = 20
PRICE_MINOR = 9_900
PAY_WITHIN_SECONDS = 3
OUTAGE = {"SERVICE_UNAVAILABLE", "INTERNAL"}


class Load:
    """`done` counts what was confirmed to the client; `again` what had to be sent again."""

    def __init__(self, brand: Brand, group: str, sale: str) -> None:
        self._door: FrontEnd = brand.admin
        self._group, self._sale = group, sale
        self._running = True
        self._members: list[str] = []
        self.done: Counter[str] = Counter()
        self.again = 0

    @classmethod
    async def prepare(cls, brand: Brand) -> Load:
        """A group, its members, and a sale that is open."""
        group = await brand.group(GROUP)
        sale = await brand.admin.do(
            "flashSaleSchedule", "campaign { id }", name="秒杀", groups=[group], itemName="面膜", stock=STOCK,
            startsAt="2026-01-01T00:00:00Z", endsAt="2099-01-01T00:00:00Z", perMemberLimit=STOCK,
            priceMinor=PRICE_MINOR, paymentDeadlineSeconds=PAY_WITHIN_SECONDS,
        )  # fmt: skip
        load = cls(brand, group, sale["campaign"]["id"])
        joined = [
            row("joined", f"join-{n}", f"m-{n}", datetime.now(UTC), group=GROUP) for n in range(MEMBERS)
        ]
        await load._bring(joined)
        found = "query { members(first: 100) { nodes { id } } }"
        while len(load._members) < MEMBERS // 2:
            await asyncio.sleep(0.2)
            load._members = [one["id"] for one in (await brand.admin.ask(found))["members"]["nodes"]]
        return load

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Ends when everything that was begun is confirmed."""
        async with asyncio.TaskGroup() as traffic:
            for work in (self._chat, self._claim, self._open_tickets):
                traffic.create_task(work())
            try:
                yield
            finally:
                self._running = False

    async def _chat(self) -> None:
        for number in count():
            if not self._running:
                return
            first = number * ROWS
            texts = [ADVERT if n == 0 else INNOCENT for n in range(ROWS)]
            await self._bring(
                [
                    row("message", f"c-{first + n}", f"m-{(first + n) % MEMBERS}", datetime.now(UTC),
                        group=GROUP, text=text)
                    for n, text in enumerate(texts)
                ]
            )  # fmt: skip
            self.done["messages"] += ROWS
            self.done["adverts"] += texts.count(ADVERT)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _claim(self) -> None:
        """One claim of four is paid; the others expire."""
        for number in count():
            if not self._running:
                return
            member = self._members[number % len(self._members)]
            wanted = {"campaign": self._sale, "member": member}
            claim = (await self._mutate("claimReserve", "claim { id }", **wanted))["claim"]
            if claim:
                self.done["claims"] += 1
                if self.done["claims"] % 4 == 0:
                    money = {"amountMinor": PRICE_MINOR, "currency": "CNY", "paymentReference": f"p-{number}"}
                    await self._mutate("claimPay", "claim { status }", claim=claim["id"], **money)
                    self.done["payments"] += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def _open_tickets(self) -> None:
        for number in count():
            if not self._running:
                return
            member = self._members[number % len(self._members)]
            words = {"subject": "物流", "text": "包裹到哪里了"}
            await self._mutate("ticketOpen", "ticket { id }", member=member, **words)
            self.done["tickets"] += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def _bring(self, rows: list[dict[str, Any]]) -> None:
        answer = await self._confirmed(lambda: self._door.bring(rows))
        assert answer == [{"accepted": len(rows), "rejected": 0}], answer[:3]

    async def _mutate(self, name: str, answer: str, **values: Any) -> dict[str, Any]:
        values["idempotencyKey"] = str(new_id())
        return await self._confirmed(lambda: self._door.mutate(name, answer, **values))

    async def _confirmed(self, send: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await send()
            except httpx.TransportError:
                pass
            except Refused as refused:
                if not refused.codes <= OUTAGE:
                    raise
            self.again += 1
            await asyncio.sleep(0.2)
