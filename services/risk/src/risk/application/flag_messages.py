"""Follow-up: tell of the messages that are not simply allowed."""

from collections.abc import Sequence
from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.domain.decision import Decided
from risk.domain.events import MessageFlagged
from risk.domain.policy import RiskPolicy


async def flag_messages(
    uow: UnitOfWork, decided: Sequence[Decided], _policy: RiskPolicy, now: datetime
) -> None:
    flagged = [it.decision for it in decided if it.decision.is_flagged]
    flags = [
        MessageFlagged(d.activity_id, d.group_id, d.member_id, d.screening.verdict, d.categories)
        for d in flagged
    ]
    await uow.publish(*flags, at=now)
