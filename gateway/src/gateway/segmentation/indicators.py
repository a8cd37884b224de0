"""The eight indicators of a group, and the daily facts they are computed from."""

from datetime import date
from enum import Enum
from typing import Self

import strawberry

from gateway.scalars import Int64
from gateway.values import by_number, optional
from quanzi.segmentation.v1 import indicators_pb2


@strawberry.enum(description="The eight indicators of a group (数据监控).")
class IndicatorKind(Enum):
    MESSAGES_PER_DAY = strawberry.enum_value(
        indicators_pb2.INDICATOR_KIND_MESSAGES_PER_DAY, description="日均发言量: messages per local day."
    )
    INTERACTIONS_PER_MEMBER_DAY = strawberry.enum_value(
        indicators_pb2.INDICATOR_KIND_INTERACTIONS_PER_MEMBER_DAY,
        description="人均互动次数: interactions per member-day.",
    )
    CLICK_RATE = strawberry.enum_value(
        indicators_pb2.INDICATOR_KIND_CLICK_RATE, description="活动点击率: clickers per member reached."
    )
    ORDER_RATE = strawberry.enum_value(
        indicators_pb2.INDICATOR_KIND_ORDER_RATE, description="订单转化率: buyers per clicker."
    )
    RETENTION_7D = strawberry.enum_value(indicators_pb2.INDICATOR_KIND_RETENTION_7D, description="7日留存")
    RETENTION_30D = strawberry.enum_value(indicators_pb2.INDICATOR_KIND_RETENTION_30D, description="30日留存")
    SHARE_RATE = strawberry.enum_value(
        indicators_pb2.INDICATOR_KIND_SHARE_RATE, description="分享率: sharers per member reached."
    )
    INVITE_COEFFICIENT = strawberry.enum_value(
        indicators_pb2.INDICATOR_KIND_INVITE_COEFFICIENT, description="邀请系数: invited joiners per inviter."
    )


@strawberry.enum(description="How an indicator stands against its threshold.")
class IndicatorStatus(Enum):
    HEALTHY = strawberry.enum_value(indicators_pb2.INDICATOR_STATUS_HEALTHY, description="At or above it.")
    UNHEALTHY = strawberry.enum_value(indicators_pb2.INDICATOR_STATUS_UNHEALTHY, description="Below it.")
    UNKNOWN = strawberry.enum_value(
        indicators_pb2.INDICATOR_STATUS_UNKNOWN, description="Too few data to say."
    )


INDICATOR_KINDS = by_number(IndicatorKind)
INDICATOR_STATUSES = by_number(IndicatorStatus)


@strawberry.type(description="One indicator of one group over a window.")
class Indicator:
    kind: IndicatorKind = strawberry.field(description="Which one.")
    value: float | None = strawberry.field(description="Null when unknown.")
    numerator: float = strawberry.field(description="What is counted.")
    denominator: float = strawberry.field(description="What it is divided by.")
    healthy_from: float = strawberry.field(description="Healthy at or above this.")
    status: IndicatorStatus = strawberry.field(description="How it stands.")
    direction: str = strawberry.field(description="What to do if unhealthy, in Chinese (优化方向).")
    previous_value: float | None = strawberry.field(
        description="Of the window just before; null unless compared, or if unknown then."
    )
    change: float | None = strawberry.field(
        description="Relative change since then (环比), 0.1 for ten percent more; null if unknown."
    )

    @classmethod
    def of(cls, indicator: indicators_pb2.Indicator) -> Self:
        return cls(
            kind=INDICATOR_KINDS[indicator.kind],
            value=optional(indicator, "value"),
            numerator=indicator.numerator,
            denominator=indicator.denominator,
            healthy_from=indicator.healthy_from,
            status=INDICATOR_STATUSES[indicator.status],
            direction=indicator.direction,
            previous_value=optional(indicator, "previous_value"),
            change=optional(indicator, "change"),
        )


@strawberry.type(description="The indicators of a group, or of all together, over a window.")
class GroupIndicators:
    from_date: date = strawberry.field(description="First local date of the window.")
    to_date: date = strawberry.field(description="Last local date of the window.")
    indicators: list[Indicator] = strawberry.field(description="All eight.")
    at_risk_of_leaving: bool = strawberry.field(
        description="Messages per member over seven days are below the early-warning bound (流失预警)."
    )

    @classmethod
    def of(cls, group: indicators_pb2.GroupIndicators) -> Self:
        return cls(
            from_date=date.fromisoformat(group.from_date),
            to_date=date.fromisoformat(group.to_date),
            indicators=[Indicator.of(indicator) for indicator in group.indicators],
            at_risk_of_leaving=group.at_risk_of_leaving,
        )


@strawberry.type(description="Facts of a group on one local day: what every indicator is computed from.")
class DailyFacts:
    day: date = strawberry.field(name="date", description="Local date in the tenant's zone.")
    messages: int = strawberry.field(description="Messages.")
    interactions: int = strawberry.field(description="Interactions of all kinds.")
    members_present: int = strawberry.field(description="Members present on that day.")
    joined: int = strawberry.field(description="Members who joined.")
    left: int = strawberry.field(description="Members who left.")
    clicks: int = strawberry.field(description="Clicks.")
    shares: int = strawberry.field(description="Shares.")
    orders: int = strawberry.field(description="Paid orders.")
    net_spend_minor: Int64 = strawberry.field(description="Net of refunds, minor units.")

    @classmethod
    def of(cls, facts: indicators_pb2.DailyFacts) -> Self:
        return cls(
            day=date.fromisoformat(facts.date),
            messages=facts.messages,
            interactions=facts.interactions,
            members_present=facts.members_present,
            joined=facts.joined,
            left=facts.left,
            clicks=facts.clicks,
            shares=facts.shares,
            orders=facts.orders,
            net_spend_minor=Int64(facts.net_spend_minor),
        )
