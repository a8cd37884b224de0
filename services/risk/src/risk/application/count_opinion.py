"""Follow-up: what decided messages say of the brand is counted, and judged when five minutes are over."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from risk.application.classifier_ports import Classifier
from risk.application.opinion_ports import OPINION_TICK, Complaints
from risk.application.ports import FollowUp, UnitOfWork
from risk.domain.decision import Decided, Decision
from risk.domain.opinion_counts import BUCKET, Opinion, bucket_of, count
from risk.domain.policy import RiskPolicy
from risk.domain.verdict import RiskCategory, Verdict

_GRACE = timedelta(seconds=20)
"""For messages that are on their way when the five minutes end."""


def counting_opinion(sentiment: Classifier, complaints: Complaints) -> FollowUp:
    """The classifier's probability is that of a negative message."""

    async def count_opinion(
        uow: UnitOfWork, decided: Sequence[Decided], _policy: RiskPolicy, now: datetime
    ) -> None:
        said = [it.message for it in decided if _is_opinion(it.decision)]
        if not said:
            return
        policy = await uow.opinion_policies.current()
        texts = [message.text for message in said]
        scores = await asyncio.to_thread(sentiment.score_all, texts)
        judged = zip(said, scores, complaints.among(texts), strict=True)
        opinions = [
            Opinion(message.group_id, min(message.occurred_at, now), score.probability, is_complaint)
            for message, score, is_complaint in judged
        ]
        await uow.opinions.add(count(opinions, policy.negative_from))
        await schedule_tick(uow, max(opinion.at for opinion in opinions))

    return count_opinion


async def schedule_tick(uow: UnitOfWork, at: datetime) -> None:
    """When the bucket of this moment is over; one timer, however often it is asked for."""
    end = bucket_of(at) + BUCKET
    await uow.timers.schedule(OPINION_TICK, end.isoformat(), end + _GRACE)


def _is_opinion(decision: Decision) -> bool:
    """Adverts and floods say nothing of the brand; abuse does."""
    if decision.screening.verdict is not Verdict.BLOCK:
        return True
    return RiskCategory.ABUSE in decision.categories and not decision.is_flooding
