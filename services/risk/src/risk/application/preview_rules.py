"""Rules tried on the messages of the last days, before they are in force."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.application.ports import UnitOfWork
from risk.application.read_past import read_past
from risk.application.rules_in_force import RulesInForce, rules_in_force
from risk.domain.local_time import MINUTES_PER_DAY, instant, local_day
from risk.domain.past_message import PastMessage
from risk.domain.rule_preview import RulePreview, preview
from risk.domain.rule_set import Rulebook, RuleSet
from risk.domain.rules import Rule


@dataclass(frozen=True, slots=True)
class RulesPreview:
    """`is_complete` unless there were more messages than one looks at."""

    preview: RulePreview
    is_complete: bool


async def preview_rules(
    uow: UnitOfWork, rules: Sequence[Rule], group_id: UUID | None, days: int, now: datetime
) -> RulesPreview:
    """As the tenant's rules, or as what is different in a group. Nothing is stored. Raises InvalidRule."""
    RuleSet(version=0, rules=tuple(rules))
    memory = (await uow.policies.current()).memory_of_messages
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    since = now - timedelta(days=days)
    # Quotas are of local days: only those are counted of which every message was read.
    past = await read_past(uow, instant(local_day(since, zone), 0, zone), group_id)
    if not past.is_complete:
        since = max(since, instant(local_day(past.since, zone), MINUTES_PER_DAY, zone))

    def matters(message: PastMessage) -> bool:
        at = message.occurred_at
        return message.group_id is not None and at >= since and at > message.decided_at - memory

    groups = {it.group_id for it in past.messages if it.group_id is not None}
    in_force = await rules_in_force(uow, groups)
    if group_id is None:
        proposed = await rules_in_force(uow, groups, rules)
    else:
        proposed = RulesInForce(Rulebook.of((await uow.rule_sets.current()).rules, rules), {})
    result = await asyncio.to_thread(preview, past.messages, in_force.of, proposed.of, zone, matters)
    return RulesPreview(result, past.is_complete)
