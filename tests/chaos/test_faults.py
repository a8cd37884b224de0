"""Everything is killed or stopped once while traffic goes on; afterwards the books must balance exactly."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from chassis.ids import new_id
from chassis.testbed.waiting import eventually
from chassis.timestamps import timestamp
from quanzi.inbound.v1.activity_pb2 import ACTIVITY_KIND_MESSAGE, Activity, ActivityBatch
from quanzi_local.credentials import PROCESSES

from ..harness.books import Books
from ..harness.brand import Brand, registered_brand
from ..harness.whole_platform import Platform
from .load import ADVERT, MEMBERS, STOCK, Load

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

REPLICATED = ("segmentation", "risk")
CALM_SECONDS = 1.0
CONSUMERS = (
    "campaigns-activities",
    "risk-activities",
    "risk-sightings",
    "segmentation-activities",
    "support-activities",
)

FIGURES = {
    "activities": "select count(*) from segmentation.activities where tenant_id = %(tenant)s",
    "decisions": "select count(*) from risk.decisions where tenant_id = %(tenant)s",
    "flagged": "select count(*) from risk.decisions where tenant_id = %(tenant)s and verdict > 1",
    "violations": "select count(*) from risk.violations where tenant_id = %(tenant)s",
    "tasks": "select count(*) from risk.moderator_tasks where tenant_id = %(tenant)s",
    "tier changes": "select count(*) from segmentation.tier_assignments where tenant_id = %(tenant)s",
    "tickets": "select count(*) from support.tickets where tenant_id = %(tenant)s",
    "claims": "select count(*) from campaigns.claims where tenant_id = %(tenant)s",
    "reserved": "select count(*) from campaigns.claims where tenant_id = %(tenant)s and status = 'reserved'",
    "paid": "select count(*) from campaigns.claims where tenant_id = %(tenant)s and status = 'paid'",
    "payments": "select count(*) from campaigns.payments where tenant_id = %(tenant)s",
    "in stock": "select available from campaigns.flash_sales where tenant_id = %(tenant)s",
    "sold": "select sold from campaigns.flash_sales where tenant_id = %(tenant)s",
}


async def test_nothing_is_lost_and_nothing_happens_twice(platform: Platform) -> None:
    async with registered_brand(platform, "chaos") as brand:
        books = Books(platform, brand.tenant_id)
        load = await Load.prepare(brand)
        await _tolerate_much_talk(brand)
        replicas = [platform.add_replica(service) for service in REPLICATED]
        await platform.run(*replicas)
        async with load.running():
            odd = await _odd_messages(brand)
            faults = await _kill_everything_once(platform)
            await platform.retire(*replicas)
        await _settled(books, load)
        figures = await books.figures(FIGURES)
        kinds, twice = await books.events()
        _show(load, figures, faults, twice)

        assert figures["activities"] == MEMBERS + load.done["messages"] + odd
        assert figures["decisions"] == load.done["messages"] + odd
        breaches = load.done["adverts"] + odd
        assert (figures["flagged"], figures["violations"], figures["tasks"]) == (breaches, breaches, breaches)
        assert (figures["claims"], figures["tickets"]) == (load.done["claims"], load.done["tickets"])
        assert figures["payments"] == load.done["payments"]
        assert figures["sold"] == figures["paid"]
        assert figures["in stock"] == STOCK - figures["sold"]

        assert twice == 0
        expected = {
            "member.joined_group": MEMBERS,
            "member.tier_changed": figures["tier changes"],
            "message.flagged": breaches,
            "violation.opened": breaches,
            "moderator_task.created": breaches,
            "ticket.status_changed": figures["tickets"],
            "item.reserved": figures["claims"],
            "claim.paid": figures["paid"],
            "claim.expired": figures["claims"] - figures["paid"],
            "refund.requested": figures["payments"] - figures["paid"],
        }
        assert {kind: kinds[kind] for kind in expected} == expected
        assert await books.dead_letters() == list(CONSUMERS)


async def _tolerate_much_talk(brand: Brand) -> None:
    """Flooding is not what this is about."""
    fields = "version strikeWindowDays ladder muteHours taskDeadlineMinutes floodMessages floodWindowSeconds"
    policy: dict[str, Any] = (await brand.admin.ask(f"query {{ riskPolicy {{ {fields} }} }}"))["riskPolicy"]
    changed = policy | {"floodMessages": 1000, "floodWindowSeconds": 1, "expectedVersion": policy["version"]}
    del changed["version"]
    await brand.admin.do("riskPolicyUpdate", "policy { version }", **changed)


async def _odd_messages(brand: Brand) -> int:
    """One that nobody can read, and one that comes five times. How many activities that makes."""
    now = timestamp(datetime.now(UTC))
    advert = Activity(
        activity_id=str(new_id()), kind=ACTIVITY_KIND_MESSAGE, source="wecom", source_id="five-times",
        member_id=str(new_id()), member_reference="five", group_id=str(new_id()), group_reference="five",
        occurred_at=now, text=ADVERT,
    )  # fmt: skip
    envelope = ActivityBatch(tenant_id=str(brand.tenant_id), accepted_at=now, activities=[advert])
    async with brand.platform.nats_admin() as admin:
        jetstream = admin.jetstream()
        subject = f"quanzi.{brand.tenant_id}.inbound.activities.v1"
        await jetstream.publish(subject, b"\xff not a batch of activities")
        for _ in range(5):
            await jetstream.publish(subject, envelope.SerializeToString())
    return 1


async def _kill_everything_once(platform: Platform) -> list[str]:
    """What was done, in order. Only killed processes end: the others wait outages out."""
    faults: list[str] = []
    for name in PROCESSES:
        await platform.kill_and_run(name)
        faults.append(f"kill -9 {name}")
        await asyncio.sleep(CALM_SECONDS)
    for server in (platform.nats.embedded, platform.postgres.embedded):
        if server is None:
            faults.append("a server that is not ours was left alone")
            continue
        for end in (server.stop, server.kill):
            await asyncio.to_thread(end)
            await asyncio.sleep(CALM_SECONDS)
            server.start()  # from the main thread, which it is tied to
            faults.append(f"{end.__name__} and start {type(server).__name__}")
            await asyncio.sleep(CALM_SECONDS)
    assert platform.dead() == []
    return faults


async def _settled(books: Books, load: Load) -> None:
    """What a consumer had taken when it was killed comes again only after the time to acknowledge it."""

    async def left() -> tuple[int, int, int, int]:
        figures = await books.figures(FIGURES)
        messages = load.done["messages"] + 1
        unscreened, unstored = messages - figures["decisions"], MEMBERS + messages - figures["activities"]
        return unscreened, unstored, figures["reserved"], await books.waiting_in_outboxes()

    await eventually(left, (0, 0, 0, 0))
    await eventually(books.dead_letters, list(CONSUMERS))


def _show(load: Load, figures: Mapping[str, int], faults: list[str], twice: int) -> None:
    table = Table("what", "how many", title=f"After {len(faults)} faults: {', '.join(faults)}")
    confirmed = {f"confirmed {name}": number for name, number in load.done.items()}
    stored = {f"stored {name}": number for name, number in figures.items()}
    for name, number in (confirmed | {"sent again": load.again} | stored | {"events twice": twice}).items():
        table.add_row(name, str(number))
    Console(width=100).print(table)
