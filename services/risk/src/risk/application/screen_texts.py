"""Texts that somebody asks about, such as content before its approval."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from risk.application.ports import Screeners, UnitOfWork
from risk.domain.screening import Screening
from risk.domain.verdict import ScreeningPurpose


@dataclass(frozen=True, slots=True)
class ScreenedTexts:
    """One screening per text, in order."""

    screenings: Sequence[Screening]
    lexicon_version: int
    policy_version: int


async def screen_texts(
    uow: UnitOfWork, screeners: Screeners, texts: Sequence[str], purpose: ScreeningPurpose
) -> ScreenedTexts:
    """Nothing is stored. Screening takes a thread: long texts must not hold up other callers."""
    screener = await screeners.current(uow.tenant_id, uow.words)
    policy = await uow.policies.current()
    screenings = await asyncio.to_thread(screener.screen_all, texts, purpose)
    return ScreenedTexts(screenings, screener.lexicon.version, policy.version)
