"""Models kept between batches: the shipped one, and those of the tenants that were asked last."""

import asyncio
from collections import OrderedDict
from uuid import UUID

from risk.adapters.classifier.shipped import StoredClassifier
from risk.application.classifier_ports import Classifier, ClassifierModels

KEPT_MODELS = 8
"""14 MB each."""


class CachedClassifiers:
    """Asks the transaction which model is in force, so that every replica is exact without being told."""

    def __init__(self, shipped: Classifier | None) -> None:
        self._shipped = shipped
        self._by_model: OrderedDict[UUID, Classifier] = OrderedDict()

    async def in_force(self, models: ClassifierModels) -> Classifier | None:
        if self._shipped is None:
            return None
        return await self.of(models, await models.in_force())

    async def of(self, models: ClassifierModels, model_id: UUID | None) -> Classifier | None:
        """Reading one takes a thread, about 0.15 s."""
        if model_id is None:
            return self._shipped
        classifier = self._by_model.get(model_id)
        if classifier is None:
            classifier = await self.read(await models.weights(model_id))
            self._by_model[model_id] = classifier
        self._by_model.move_to_end(model_id)
        if len(self._by_model) > KEPT_MODELS:
            self._by_model.popitem(last=False)
        return classifier

    async def read(self, weights: bytes) -> Classifier:
        classifier = StoredClassifier(weights)
        await asyncio.to_thread(classifier.score_all, [""])
        return classifier
