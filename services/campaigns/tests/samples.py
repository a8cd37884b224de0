"""Campaigns, claims and commands to test with."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from campaigns.application.schedule_flash_sale import ScheduleFlashSale
from campaigns.domain.campaign import Campaign, IntervalOverride
from campaigns.domain.flash_sale import Terms
from campaigns.domain.policy import CampaignPolicy
from campaigns.domain.window import Window
from chassis.ids import new_id

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def command(**changes: object) -> ScheduleFlashSale:
    """A sale of 3 units, 2 per member, open now for a day."""
    values: dict[str, object] = {
        "name": "双十一秒杀",
        "external_reference": None,
        "group_ids": (new_id(),),
        "starts_at": NOW,
        "ends_at": NOW + DAY,
        "item_name": "保温杯",
        "stock": 3,
        "per_member_limit": 2,
        "price_minor": 4990,
        "payment_deadline_seconds": 900,
        "override": None,
    }
    return ScheduleFlashSale(**(values | changes))  # type: ignore[arg-type]


def campaign(
    *,
    stock: int = 3,
    limit: int = 2,
    start: datetime = NOW,
    group_ids: tuple[UUID, ...] = (),
    external_reference: str | None = None,
    override: IntervalOverride | None = None,
) -> Campaign:
    return Campaign.schedule_flash_sale(
        new_id(),
        "双十一秒杀",
        group_ids or (new_id(),),
        Window(start, start + DAY),
        Terms("保温杯", limit, 4990, "CNY", 900),
        stock,
        CampaignPolicy(),
        NOW,
        external_reference=external_reference,
        override=override,
    )
