"""What another policy would have decided about the messages of the last days, before it is in force."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from risk.application.classifier_ports import Classifier
from risk.application.ports import Screeners, UnitOfWork
from risk.application.read_past import read_past
from risk.domain.past_message import PastMessage
from risk.domain.policy import RiskPolicy
from risk.domain.policy_replay import PolicyReplay, replay_policy
from risk.domain.replay import found_in_text
from risk.domain.verdict import Verdict, highest

_ASKED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class PolicyPreview:
    """`is_complete` unless there were more messages than one looks at."""

    replay: PolicyReplay
    is_complete: bool


async def preview_risk_policy(
    uow: UnitOfWork, screeners: Screeners, policy: RiskPolicy, days: int, now: datetime
) -> PolicyPreview:
    """Of messages written in these days. Nothing is stored."""
    screener = await screeners.current(uow.tenant_id, uow.words)
    # What was written in these days follows what was decided a window before them, or later.
    window = max(policy.flood_window, policy.copy_window)
    since = now - timedelta(days=days)
    past = await read_past(uow, since - window)
    messages = list(past.messages)
    classifier = await screeners.classifiers.in_force(uow.classifier_models)
    if classifier and policy.thresholds.matter:
        await _ask(classifier, messages)
    written_since = max(since, past.since + window)
    replay = await asyncio.to_thread(replay_policy, messages, policy, screener.lexicon, written_since)
    return PolicyPreview(replay, past.is_complete)


async def _ask(classifier: Classifier, messages: list[PastMessage]) -> None:
    """About those it was not asked about then, and could be; in portions, so that a deadline is kept."""
    unasked = [
        (number, it.text)
        for number, it in enumerate(messages)
        if it.probability is None
        and it.text is not None
        and highest(found_in_text(it.findings)) is not Verdict.BLOCK
    ]
    for start in range(0, len(unasked), _ASKED_AT_ONCE):
        portion = unasked[start : start + _ASKED_AT_ONCE]
        scores = await asyncio.to_thread(classifier.score_all, [text for _, text in portion])
        for (number, _), score in zip(portion, scores, strict=True):
            messages[number] = replace(messages[number], probability=score.probability)
