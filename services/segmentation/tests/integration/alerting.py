"""What tests of alerts share: a group that hardly speaks, and time that strikes when told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text

from chassis.database import Database
from chassis.paging import PageRequest
from chassis.timer_loop import TimerLoop
from segmentation.application.alert_ports import AlertFilter
from segmentation.application.ports import Transactions
from segmentation.application.update_indicator_policy import update_indicator_policy
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.alerts import Alert, AlertStatus
from segmentation.domain.indicator_policy import (
    DEFAULT_THRESHOLDS,
    IndicatorKind,
    IndicatorPolicy,
    Threshold,
)
from segmentation.entrypoints.timers import TIMERS

from ..samples import NOW, Act, Brand
from .moments import did, moment, record, register

# Only these two kinds of alerts are about what the stories tell; the rest is healthy from 0 on.
CALM = {kind: replace(it, healthy_from=0) for kind, it in DEFAULT_THRESHOLDS.items()}
QUIET = IndicatorPolicy(
    thresholds={**CALM, IndicatorKind.MESSAGES_PER_DAY: Threshold(2, minimum_sample=1)},
    risk_messages_per_member=0,
)


def messages(day: str, count: int, group: str = "tea") -> list[Act]:
    return [did(Kind.MESSAGE, "li", f"{day} 10:{minute:02}", group=group) for minute in range(count)]


@dataclass
class Clock:
    """The timers of the service, at a moment of our choosing."""

    database: Database
    within: Transactions
    now: datetime = NOW

    async def strike(self, local: str) -> None:
        self.now = moment(local)
        timers = TimerLoop(self.database, self.within, TIMERS, clock=lambda: self.now)
        while await timers.fire_due():
            pass


async def told(database: Database, brand: Brand) -> list[str]:
    """What was published of alerts, in order."""
    async with database.session(brand.tenant_id) as session:
        types = await session.connection.execute(text("select type from outbox order by sequence"))
    return [it.split(".")[-2] for it in types.scalars() if ".alert." in it]


async def all_alerts(within: Transactions, brand: Brand) -> Sequence[Alert]:
    async with within(brand.tenant_id) as uow:
        page = await uow.alerts.page(PageRequest(100), AlertFilter(statuses=list(AlertStatus)))
    return page.items


async def the_alert(within: Transactions, brand: Brand) -> Alert:
    [alert] = await all_alerts(within, brand)
    return alert


async def apply(within: Transactions, brand: Brand, policy: IndicatorPolicy, version: int = 0) -> None:
    async with within(brand.tenant_id) as uow:
        await update_indicator_policy(uow, policy, version, moment("2026-02-02 12:00"))


async def quiet_group(within: Transactions, brand: Brand) -> None:
    """Registered on Monday 2 February; li joins that morning and says nothing."""
    await register(within, brand, "tea", now=moment("2026-02-02 12:00"))
    await apply(within, brand, QUIET)
    joined = did(Kind.JOINED, "li", "2026-02-02 10:00")
    await record(within, brand, [joined], moment("2026-02-02 10:00"))
