"""What use cases need of a classifier."""

from collections.abc import Sequence
from typing import Protocol

from risk.domain.classification import Labelled, Score


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
        """The new model, to be stored, and given to StoredClassifier. Raises TooFewLabels."""
        ...
