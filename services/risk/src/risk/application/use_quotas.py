"""Messages that flexible rules cover, each with what it uses of its quota."""

from collections.abc import Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.application.ports import UnitOfWork
from risk.application.rules_in_force import rules_in_force
from risk.domain.decision import Message
from risk.domain.quota import QuotaDay, Use, use_quotas


async def flexible_uses(uow: UnitOfWork, fresh: Sequence[Message]) -> Mapping[UUID, Use]:
    """By activity. The tenant's turn was taken before, so that quotas are exact."""
    groups = {message.group_id for message in fresh if message.group_id is not None}
    if not groups:
        return {}
    rules = await rules_in_force(uow, groups)
    covered = [
        (message, message.group_id, rule)
        for message in fresh
        if message.group_id is not None
        and (rule := rules.of(message.group_id).limiting(message.text)) is not None
    ]
    if not covered:
        return {}
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    covered.sort(key=lambda it: (it[0].occurred_at, it[0].activity_id))
    uses = []
    for message, group_id, rule in covered:
        day = message.occurred_at.astimezone(zone).date()
        quota_day = QuotaDay(message.member_id, group_id, rule.key, day)
        uses.append((message.activity_id, quota_day, rule.daily_quota))
    used = await uow.decisions.used_quotas({day for _, day, _ in uses}, zone)
    return use_quotas(uses, used)
