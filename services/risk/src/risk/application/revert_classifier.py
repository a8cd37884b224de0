"""The shipped model judges messages again, from the next batch on, everywhere."""

import asyncio
from datetime import datetime

from risk.application.classifier_ports import Classifier
from risk.application.ports import Screeners, UnitOfWork
from risk.domain.classifier_model import ClassifierModel
from risk.domain.events import ClassifierActivated


async def revert_classifier(uow: UnitOfWork, screeners: Screeners, now: datetime) -> ClassifierModel | None:
    """The model that was in force; None: the shipped one was."""
    await uow.classifier_models.take_turn()
    retired = await retire_in_force(uow)
    if retired is not None:
        shipped = await screeners.classifiers.of(uow.classifier_models, None)
        version = await asyncio.to_thread(_version, shipped)
        await uow.publish(ClassifierActivated(version, None, now), at=now)
    return retired


async def retire_in_force(uow: UnitOfWork) -> ClassifierModel | None:
    """In one's turn. None: the shipped one is in force."""
    model_id = await uow.classifier_models.in_force()
    if model_id is None:
        return None
    retired = (await uow.classifier_models.get(model_id)).retired()
    await uow.classifier_models.save(retired)
    return retired


def _version(classifier: Classifier | None) -> str:
    """For a thread: the model may have to be read."""
    return classifier.version if classifier else ""
