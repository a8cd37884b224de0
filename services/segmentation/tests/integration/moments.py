"""Histories told in local time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.application.record_deliveries import Delivery, record_deliveries
from segmentation.application.register_group import RegisterGroup, register_group
from segmentation.domain.activity import ActivityKind

from ..samples import NOW, Act, Brand

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(local: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """ "2026-03-01 09:00" there, in UTC."""
    return datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)


def did(
    kind: ActivityKind,
    member: str,
    local: str,
    zone: ZoneInfo = SHANGHAI,
    *,
    group: str = "tea",
    order: str | None = None,
    invited_by: str | None = None,
) -> Act:
    ago = NOW - moment(local, zone)
    amount = 100 if order else 0
    return Act(kind, member, ago, group, order=order, amount_minor=amount, invited_by=invited_by)


async def record(
    within: Transactions,
    brand: Brand,
    acts: Sequence[Act],
    now: datetime = NOW,
    *,
    post: str | None = None,
    campaign: str | None = None,
) -> None:
    """All attributed to this post and campaign."""
    columns = brand.columns(*acts)
    post_ids = [str(brand.activity(post)) if post else None for _ in acts]
    campaign_ids = [str(brand.activity(campaign)) if campaign else None for _ in acts]
    async with within(brand.tenant_id) as uow:
        await record_activities(uow, replace(columns, post_ids=post_ids, campaign_ids=campaign_ids), now)


async def deliver(
    within: Transactions, brand: Brand, post: str, local: str, zone: ZoneInfo = SHANGHAI, group: str = "tea"
) -> None:
    async with within(brand.tenant_id) as uow:
        await record_deliveries(
            uow, [Delivery(brand.activity(post), brand.group(group), moment(local, zone))]
        )


async def register(within: Transactions, brand: Brand, *groups: str, now: datetime = NOW) -> None:
    async with within(brand.tenant_id) as uow:
        for group in groups:
            await register_group(uow, RegisterGroup(brand.group(group), group, group, ""), now)
