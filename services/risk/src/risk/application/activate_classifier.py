"""Another model judges messages, from the next batch on, everywhere."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.application.revert_classifier import retire_in_force
from risk.domain.classifier_model import ClassifierModel
from risk.domain.events import ClassifierActivated


async def activate_classifier(
    uow: UnitOfWork, model_id: UUID, activated_by: str, now: datetime
) -> ClassifierModel:
    """In place of the one in force; the one in force stays as it is.

    Raises ClassifierModelNotFound, ClassifierModelNotTrained, ClassifierTooInaccurate.
    """
    await uow.classifier_models.take_turn()
    model = await uow.classifier_models.get(model_id)
    if await uow.classifier_models.in_force() == model_id:
        return model
    policy = await uow.policies.current()
    activated = model.activated(policy.classifier_least_accuracy, activated_by, now)
    await retire_in_force(uow)
    await uow.classifier_models.save(activated)
    await uow.publish(ClassifierActivated(activated.version, model_id, now), at=now)
    return activated
