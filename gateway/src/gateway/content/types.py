"""Items, plans, posts and contact budgets as the graph shows them."""

from datetime import date, datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.risk.types import VERDICTS, Verdict
from gateway.segmentation.groups import Group
from gateway.values import by_number, moment, optional_moment
from quanzi.content.v1 import items_pb2, plans_pb2


@strawberry.enum(description="The five content types (内容类型).")
class ContentType(Enum):
    PRODUCT_KNOWLEDGE = strawberry.enum_value(
        items_pb2.CONTENT_TYPE_PRODUCT_KNOWLEDGE, description="产品知识"
    )
    PROMOTION = strawberry.enum_value(items_pb2.CONTENT_TYPE_PROMOTION, description="促销活动")
    UGC = strawberry.enum_value(items_pb2.CONTENT_TYPE_UGC, description="用户UGC")
    INDUSTRY_NEWS = strawberry.enum_value(items_pb2.CONTENT_TYPE_INDUSTRY_NEWS, description="行业资讯")
    FUN_INTERACTION = strawberry.enum_value(items_pb2.CONTENT_TYPE_FUN_INTERACTION, description="趣味互动")


@strawberry.enum(description="How an item is shown.")
class ContentFormat(Enum):
    TEXT = strawberry.enum_value(items_pb2.CONTENT_FORMAT_TEXT, description="文字")
    IMAGE = strawberry.enum_value(items_pb2.CONTENT_FORMAT_IMAGE, description="图片")
    LINK = strawberry.enum_value(items_pb2.CONTENT_FORMAT_LINK, description="链接")
    MINI_PROGRAM = strawberry.enum_value(items_pb2.CONTENT_FORMAT_MINI_PROGRAM, description="小程序卡片")


@strawberry.enum(description="Approval of an item's current version.")
class ItemStatus(Enum):
    DRAFT = strawberry.enum_value(items_pb2.ITEM_STATUS_DRAFT, description="草稿")
    SUBMITTED = strawberry.enum_value(
        items_pb2.ITEM_STATUS_SUBMITTED, description="待审核: screened, waits for a person."
    )
    APPROVED = strawberry.enum_value(items_pb2.ITEM_STATUS_APPROVED, description="已通过")
    REJECTED = strawberry.enum_value(items_pb2.ITEM_STATUS_REJECTED, description="已驳回")
    BLOCKED = strawberry.enum_value(
        items_pb2.ITEM_STATUS_BLOCKED, description="已拦截: refused by screening."
    )


@strawberry.enum(description="States of a plan.")
class PlanStatus(Enum):
    DRAFT = strawberry.enum_value(plans_pb2.PLAN_STATUS_DRAFT, description="草稿")
    APPROVED = strawberry.enum_value(plans_pb2.PLAN_STATUS_APPROVED, description="已通过")


@strawberry.enum(description="States of a post (推文).")
class PostStatus(Enum):
    PLANNED = strawberry.enum_value(plans_pb2.POST_STATUS_PLANNED, description="已计划")
    APPROVED = strawberry.enum_value(plans_pb2.POST_STATUS_APPROVED, description="已通过")
    ASSIGNED = strawberry.enum_value(plans_pb2.POST_STATUS_ASSIGNED, description="待发送: due, handed out.")
    CONFIRMED = strawberry.enum_value(plans_pb2.POST_STATUS_CONFIRMED, description="已确认: taken on.")
    DELIVERED = strawberry.enum_value(plans_pb2.POST_STATUS_DELIVERED, description="已送达")
    QUOTA_FAILED = strawberry.enum_value(
        plans_pb2.POST_STATUS_QUOTA_FAILED, description="超出配额: the group's monthly quota is used up."
    )
    EXPIRED = strawberry.enum_value(
        plans_pb2.POST_STATUS_EXPIRED, description="已过期: not delivered within its grace."
    )


@strawberry.enum(description="What is reported about a post.")
class DeliveryOutcome(Enum):
    CONFIRMED = strawberry.enum_value(
        plans_pb2.DELIVERY_OUTCOME_CONFIRMED, description="Taken on, not sent yet."
    )
    DELIVERED = strawberry.enum_value(plans_pb2.DELIVERY_OUTCOME_DELIVERED, description="Sent (已送达).")
    QUOTA_FAILED = strawberry.enum_value(
        plans_pb2.DELIVERY_OUTCOME_QUOTA_FAILED, description="WeCom refused: quota used up (超出配额)."
    )


CONTENT_TYPES = by_number(ContentType)
CONTENT_FORMATS = by_number(ContentFormat)
ITEM_STATUSES = by_number(ItemStatus)
PLAN_STATUSES = by_number(PlanStatus)
POST_STATUSES = by_number(PostStatus)


@strawberry.type(description="A library item (内容素材).")
class Item(Node):
    external_reference: str | None = strawberry.field(description="Your own id of it.")
    type: ContentType = strawberry.field(description="Content type.")
    format: ContentFormat = strawberry.field(description="How it is shown.")
    title: str = strawberry.field(description="Title.")
    body: str = strawberry.field(description="Text.")
    url: str | None = strawberry.field(description="Image, link or mini-program path, by format.")
    status: ItemStatus = strawberry.field(description="Approval of this version.")
    version: int = strawberry.field(description="Counts revisions from 1.")
    screening_verdict: Verdict | None = strawberry.field(description="What screening said of this version.")
    status_reason: str | None = strawberry.field(description="Why it was rejected or blocked, in Chinese.")
    created_at: datetime = strawberry.field(description="When it was added.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @classmethod
    def of(cls, item: items_pb2.Item) -> Self:
        return cls(
            id=global_id("Item", item.id),
            external_reference=item.external_reference or None,
            type=CONTENT_TYPES[item.type],
            format=CONTENT_FORMATS[item.format],
            title=item.title,
            body=item.body,
            url=item.url or None,
            status=ITEM_STATUSES[item.status],
            version=item.version,
            screening_verdict=VERDICTS.get(item.screening_verdict),
            status_reason=item.status_reason or None,
            created_at=moment(item.created_at),
            updated_at=moment(item.updated_at),
        )


@strawberry.type(description="Planned share of a type beside what whole posts allow (内容配比).")
class MixDeviation:
    type: ContentType = strawberry.field(description="Content type.")
    target_share: float = strawberry.field(description="Wanted, 0 to 1.")
    posts: int = strawberry.field(description="Posts of the type.")
    actual_share: float = strawberry.field(description="Reached, 0 to 1.")

    @classmethod
    def of(cls, deviation: plans_pb2.MixDeviation) -> Self:
        return cls(
            type=CONTENT_TYPES[deviation.type],
            target_share=deviation.target_share,
            posts=deviation.posts,
            actual_share=deviation.actual_share,
        )


@strawberry.type(description="Something the plan could not satisfy.")
class PlanGap:
    day: date = strawberry.field(name="date", description="Local date.")
    type: ContentType | None = strawberry.field(description="Content type, if one is concerned.")
    reason: str = strawberry.field(description="NO_ITEM_LEFT, CONTACT_BUDGET_EXHAUSTED, DAILY_CAP …")
    explanation: str = strawberry.field(description="The same in Chinese.")
    group_uuid: strawberry.Private[str]

    @resolved("The group.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.group_uuid)

    @classmethod
    def of(cls, gap: plans_pb2.PlanGap) -> Self:
        return cls(
            day=date.fromisoformat(gap.date),
            type=CONTENT_TYPES.get(gap.type),
            reason=gap.reason,
            explanation=gap.explanation,
            group_uuid=gap.group_id,
        )


@strawberry.type(description="A generated plan of posts (内容计划).")
class Plan(Node):
    status: PlanStatus = strawberry.field(description="State.")
    start_date: date = strawberry.field(description="First local date.")
    days: int = strawberry.field(description="How many days.")
    posts_per_day: int = strawberry.field(description="Posts per group and day.")
    mix: list[MixDeviation] = strawberry.field(description="Mix wanted and reached.")
    gaps: list[PlanGap] = strawberry.field(description="What could not be satisfied.")
    created_at: datetime = strawberry.field(description="When it was generated.")
    group_uuids: strawberry.Private[list[str]]

    @resolved("The groups it is for.")
    def groups(self, info: Info) -> list[Group | None]:
        groups = info.context.loaders.segmentation.groups
        return [groups.load(uuid) for uuid in self.group_uuids]  # type: ignore[misc] # each awaited alone

    @classmethod
    def of(cls, plan: plans_pb2.Plan) -> Self:
        return cls(
            id=global_id("Plan", plan.id),
            status=PLAN_STATUSES[plan.status],
            start_date=date.fromisoformat(plan.start_date),
            days=plan.days,
            posts_per_day=plan.posts_per_day,
            mix=[MixDeviation.of(deviation) for deviation in plan.mix],
            gaps=[PlanGap.of(gap) for gap in plan.gaps],
            created_at=moment(plan.created_at),
            group_uuids=list(plan.group_ids),
        )


@strawberry.type(description="One item for one group at one time (推文).")
class Post(Node):
    item_version: int = strawberry.field(description="Version of the item that goes out.")
    type: ContentType = strawberry.field(description="Content type.")
    due_at: datetime = strawberry.field(description="When it goes out.")
    status: PostStatus = strawberry.field(description="State.")
    delivered_at: datetime | None = strawberry.field(description="When it reached the group.")
    reminders: int = strawberry.field(description="Reminders sent, at most 3 in 24 hours.")
    message: strawberry.Private[plans_pb2.Post]

    @resolved("The plan it belongs to.")
    async def plan(self, info: Info) -> Plan | None:
        return await info.context.loaders.content.plan(self.message.plan_id)

    @resolved("The item.")
    async def item(self, info: Info) -> Item | None:
        return await info.context.loaders.content.items.load(self.message.item_id)

    @resolved("The group.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.groups.load(self.message.group_id)

    @classmethod
    def of(cls, post: plans_pb2.Post) -> Self:
        return cls(
            id=global_id("Post", post.id),
            item_version=post.item_version,
            type=CONTENT_TYPES[post.type],
            due_at=moment(post.due_at),
            status=POST_STATUSES[post.status],
            delivered_at=optional_moment(post.delivered_at),
            reminders=post.reminders,
            message=post,
        )


@strawberry.type(description="How many mass messages a group can still receive in a month (触达配额).")
class ContactBudget:
    month: str = strawberry.field(description="Local month, YYYY-MM.")
    limit: int = strawberry.field(description="As many as the month has days, unless WeCom is set otherwise.")
    reserved: int = strawberry.field(description="Planned and not sent yet.")
    sent: int = strawberry.field(description="Sent.")
    remaining: int = strawberry.field(description="Still free.")

    @classmethod
    def of(cls, budget: plans_pb2.ContactBudget) -> Self:
        return cls(
            month=budget.month,
            limit=budget.limit,
            reserved=budget.reserved,
            sent=budget.sent,
            remaining=budget.remaining,
        )
