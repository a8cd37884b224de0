"""Tiers and RFM of a member."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.fields import resolved
from gateway.scalars import Int64
from gateway.values import by_number, moment, optional
from quanzi.segmentation.v1 import tiers_pb2


@strawberry.enum(description="Member tiers (成员分层), decided in this order, first match wins.")
class Tier(Enum):
    VIP = strawberry.enum_value(tiers_pb2.TIER_VIP, description="VIP客户: enough net spend in the window.")
    ACTIVE = strawberry.enum_value(
        tiers_pb2.TIER_ACTIVE, description="活跃客户: enough interactions in the last week."
    )
    PROSPECT = strawberry.enum_value(
        tiers_pb2.TIER_PROSPECT, description="潜在客户: never bought, and new or still interacting."
    )
    DORMANT = strawberry.enum_value(
        tiers_pb2.TIER_DORMANT, description="沉默客户: no interaction for the whole window."
    )
    REGULAR = strawberry.enum_value(tiers_pb2.TIER_REGULAR, description="普通客户: none of the above.")


TIERS = by_number(Tier)


@strawberry.type(description="The figures a tier was decided by.")
class TierReason:
    rule: str = strawberry.field(description="Rule that matched, for example `net_spend_30d >= 500000`.")
    net_spend_minor: Int64 = strawberry.field(description="Net spend in the window, minor units.")
    interactions_7d: int = strawberry.field(name="interactions7d", description="Interactions in seven days.")
    interactions_30d: int = strawberry.field(
        name="interactions30d", description="Interactions in thirty days."
    )
    paid_orders: int = strawberry.field(description="Paid orders ever.")
    days_since_joined: int = strawberry.field(description="Days since the member first joined a group.")
    policy_version: int = strawberry.field(description="Version of the tier policy used.")

    @classmethod
    def of(cls, reason: tiers_pb2.TierReason) -> Self:
        return cls(
            rule=reason.rule,
            net_spend_minor=Int64(reason.net_spend_minor),
            interactions_7d=reason.interactions_7d,
            interactions_30d=reason.interactions_30d,
            paid_orders=reason.paid_orders,
            days_since_joined=reason.days_since_joined,
            policy_version=reason.policy_version,
        )


@strawberry.type(description="A member's tier since a moment.")
class TierAssignment:
    tier: Tier = strawberry.field(description="The tier.")
    previous_tier: Tier | None = strawberry.field(description="The tier before; null at first.")
    assigned_at: datetime = strawberry.field(description="Since when.")
    message: strawberry.Private[tiers_pb2.TierAssignment]

    @resolved("Why: the rule and its figures.")
    def reason(self) -> TierReason:
        return TierReason.of(self.message.reason)

    @classmethod
    def of(cls, assignment: tiers_pb2.TierAssignment) -> Self:
        return cls(
            tier=TIERS[assignment.tier],
            previous_tier=TIERS.get(assignment.previous_tier),
            assigned_at=moment(assignment.assigned_at),
            message=assignment,
        )


@strawberry.type(description="RFM scores 1 to 5, and the figures behind them.")
class RfmScore:
    recency: int = strawberry.field(description="R: how lately the member bought.")
    frequency: int = strawberry.field(description="F: how often.")
    monetary: int = strawberry.field(description="M: for how much.")
    days_since_last_order: int | None = strawberry.field(description="Null if none in the window.")
    paid_orders: int = strawberry.field(description="Paid orders in the window.")
    net_spend_minor: Int64 = strawberry.field(description="Net of refunds, minor units.")
    as_of: datetime = strawberry.field(description="Moment the scores hold for.")

    @classmethod
    def of(cls, score: tiers_pb2.RfmScore) -> Self:
        return cls(
            recency=score.recency,
            frequency=score.frequency,
            monetary=score.monetary,
            days_since_last_order=optional(score, "days_since_last_order"),
            paid_orders=score.paid_orders,
            net_spend_minor=Int64(score.net_spend_minor),
            as_of=moment(score.as_of),
        )
