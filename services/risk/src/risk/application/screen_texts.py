"""Texts that somebody asks about, such as content before its approval."""

from collections.abc import Sequence
from dataclasses import dataclass

from risk.application.judge_texts import current_judge, judge_texts
from risk.application.ports import Screeners, UnitOfWork
from risk.domain.screening import Screening
from risk.domain.verdict import ScreeningPurpose


@dataclass(frozen=True, slots=True)
class ScreenedTexts:
    """One screening per text, in order. `model_version` is empty when no classifier was asked."""

    screenings: Sequence[Screening]
    lexicon_version: int
    policy_version: int
    model_version: str


async def screen_texts(
    uow: UnitOfWork, screeners: Screeners, texts: Sequence[str], purpose: ScreeningPurpose
) -> ScreenedTexts:
    """Nothing is stored. Content of the brand is judged by words and patterns alone."""
    policy = await uow.policies.current()
    judge = await current_judge(uow, screeners, policy, purpose)
    screenings = await judge_texts(judge, texts)
    return ScreenedTexts(screenings, judge.screener.lexicon.version, policy.version, judge.model_version)
