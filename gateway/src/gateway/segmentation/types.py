"""Groups, members, tiers and indicators as the graph shows them."""

from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.scalars import Int64
from gateway.values import by_number, moment, optional_moment
from quanzi.inbound.v1 import activity_pb2
from quanzi.segmentation.v1 import groups_pb2, indicators_pb2, members_pb2, tiers_pb2

if TYPE_CHECKING:
    from gateway.content.types import ContactBudget
    from gateway.support.types import Ticket

FromDate = Annotated[date, strawberry.argument(description="First local date, included.")]
ToDate = Annotated[date, strawberry.argument(description="Last local date, included.")]


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


@strawberry.enum(description="Where a tag comes from.")
class TagSource(Enum):
    MANUAL = strawberry.enum_value(members_pb2.TAG_SOURCE_MANUAL, description="Set by staff.")
    RULE = strawberry.enum_value(members_pb2.TAG_SOURCE_RULE, description="Set by a rule.")


@strawberry.enum(description="What a member did.")
class ActivityKind(Enum):
    JOINED = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_JOINED, description="入群")
    LEFT = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_LEFT, description="退群")
    MESSAGE = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_MESSAGE, description="发言")
    LIKE = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_LIKE, description="点赞")
    SHARE = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_SHARE, description="分享")
    CLICK = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_CLICK, description="点击")
    FAVORITE = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_FAVORITE, description="收藏")
    CHECK_IN = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_CHECK_IN, description="打卡")
    UGC = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_UGC, description="用户UGC")
    ORDER_PAID = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_ORDER_PAID, description="订单支付")
    ORDER_REFUNDED = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_ORDER_REFUNDED, description="订单退款")
    INVITE = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_INVITE, description="邀请")
    ANSWER = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_ANSWER, description="回答")


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


TIERS = by_number(Tier)
TAG_SOURCES = by_number(TagSource)
ACTIVITY_KINDS = by_number(ActivityKind)
INDICATOR_KINDS = by_number(IndicatorKind)
INDICATOR_STATUSES = by_number(IndicatorStatus)


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
        known = score.HasField("days_since_last_order")
        return cls(
            recency=score.recency,
            frequency=score.frequency,
            monetary=score.monetary,
            days_since_last_order=score.days_since_last_order if known else None,
            paid_orders=score.paid_orders,
            net_spend_minor=Int64(score.net_spend_minor),
            as_of=moment(score.as_of),
        )


@strawberry.type(description="A tag (标签) of a member.")
class Tag:
    name: str = strawberry.field(description="The tag.")
    source: TagSource = strawberry.field(description="Where it comes from.")
    tagged_at: datetime = strawberry.field(description="Since when.")

    @classmethod
    def of(cls, tag: members_pb2.Tag) -> Self:
        return cls(name=tag.name, source=TAG_SOURCES[tag.source], tagged_at=moment(tag.tagged_at))


@strawberry.type(description="One indicator of one group over a window.")
class Indicator:
    kind: IndicatorKind = strawberry.field(description="Which one.")
    value: float | None = strawberry.field(description="Null when unknown.")
    numerator: float = strawberry.field(description="What is counted.")
    denominator: float = strawberry.field(description="What it is divided by.")
    healthy_from: float = strawberry.field(description="Healthy at or above this.")
    status: IndicatorStatus = strawberry.field(description="How it stands.")
    direction: str = strawberry.field(description="What to do if unhealthy, in Chinese (优化方向).")

    @classmethod
    def of(cls, indicator: indicators_pb2.Indicator) -> Self:
        return cls(
            kind=INDICATOR_KINDS[indicator.kind],
            value=indicator.value if indicator.HasField("value") else None,
            numerator=indicator.numerator,
            denominator=indicator.denominator,
            healthy_from=indicator.healthy_from,
            status=INDICATOR_STATUSES[indicator.status],
            direction=indicator.direction,
        )


@strawberry.type(description="The indicators of a group over a window.")
class GroupIndicators:
    indicators: list[Indicator] = strawberry.field(description="All eight.")
    at_risk_of_leaving: bool = strawberry.field(
        description="Messages per member over seven days are below the early-warning bound (流失预警)."
    )

    @classmethod
    def of(cls, group: indicators_pb2.GroupIndicators) -> Self:
        return cls(
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


@strawberry.type(description="A customer group (顾客群) of up to 500 customers.")
class Group(Node):
    external_reference: str = strawberry.field(description="External chat id, unique in the tenant.")
    name: str = strawberry.field(description="Name shown to operators.")
    owner: str = strawberry.field(description="Staff user id of the owner (群主).")
    size: int = strawberry.field(description="Members present now.")
    created_at: datetime = strawberry.field(description="When it was registered.")
    uuid: strawberry.Private[str]

    @resolved("The eight health indicators over a window of local dates.")
    async def indicators(self, info: Info, from_date: FromDate, to_date: ToDate) -> GroupIndicators | None:
        window = (from_date.isoformat(), to_date.isoformat())
        return await info.context.loaders.segmentation.indicators.load((self.uuid, window))

    @resolved("Facts day by day over a window of local dates; days without facts are left out.")
    async def daily_facts(self, info: Info, from_date: FromDate, to_date: ToDate) -> list[DailyFacts] | None:
        window = (from_date.isoformat(), to_date.isoformat())
        return await info.context.loaders.segmentation.daily_facts.load((self.uuid, window))

    @resolved("Mass messages the group can still receive in a month (触达配额).")
    async def contact_budget(
        self,
        info: Info,
        month: Annotated[str, strawberry.argument(description="Local month, YYYY-MM.")],
    ) -> Annotated["ContactBudget", strawberry.lazy("gateway.content.types")] | None:
        return await info.context.loaders.content.contact_budgets.load((self.uuid, month))

    @classmethod
    def of(cls, group: groups_pb2.Group) -> Self:
        return cls(
            id=global_id("Group", group.id),
            external_reference=group.external_reference,
            name=group.name,
            owner=group.owner,
            size=group.size,
            created_at=moment(group.created_at),
            uuid=group.id,
        )


@strawberry.type(description="A customer (群成员).")
class Member(Node):
    external_reference: str = strawberry.field(description="The customer's id at the source.")
    display_name: str = strawberry.field(description="Name shown in groups.")
    first_seen_at: datetime = strawberry.field(description="First activity.")
    last_seen_at: datetime = strawberry.field(description="Latest activity.")
    tier: TierAssignment | None = strawberry.field(description="Tier (层级); null until first assigned.")
    tags: list[Tag] = strawberry.field(description="Tags (标签), manual and automatic.")
    message: strawberry.Private[members_pb2.Member]

    @resolved("RFM scores; null until first computed.")
    def rfm(self) -> RfmScore | None:
        return RfmScore.of(self.message.rfm) if self.message.HasField("rfm") else None

    @resolved("Stays in groups, present and past.")
    async def memberships(self, info: Info) -> list["Membership"] | None:
        return await info.context.loaders.segmentation.memberships.load(self.message.id)

    @resolved("Groups the member is in now.")
    async def groups(self, info: Info) -> list[Group | None] | None:
        loaders = info.context.loaders.segmentation
        stays = await loaders.memberships.load(self.message.id)
        present = (stay.group_uuid for stay in stays if stay.left_at is None)
        return [loaders.groups.load(uuid) for uuid in present]  # type: ignore[misc] # each awaited alone

    @resolved("Tickets not yet resolved (待处理工单), oldest first, at most 20.")
    async def open_tickets(
        self, info: Info
    ) -> list[Annotated["Ticket", strawberry.lazy("gateway.support.types")]] | None:
        return await info.context.loaders.support.open_tickets.load(self.message.id)

    @classmethod
    def of(cls, member: members_pb2.Member) -> Self:
        return cls(
            id=global_id("Member", member.id),
            external_reference=member.external_reference,
            display_name=member.display_name,
            first_seen_at=moment(member.first_seen_at),
            last_seen_at=moment(member.last_seen_at),
            tier=TierAssignment.of(member.tier) if member.HasField("tier") else None,
            tags=[Tag.of(tag) for tag in member.tags],
            message=member,
        )


@strawberry.type(description="A member's stay in a group.")
class Membership:
    joined_at: datetime = strawberry.field(description="When the member joined (入群).")
    left_at: datetime | None = strawberry.field(
        description="When the member left (退群); null while present."
    )
    group_uuid: strawberry.Private[str]
    invited_by_uuid: strawberry.Private[str]

    @resolved("The group.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.groups.load(self.group_uuid)

    @resolved("Who invited the member (邀请人); null if nobody did.")
    async def invited_by(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.invited_by_uuid)

    @classmethod
    def of(cls, membership: members_pb2.Membership) -> Self:
        return cls(
            joined_at=moment(membership.joined_at),
            left_at=optional_moment(membership.left_at),
            group_uuid=membership.group_id,
            invited_by_uuid=membership.invited_by_id,
        )


@strawberry.type(description="One recorded activity.")
class RecordedActivity:
    kind: ActivityKind = strawberry.field(description="What the member did.")
    occurred_at: datetime = strawberry.field(description="When it happened.")
    amount_minor: Int64 = strawberry.field(
        description="Effect on spend in minor units: above 0 for orders, below for refunds, else 0."
    )
    message: strawberry.Private[members_pb2.RecordedActivity]

    @resolved("Id of the activity, the same in every service.")
    def activity_id(self) -> str:
        return self.message.id

    @resolved("Who.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @resolved("Where; null outside groups.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @classmethod
    def of(cls, activity: members_pb2.RecordedActivity) -> Self:
        return cls(
            kind=ACTIVITY_KINDS[activity.kind],
            occurred_at=moment(activity.occurred_at),
            amount_minor=Int64(activity.amount_minor),
            message=activity,
        )
