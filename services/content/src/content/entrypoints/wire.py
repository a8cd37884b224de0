"""Domain values as the messages of proto/quanzi/content/v1, and back."""

from chassis import texts
from chassis.timestamps import optional_timestamp, timestamp
from content.domain.budget import ContactBudget
from content.domain.errors import InvalidPolicy
from content.domain.item import Item
from content.domain.plan import Plan, PlanGap
from content.domain.policy import ContentPolicy, TypeRule
from content.domain.post import Post
from content.enums import (
    CONTENT_FORMATS,
    CONTENT_TYPES,
    ITEM_STATUSES,
    PLAN_STATUSES,
    POST_STATUSES,
    VERDICTS,
)
from quanzi.content.v1 import items_pb2, plans_pb2, policy_pb2

text = texts.load("content")


def item_to_wire(item: Item) -> items_pb2.Item:
    return items_pb2.Item(
        id=str(item.id),
        external_reference=item.external_reference or "",
        type=CONTENT_TYPES.number(item.type),
        format=CONTENT_FORMATS.number(item.format),
        title=item.title,
        body=item.body,
        url=item.url,
        status=ITEM_STATUSES.number(item.status),
        version=item.version,
        screening_verdict=VERDICTS.number(item.screening_verdict),
        status_reason=item.status_reason,
        created_at=timestamp(item.created_at),
        updated_at=timestamp(item.updated_at),
    )


def plan_to_wire(plan: Plan, policy: ContentPolicy) -> plans_pb2.Plan:
    return plans_pb2.Plan(
        id=str(plan.id),
        status=PLAN_STATUSES.number(plan.status),
        start_date=plan.start_date.isoformat(),
        days=plan.days,
        group_ids=[str(group_id) for group_id in plan.group_ids],
        posts_per_day=plan.posts_per_day,
        mix=[
            plans_pb2.MixDeviation(
                type=CONTENT_TYPES.number(entry.type),
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
        type=CONTENT_TYPES.number(gap.type),
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
        type=CONTENT_TYPES.number(post.type),
        due_at=timestamp(post.due_at),
        status=POST_STATUSES.number(post.status),
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
                type=CONTENT_TYPES.number(content_type),
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
        if (content_type := CONTENT_TYPES.optional(rule.type))
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
