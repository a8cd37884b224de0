"""Follow-up: a breach of a mandatory rule in a group becomes a violation with its moderator task."""

from collections.abc import Sequence
from datetime import datetime

from risk.application.ports import FollowUp, Instructions, UnitOfWork
from risk.application.record_breaches import Breach, record_breaches
from risk.domain.decision import Decided
from risk.domain.policy import RiskPolicy
from risk.domain.verdict import RiskCategory, broken_rule


def opening_violations(instructions: Instructions) -> FollowUp:
    """Strikes go by the time of the messages."""

    async def open_violations(
        uow: UnitOfWork, decided: Sequence[Decided], policy: RiskPolicy, now: datetime
    ) -> None:
        in_order = sorted(decided, key=lambda it: it.message.occurred_at)
        breaches = [breach for it in in_order if (breach := _breach(it)) is not None]
        await record_breaches(uow, instructions, breaches, policy, now)

    return open_violations


def _breach(decided: Decided) -> Breach | None:
    """The mandatory rule the message breaks in a group, if that is not part of a breach already opened."""
    message, screening = decided.message, decided.decision.screening
    rule = broken_rule(screening.findings)
    if rule is None or message.group_id is None:
        return None
    if rule is RiskCategory.FLOODING and decided.continues_flood:
        return None
    return Breach(
        message.activity_id,
        message.member_id,
        message.group_id,
        rule,
        screening.verdict,
        screening.masked_text,
    )
