"""What another model would have decided about the messages of the last days, before it is in force."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from risk.application.classifier_ports import Classifier
from risk.application.ports import Screeners, UnitOfWork
from risk.domain.model_replay import Probabilities, replay_models
from risk.domain.replay import Replay

MOST_MESSAGES = 10_000


@dataclass(frozen=True, slots=True)
class ClassifierTrial:
    """`is_complete` unless there were more messages than one looks at."""

    replay: Replay
    is_complete: bool


async def try_classifier(
    uow: UnitOfWork, screeners: Screeners, model_id: UUID | None, days: int, now: datetime
) -> ClassifierTrial:
    """Without an id the shipped model; nothing is stored.

    Raises ClassifierModelNotFound, ClassifierModelNotTrained.
    """
    if model_id is not None:
        (await uow.classifier_models.get(model_id)).require_trained()
    tried = await screeners.classifiers.of(uow.classifier_models, model_id)
    in_force = await screeners.classifiers.in_force(uow.classifier_models)
    screener = await screeners.current(uow.tenant_id, uow.words)
    thresholds = (await uow.policies.current()).thresholds
    found = await uow.texts.newest(now - timedelta(days=days), MOST_MESSAGES + 1)
    kept = found[:MOST_MESSAGES]

    def replayed() -> Replay:
        texts = [it.text for it in kept]
        before, after = _probabilities(in_force, texts), _probabilities(tried, texts)
        return replay_models(kept, before, after, thresholds, screener.lexicon)

    return ClassifierTrial(await asyncio.to_thread(replayed), is_complete=len(found) == len(kept))


def _probabilities(classifier: Classifier | None, texts: Sequence[str]) -> Probabilities:
    if classifier is None:
        return [None] * len(texts)
    distinct = list(dict.fromkeys(texts))
    scores = dict(zip(distinct, classifier.score_all(distinct), strict=True))
    return [scores[text].probability for text in texts]
