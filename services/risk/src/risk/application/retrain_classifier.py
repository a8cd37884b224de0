"""The tenant asks for a model of its own, learnt from its closed cases."""

import asyncio
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from risk.application.classifier_ports import TRAINING_DUE
from risk.application.ports import UnitOfWork
from risk.domain.classification import Labelled
from risk.domain.classifier_model import ClassifierModel
from risk.domain.errors import ClassifierTrainingUnderWay
from risk.domain.lesson import Lesson, lesson_of
from risk.domain.verdict import RiskCategory

MOST_LABELS = 20_000


async def retrain_classifier(
    uow: UnitOfWork, set_id: UUID | None, requested_by: str, now: datetime
) -> ClassifierModel:
    """It is trained soon, and measured by that frozen set, or by the newest there is.

    Raises EvaluationSetNotFound, TooFewLabels, ClassifierTrainingUnderWay.
    """
    exam = await uow.evaluation_sets.newest() if set_id is None else await uow.evaluation_sets.get(set_id)
    model = ClassifierModel(new_id(), requested_by, now, exam.id if exam else None)
    await read_lesson(uow, model)
    await uow.classifier_models.take_turn()
    if await uow.classifier_models.under_way():
        raise ClassifierTrainingUnderWay("A model is being trained: wait until it is")
    await uow.classifier_models.add(model)
    await uow.timers.schedule(TRAINING_DUE, str(model.id), now)
    return model


async def read_lesson(uow: UnitOfWork, model: ClassifierModel) -> Lesson:
    """Of the latest MOST_LABELS labels as they are now. Raises TooFewLabels."""
    labelled = [_labelled(it.text, it.category) for it in await uow.labels.latest(MOST_LABELS)]
    frozen = await uow.evaluation_sets.texts()
    exam = None
    if model.set_id is not None:
        size = (await uow.evaluation_sets.get(model.set_id)).labels
        items = await uow.evaluation_sets.items(model.set_id, 0, size)
        exam = [_labelled(it.text, it.category) for it in items]
    return await asyncio.to_thread(lesson_of, labelled, frozen, exam)


def _labelled(text: str, category: RiskCategory | None) -> Labelled:
    return Labelled(text, category is not None, category)
