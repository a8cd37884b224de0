"""What use cases need of classifiers, and of a tenant's own models."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.domain.classification import Labelled, Score
from risk.domain.classifier_model import ClassifierModel

TRAINING_DUE = "classifier-training"


class Classifier(Protocol):
    """A model of one version. Scoring takes no await: call it in a thread when the batch is large."""

    @property
    def version(self) -> str: ...

    def score_all(self, texts: Sequence[str]) -> Sequence[Score]:
        """One score per text, in order. Bounded in time: a text is cut at MAX_CODE_POINTS."""
        ...


class ClassifierTrainer(Protocol):
    """Learns from a tenant's own labels, starting from the shipped model."""

    async def train(self, labelled: Sequence[Labelled]) -> bytes:
        """The new model, to be stored. Raises TooFewLabels; what else it raises may pass."""
        ...


class ClassifierModels(Protocol):
    """The tenant's own models; of each the weights, apart."""

    async def take_turn(self) -> None:
        """Wait until nobody else changes which model is trained or in force, and keep others waiting."""
        ...

    async def add(self, model: ClassifierModel) -> None: ...

    async def get(self, model_id: UUID) -> ClassifierModel:
        """Raises ClassifierModelNotFound."""
        ...

    async def many(self, ids: Collection[UUID]) -> Sequence[ClassifierModel]:
        """Those that exist."""
        ...

    async def page(self, request: PageRequest) -> Page[ClassifierModel]:
        """Newest first. Raises InvalidCursor."""
        ...

    async def in_force(self) -> UUID | None:
        """The one that judges messages; None: the shipped one does."""
        ...

    async def under_way(self) -> bool:
        """Whether one is being trained, or waits for it."""
        ...

    async def save(self, model: ClassifierModel) -> None:
        """A new state, in one's turn."""
        ...

    async def claim(self, model_id: UUID, now: datetime, until: datetime) -> ClassifierModel | None:
        """Begins an attempt to train one that is to be trained and that nobody works on."""
        ...

    async def renew(self, model: ClassifierModel, until: datetime) -> bool:
        """False if its attempt is not the latest any more."""
        ...

    async def finish(self, model: ClassifierModel, weights: bytes | None) -> bool:
        """Trained or failed. False, and nothing is kept, if its attempt is not the latest any more."""
        ...

    async def weights(self, model_id: UUID) -> bytes:
        """Of a trained one."""
        ...


class Classifiers(Protocol):
    """What judges messages beside words and patterns; None: nothing does."""

    async def in_force(self, models: ClassifierModels) -> Classifier | None:
        """As the transaction sees it, however recent."""
        ...

    async def of(self, models: ClassifierModels, model_id: UUID | None) -> Classifier | None:
        """A trained model; without an id the shipped one."""
        ...

    async def read(self, weights: bytes) -> Classifier:
        """A model that is not kept here."""
        ...
