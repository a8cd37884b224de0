"""Follow-up: a breach of a rule of the group becomes a violation with its moderator task."""

from collections.abc import Sequence
from datetime import datetime

from risk.application.ports import FollowUp, Instructions, UnitOfWork
from risk.application.record_breaches import Breach, record_breaches
from risk.application.rules_in_force import RulesInForce, rules_in_force
from risk.domain.decision import Decided
from risk.domain.policy import RiskPolicy
from risk.domain.verdict import RiskCategory


def opening_violations(instructions: Instructions) -> FollowUp:
    """Strikes go by the time of the messages."""

    async def open_violations(
        uow: UnitOfWork, decided: Sequence[Decided], policy: RiskPolicy, now: datetime
    ) -> None:
        found = [it for it in decided if it.decision.screening.findings]
        groups = {it.message.group_id for it in found if it.message.group_id is not None}
        if not groups:
            return
        rules = await rules_in_force(uow, groups)
        in_order = sorted(found, key=lambda it: it.message.occurred_at)
        breaches = [breach for it in in_order if (breach := _breach(it, rules)) is not None]
        await record_breaches(uow, instructions, breaches, policy, now)

    return open_violations


def _breach(decided: Decided, rules: RulesInForce) -> Breach | None:
    """The rule the message breaks in a group, if that is not part of a breach already opened."""
    message, screening = decided.message, decided.decision.screening
    if message.group_id is None:
        return None
    broken = rules.of(message.group_id).broken(screening.findings)
    if broken is None:
        return None
    rule, category = broken
    if category is RiskCategory.FLOODING and decided.continues_flood:
        return None
    return Breach(
        message.activity_id,
        message.member_id,
        message.group_id,
        category,
        screening.verdict,
        screening.masked_text,
        rule,
    )
