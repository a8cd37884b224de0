"""Domain values as the messages of proto/quanzi/content/v1, and back."""

from uuid import UUID

from chassis.timestamps import optional_timestamp, timestamp
from content.chinese import text
from content.domain.budget import ContactBudget
from content.domain.content_type import ContentFormat
from content.domain.errors import InvalidPolicy
from content.domain.item import Item, ItemStatus
from content.domain.plan import Plan, PlanGap
from content.domain.policy import ContentPolicy, TypeRule
from content.domain.post import DeliveryOutcome, Post, PostStatus
from content.wire import content_type_of, content_type_value
from quanzi.content.v1 import items_pb2, plans_pb2, policy_pb2
from quanzi.risk.v1 import screening_pb2


def optional_id(value: str) -> UUID | None:
    return UUID(value) if value else None


def content_format(value: items_pb2.ContentFormat.ValueType) -> ContentFormat:
    return ContentFormat[items_pb2.ContentFormat.Name(value).removeprefix("CONTENT_FORMAT_")]


def item_status(value: items_pb2.ItemStatus.ValueType) -> ItemStatus | None:
    """None for unspecified: any."""
    return ItemStatus[items_pb2.ItemStatus.Name(value).removeprefix("ITEM_STATUS_")] if value else None


def post_status(value: plans_pb2.PostStatus.ValueType) -> PostStatus | None:
    """None for unspecified: any."""
    return PostStatus[plans_pb2.PostStatus.Name(value).removeprefix("POST_STATUS_")] if value else None


def delivery_outcome(value: plans_pb2.DeliveryOutcome.ValueType) -> DeliveryOutcome:
    return DeliveryOutcome[plans_pb2.DeliveryOutcome.Name(value).removeprefix("DELIVERY_OUTCOME_")]


def item_to_wire(item: Item) -> items_pb2.Item:
    verdict = f"VERDICT_{item.screening_verdict.name if item.screening_verdict else 'UNSPECIFIED'}"
    return items_pb2.Item(
        id=str(item.id),
        external_reference=item.external_reference or "",
        type=content_type_value(item.type),
        format=items_pb2.ContentFormat.Value(f"CONTENT_FORMAT_{item.format.name}"),
        title=item.title,
        body=item.body,
        url=item.url,
        status=items_pb2.ItemStatus.Value(f"ITEM_STATUS_{item.status.name}"),
        version=item.version,
        screening_verdict=screening_pb2.Verdict.Value(verdict),
        status_reason=item.status_reason,
        created_at=timestamp(item.created_at),
        updated_at=timestamp(item.updated_at),
    )


def plan_to_wire(plan: Plan, policy: ContentPolicy) -> plans_pb2.Plan:
    return plans_pb2.Plan(
        id=str(plan.id),
        status=plans_pb2.PlanStatus.Value(f"PLAN_STATUS_{plan.status.name}"),
        start_date=plan.start_date.isoformat(),
        days=plan.days,
        group_ids=[str(group_id) for group_id in plan.group_ids],
        posts_per_day=plan.posts_per_day,
        mix=[
            plans_pb2.MixDeviation(
                type=content_type_value(entry.type),
                target_share=entry.target_share,
                posts=entry.posts,
                actual_share=entry.actual_share,
            )
            for entry in plan.mix
        ],
        gaps=[_gap_to_wire(gap, policy) for gap in plan.gaps],
        created_at=timestamp(plan.created_at),
    )


def _gap_to_wire(gap: PlanGap, policy: ContentPolicy) -> plans_pb2.PlanGap:
    limits = {
        "no_repeat_days": policy.no_repeat_days,
        "daily_cap": policy.daily_cap,
        "min_spacing_minutes": policy.min_spacing_minutes,
    }
    return plans_pb2.PlanGap(
        group_id=str(gap.group_id),
        date=gap.day.isoformat(),
        type=content_type_value(gap.type),
        reason=gap.reason.value,
        explanation=text("gap", gap.reason, **limits),
    )


def post_to_wire(post: Post) -> plans_pb2.Post:
    return plans_pb2.Post(
        id=str(post.id),
        plan_id=str(post.plan_id),
        group_id=str(post.group_id),
        item_id=str(post.item_id),
        item_version=post.item_version,
        type=content_type_value(post.type),
        due_at=timestamp(post.due_at),
        status=plans_pb2.PostStatus.Value(f"POST_STATUS_{post.status.name}"),
        delivered_at=optional_timestamp(post.delivered_at),
        reminders=post.reminders,
    )


def budget_to_wire(budget: ContactBudget) -> plans_pb2.ContactBudget:
    return plans_pb2.ContactBudget(
        group_id=str(budget.key.group_id),
        month=budget.key.month,
        limit=budget.limit,
        reserved=budget.reserved,
        sent=budget.sent,
        remaining=budget.remaining,
    )


def policy_to_wire(policy: ContentPolicy) -> policy_pb2.ContentPolicy:
    return policy_pb2.ContentPolicy(
        version=policy.version,
        types=[
            policy_pb2.TypeRule(
                type=content_type_value(content_type),
                share=rule.share,
                slot_start_minute=rule.slot_start_minute,
                slot_end_minute=rule.slot_end_minute,
            )
            for content_type, rule in policy.types.items()
        ],
        no_repeat_days=policy.no_repeat_days,
        quiet_start_minute=policy.quiet_start_minute,
        quiet_end_minute=policy.quiet_end_minute,
        min_spacing_minutes=policy.min_spacing_minutes,
        daily_cap=policy.daily_cap,
        grace_minutes=policy.grace_minutes,
        delivery_minutes=policy.delivery_minutes,
        reminder_minutes=policy.reminder_minutes,
    )


def policy_of(message: policy_pb2.ContentPolicy) -> ContentPolicy:
    """Raises InvalidPolicy."""
    types = {
        content_type: TypeRule(rule.share, rule.slot_start_minute, rule.slot_end_minute)
        for rule in message.types
        if (content_type := content_type_of(rule.type))
    }
    if len(types) != len(message.types):
        raise InvalidPolicy("A content type has two rules.", "types")
    return ContentPolicy(
        types=types,
        no_repeat_days=message.no_repeat_days,
        quiet_start_minute=message.quiet_start_minute,
        quiet_end_minute=message.quiet_end_minute,
        min_spacing_minutes=message.min_spacing_minutes,
        daily_cap=message.daily_cap,
        grace_minutes=message.grace_minutes,
        delivery_minutes=message.delivery_minutes,
        reminder_minutes=tuple(message.reminder_minutes),
    )
