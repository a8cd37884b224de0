"""What another model would have decided about the messages of the last days, before it is in force."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from risk.application.classifier_ports import Classifier
from risk.application.ports import Screeners, UnitOfWork
from risk.application.read_texts import read_texts
from risk.domain.model_replay import Probabilities, replay_models
from risk.domain.replay import Replay


@dataclass(frozen=True, slots=True)
class ClassifierTrial:
    """`is_complete` unless there were more messages than one looks at."""

    replay: Replay
    is_complete: bool


async def try_classifier(
    uow: UnitOfWork, screeners: Screeners, model_id: UUID | None, days: int, now: datetime
) -> ClassifierTrial:
    """Without an id the shipped model; nothing is stored; seconds of a thread at most.

    Raises ClassifierModelNotFound, ClassifierModelNotTrained.
    """
    if model_id is not None:
        (await uow.classifier_models.get(model_id)).require_trained()
    tried = await screeners.classifiers.of(uow.classifier_models, model_id)
    in_force = await screeners.classifiers.in_force(uow.classifier_models)
    screener = await screeners.current(uow.tenant_id, uow.words)
    thresholds = (await uow.policies.current()).thresholds
    newest = await read_texts(uow, now - timedelta(days=days))

    def replayed() -> Replay:
        texts = [it.text for it in newest.kept]
        before, after = _probabilities(in_force, texts), _probabilities(tried, texts)
        return replay_models(newest.kept, before, after, thresholds, screener.lexicon)

    return ClassifierTrial(await asyncio.to_thread(replayed), newest.is_complete)


def _probabilities(classifier: Classifier | None, texts: Sequence[str]) -> Probabilities:
    if classifier is None:
        return [None] * len(texts)
    distinct = list(dict.fromkeys(texts))
    scores = dict(zip(distinct, classifier.score_all(distinct), strict=True))
    return [scores[text].probability for text in texts]
