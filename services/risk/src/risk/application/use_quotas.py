"""Messages that flexible rules cover, each with what it uses of its quota."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.application.persons import Persons
from risk.application.ports import UnitOfWork
from risk.application.rules_in_force import rules_in_force
from risk.domain.decision import Message
from risk.domain.quota import QuotaDay, Use, Used, use_quotas


async def flexible_uses(uow: UnitOfWork, fresh: Sequence[Message], persons: Persons) -> Mapping[UUID, Use]:
    """By activity, for persons. The tenant's turn was taken before, so that quotas are exact."""
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
        quota_day = QuotaDay(persons.one(message.member_id), group_id, rule.key, day)
        uses.append((message.activity_id, quota_day, rule.daily_quota))
    asked = {
        replace(day, member_id=member_id): quota
        for _, day, quota in uses
        for member_id in persons.ids(day.member_id)
    }
    used: defaultdict[QuotaDay, Used] = defaultdict(Used)
    for day_of_id, of_id in (await uow.decisions.used_quotas(asked, zone)).items():
        day_of_person = replace(day_of_id, member_id=persons.one(day_of_id.member_id))
        used[day_of_person] += of_id
    return use_quotas(uses, used)
