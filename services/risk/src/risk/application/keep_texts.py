"""Masked texts of messages are kept for as long as the policy says, to test words on."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from risk.application.lexicon_ports import TEXTS_EXPIRY
from risk.application.ports import UnitOfWork
from risk.domain.decision import Decided
from risk.domain.policy import RiskPolicy

_FORGOTTEN_AT_ONCE = 10_000


async def keep_texts(uow: UnitOfWork, decided: Sequence[Decided], policy: RiskPolicy, now: datetime) -> None:
    """Each until the end of its last day (UTC): one timer a day of messages."""
    if not policy.keep_texts_days or not decided:
        return
    await uow.texts.add(decided)
    last_day = (now + policy.keeping_of_texts).astimezone(UTC).date()
    midnight = datetime(last_day.year, last_day.month, last_day.day, tzinfo=UTC) + timedelta(days=1)
    await uow.timers.schedule(TEXTS_EXPIRY, str(last_day), midnight)


async def forget_texts(uow: UnitOfWork, key: str, now: datetime) -> None:
    """Those older than the policy in force allows; of a large number the rest in the next transaction."""
    policy = await uow.policies.current()
    forgotten = await uow.texts.forget(now - policy.keeping_of_texts, _FORGOTTEN_AT_ONCE)
    if forgotten == _FORGOTTEN_AT_ONCE:
        await uow.timers.schedule(TEXTS_EXPIRY, key, now)
