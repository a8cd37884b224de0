"""A linear model over hashed n-grams, scored by numpy for whole batches."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk.adapters.classifier.characters import VIEWS, Codes
from risk.adapters.classifier.features import LONGEST, Pieces
from risk.domain.classification import Score
from risk.domain.screening import MAX_CODE_POINTS
from risk.domain.verdict import RiskCategory

Floats = NDArray[np.float32]
Weights = NDArray[np.int8]

KINDS = (
    RiskCategory.ADVERT,
    RiskCategory.PORN,
    RiskCategory.ABUSE,
    RiskCategory.GAMBLING,
    RiskCategory.FRAUD,
)
KIND_SHIFT = np.uint32(4)
"""Buckets of the kinds are this many bits fewer."""
WORTH_NAMING = 0.2
"""Below this probability of being risky the kind is not looked for."""
_CODE_POINTS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Model:
    """Weights are whole numbers of a step; `slope` and `offset` make calibrated log-odds of a text's sum."""

    version: str
    views: Codes
    risk: Weights
    slope: float
    offset: float
    kinds: Weights
    kind_slope: float
    kind_offsets: Floats

    def score_all(self, texts: Sequence[str]) -> list[Score]:
        """One score per text, in order; a text is cut at MAX_CODE_POINTS."""
        return [score for batch in _batches(texts) for score in self._score(batch)]

    def _score(self, texts: Sequence[str]) -> Iterator[Score]:
        probabilities = sigmoid(self.slope * self.sums(texts) + self.offset)
        named = np.flatnonzero(probabilities >= WORTH_NAMING)
        kinds = np.zeros(len(texts), dtype=np.int64)
        if named.size:
            risky = [texts[place] for place in named.tolist()]
            odds = self.kind_slope * self.kind_sums(risky) + self.kind_offsets
            kinds[named] = odds.argmax(axis=1)
        for kind, probability in zip(kinds.tolist(), probabilities.tolist(), strict=True):
            yield Score(KINDS[kind] if probability >= WORTH_NAMING else None, probability)

    def sums(self, texts: Sequence[str]) -> Floats:
        """Weights of all n-grams of each text, over the root of their number."""
        pieces = Pieces.of(texts, self.views)
        totals = np.zeros(pieces.codes.size, dtype=np.int32)
        for buckets, whole in pieces.n_grams():
            totals[: buckets.size] += self.risk.take(buckets, mode="clip") * whole
        return _per_text(np.add.reduceat(totals, pieces.starts), pieces)

    def kind_sums(self, texts: Sequence[str]) -> Floats:
        """The same for each of KINDS, in columns."""
        pieces = Pieces.of(texts, self.views)
        totals = np.zeros((pieces.codes.size, len(KINDS)), dtype=np.int32)
        for buckets, whole in pieces.n_grams():
            found = self.kinds.take(buckets >> KIND_SHIFT, axis=0, mode="clip")
            totals[: buckets.size] += found * whole[:, None]
        return _per_text(np.add.reduceat(totals, pieces.starts, axis=0), pieces)

    def to_bytes(self) -> bytes:
        """As `from_bytes` reads it."""
        file = io.BytesIO()
        numbers = np.array([self.slope, self.offset, self.kind_slope])
        np.savez_compressed(
            file,
            version=np.array(self.version),
            views=self.views,
            risk=self.risk,
            kinds=self.kinds,
            numbers=numbers,
            kind_offsets=self.kind_offsets,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Model":
        with np.load(io.BytesIO(stored), allow_pickle=False) as file:
            slope, offset, kind_slope = file["numbers"].tolist()
            return cls(
                version=str(file["version"]),
                views=file["views"],
                risk=file["risk"],
                slope=slope,
                offset=offset,
                kinds=file["kinds"],
                kind_slope=kind_slope,
                kind_offsets=file["kind_offsets"],
            )


def sigmoid(odds: Floats) -> Floats:
    """Probability of log-odds, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * odds)), dtype=np.float32)


def roots_of_counts(pieces: Pieces) -> Floats:
    """Per text, the root of how many n-grams it has in all views."""
    sizes = np.diff(pieces.starts, append=pieces.codes.size).reshape(VIEWS, -1)
    shorter = np.arange(LONGEST)[:, None, None]
    counts = np.maximum(sizes - shorter, 0).sum(axis=(0, 1))
    return np.asarray(np.sqrt(counts), dtype=np.float32)


def _per_text(sums: NDArray[np.int32], pieces: Pieces) -> Floats:
    """Adds up the views."""
    roots = roots_of_counts(pieces)
    added = sums.reshape(VIEWS, roots.size, -1).sum(axis=0) / roots[:, None]
    return np.asarray(added if sums.ndim > 1 else added[:, 0], dtype=np.float32)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Texts cut to size, so many at once that memory stays bounded."""
    batch: list[str] = []
    room = _CODE_POINTS_AT_ONCE
    for text in texts:
        batch.append(text[:MAX_CODE_POINTS])
        room -= len(batch[-1]) + 2
        if room <= 0:
            yield batch
            batch, room = [], _CODE_POINTS_AT_ONCE
    if batch:
        yield batch
