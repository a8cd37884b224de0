"""Replace the prediction policy of the tenant."""

from dataclasses import replace
from datetime import datetime

from segmentation.application.ports import UnitOfWork
from segmentation.domain.errors import StaleVersion
from segmentation.domain.predictions import PredictionPolicy


async def update_prediction_policy(
    uow: UnitOfWork, proposed: PredictionPolicy, expected_version: int, now: datetime
) -> PredictionPolicy:
    """Takes effect with the next fit. The same policy again changes nothing.

    Raises StaleVersion unless `expected_version` is in force.
    """
    current = await uow.predictions.replaceable_policy()
    if replace(proposed, version=current.version) == current:
        return current
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    policy = replace(proposed, version=current.version + 1)
    await uow.predictions.add_policy(policy, now)
    return policy
