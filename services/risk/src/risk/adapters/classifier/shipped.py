"""The classifier that comes with the service, read when it is first asked."""

from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

from risk.domain.classification import Score

if TYPE_CHECKING:
    from risk.adapters.classifier.model import Model

FILE = "data/classifier.npz"
SENTIMENT = "data/sentiment.npz"
"""How likely a text is negative; it names no kind."""


class StoredClassifier:
    """A model as it was stored; numpy and the weights are loaded with the first text."""

    def __init__(self, stored: bytes) -> None:
        self._stored = stored

    @classmethod
    def shipped(cls, file: str = FILE) -> "StoredClassifier":
        return cls(shipped_model(file))

    @property
    def version(self) -> str:
        return self._model.version

    def score_all(self, texts: Sequence[str]) -> Sequence[Score]:
        """One score per text, in order."""
        return self._model.score_all(texts)

    @cached_property
    def _model(self) -> "Model":
        from risk.adapters.classifier.model import Model

        model = Model.from_bytes(self._stored)
        del self._stored
        return model


def shipped_model(file: str = FILE) -> bytes:
    """Of src/risk/data, made by `quanzi train`."""
    return files("risk").joinpath(file).read_bytes()
