"""A tenant's own models in memory, a classifier that goes by words, and a trainer that learns them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.application.classifier_ports import Classifier, ClassifierModels
from risk.domain.classification import Labelled, Score
from risk.domain.classifier_model import ClassifierModel, ModelState
from risk.domain.errors import ClassifierModelNotFound
from risk.domain.verdict import RiskCategory

from .pages import page_by


@dataclass
class ClassifierRows:
    """What one tenant has stored of its own models."""

    models: dict[UUID, ClassifierModel] = field(default_factory=dict)
    leases: dict[UUID, datetime] = field(default_factory=dict)
    weights: dict[UUID, bytes] = field(default_factory=dict)


class FakeClassifierModels:
    def __init__(self, rows: ClassifierRows) -> None:
        self._rows = rows

    async def take_turn(self) -> None: ...

    async def add(self, model: ClassifierModel) -> None:
        self._rows.models[model.id] = model
        self._rows.leases[model.id] = model.requested_at

    async def get(self, model_id: UUID) -> ClassifierModel:
        if model_id not in self._rows.models:
            raise ClassifierModelNotFound(f"There is no model {model_id}")
        return self._rows.models[model_id]

    async def many(self, ids: Collection[UUID]) -> Sequence[ClassifierModel]:
        return [model for model in self._rows.models.values() if model.id in ids]

    async def page(self, request: PageRequest) -> Page[ClassifierModel]:
        models = list(self._rows.models.values())
        return page_by(models, request, lambda it: (it.requested_at, it.id), newest_first=True)

    async def in_force(self) -> UUID | None:
        return next((it.id for it in self._rows.models.values() if it.state is ModelState.ACTIVE), None)

    async def under_way(self) -> bool:
        return any(it.state is ModelState.TRAINING for it in self._rows.models.values())

    async def save(self, model: ClassifierModel) -> None:
        self._rows.models[model.id] = model

    async def claim(self, model_id: UUID, now: datetime, until: datetime) -> ClassifierModel | None:
        model = self._rows.models[model_id]
        if model.state is not ModelState.TRAINING or self._rows.leases[model_id] > now:
            return None
        self._rows.leases[model_id] = until
        self._rows.models[model_id] = replace(model, attempt=model.attempt + 1)
        return self._rows.models[model_id]

    async def renew(self, model: ClassifierModel, until: datetime) -> bool:
        self._rows.leases[model.id] = until
        return self._is_latest(model)

    async def finish(self, model: ClassifierModel, weights: bytes | None) -> bool:
        if not self._is_latest(model):
            return False
        self._rows.models[model.id] = model
        if weights is not None:
            self._rows.weights[model.id] = weights
        return True

    async def weights(self, model_id: UUID) -> bytes:
        return self._rows.weights[model_id]

    def _is_latest(self, model: ClassifierModel) -> bool:
        stored = self._rows.models[model.id]
        return stored.state is ModelState.TRAINING and stored.attempt == model.attempt


class WordClassifier:
    """Risky is what has one of these words in it. Stored as its words."""

    def __init__(self, *words: str) -> None:
        self._words = words

    @property
    def version(self) -> str:
        return "/".join(self._words)

    def score_all(self, texts: Sequence[str]) -> Sequence[Score]:
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> Score:
        is_risky = any(word in text for word in self._words)
        return Score(RiskCategory.ADVERT if is_risky else None, 0.99 if is_risky else 0.01)


class FakeClassifiers:
    """`shipped`, and models that are stored words."""

    def __init__(self, shipped: Classifier) -> None:
        self._shipped = shipped

    async def in_force(self, models: ClassifierModels) -> Classifier:
        return await self.of(models, await models.in_force())

    async def of(self, models: ClassifierModels, model_id: UUID | None) -> Classifier:
        return self._shipped if model_id is None else await self.read(await models.weights(model_id))

    async def read(self, weights: bytes) -> Classifier:
        return WordClassifier(*weights.decode().split("/"))


class FakeTrainer:
    """Learns the first two characters of risky texts, or fails."""

    def __init__(self, *faults: Exception) -> None:
        self._faults = list(faults)
        self.lessons: list[Sequence[Labelled]] = []

    async def train(self, labelled: Sequence[Labelled]) -> bytes:
        self.lessons.append(labelled)
        if self._faults:
            raise self._faults.pop(0)
        return "/".join(sorted({it.text[:2] for it in labelled if it.is_risky})).encode()
