"""What tests are made of: a tenant's ids and activities in columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from chassis.ids import derived_id, new_id
from segmentation.domain.activity import ActivityColumns, ActivityKind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CURRENCY = "CNY"
_NUMBERS = count()


@dataclass(frozen=True, slots=True)
class Act:
    """One activity, `ago` before NOW; `amount_minor` is positive for refunds too."""

    kind: ActivityKind
    member: str
    ago: timedelta = timedelta()
    group: str | None = "tea"
    order: str | None = None
    amount_minor: int = 0
    invited_by: str | None = None
    name: str = ""
    source_id: str = field(default_factory=lambda: f"act-{next(_NUMBERS)}")

    @property
    def occurred_at(self) -> datetime:
        return NOW - self.ago


@dataclass(frozen=True, slots=True)
class Brand:
    """A tenant of its own for each test."""

    tenant_id: UUID = field(default_factory=new_id)

    def member(self, name: str) -> UUID:
        return derived_id(self.tenant_id, "member", name)

    def group(self, name: str = "tea") -> UUID:
        return derived_id(self.tenant_id, "group", name)

    def activity(self, source_id: str) -> UUID:
        return derived_id(self.tenant_id, "activity", f"test/{source_id}")

    def columns(self, *acts: Act) -> ActivityColumns:
        refunded = ActivityKind.ORDER_REFUNDED
        return ActivityColumns(
            ids=[str(self.activity(act.source_id)) for act in acts],
            kinds=[act.kind for act in acts],
            occurred_at=[act.occurred_at for act in acts],
            sources=["test" for _ in acts],
            member_ids=[str(self.member(act.member)) for act in acts],
            member_references=[act.member for act in acts],
            display_names=[act.name for act in acts],
            group_ids=[str(self.group(act.group)) if act.group else None for act in acts],
            order_references=[act.order for act in acts],
            amounts=[-act.amount_minor if act.kind is refunded else act.amount_minor for act in acts],
            invited_by_ids=[str(self.member(act.invited_by)) if act.invited_by else None for act in acts],
            campaign_ids=[None for _ in acts],
            post_ids=[None for _ in acts],
            currencies={CURRENCY} if any(act.order for act in acts) else set(),
        )


def days(number: float) -> timedelta:
    return timedelta(days=number)
