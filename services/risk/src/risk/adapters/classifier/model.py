"""A linear model over hashed n-grams, scored by numpy for whole batches."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from risk.adapters.classifier.characters import Codes
from risk.adapters.classifier.features import Lenses, Pieces
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
WORTH_NAMING = 0.2
"""Below this probability of being risky the kind is not looked for."""
_CODE_POINTS_AT_ONCE = 10_000
"""So few that what is worked on stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights are whole numbers of a step; `slope` and `offset` make calibrated log-odds of a text's sum.

    One without weights of kinds names none.
    """

    version: str
    views: Codes
    longest: tuple[int, ...]
    kind_longest: tuple[int, ...]
    risk: Weights
    slope: float
    offset: float
    kinds: Weights
    kind_slope: float
    kind_offsets: Floats
    lenses: Lenses = field(init=False, repr=False)
    kind_lenses: Lenses = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lenses", Lenses.of(self.views, self.longest))
        object.__setattr__(self, "kind_lenses", Lenses.of(self.views, self.kind_longest))

    def score_all(self, texts: Sequence[str]) -> list[Score]:
        """One score per text, in order; a text is cut at MAX_CODE_POINTS."""
        return [score for batch in _batches(texts) for score in self._score(batch)]

    def _score(self, texts: Sequence[str]) -> Iterator[Score]:
        probabilities = sigmoid(self.slope * self.sums(texts) + self.offset)
        named = np.flatnonzero((probabilities >= WORTH_NAMING) & (self.kinds.size > 0))
        kinds = np.full(len(texts), -1, dtype=np.int64)
        if named.size:
            risky = [texts[place] for place in named.tolist()]
            odds = self.kind_slope * self.kind_sums(risky) + self.kind_offsets
            kinds[named] = odds.argmax(axis=1)
        for kind, probability in zip(kinds.tolist(), probabilities.tolist(), strict=True):
            yield Score(KINDS[kind] if kind >= 0 else None, probability)

    def sums(self, texts: Sequence[str]) -> Floats:
        """Weights of all n-grams of each text, over the root of their number."""
        pieces = Pieces.of(texts, self.lenses)
        totals = np.zeros(pieces.codes.size, dtype=np.int16)
        for buckets, whole in pieces.n_grams(_bits_of(self.risk)):
            totals[: buckets.size] += self.risk.take(buckets, mode="clip") * whole
        return _per_text(np.add.reduceat(totals, pieces.starts, dtype=np.int32), pieces)

    def kind_sums(self, texts: Sequence[str]) -> Floats:
        """The same for each of KINDS, in columns."""
        pieces = Pieces.of(texts, self.kind_lenses)
        totals = np.zeros((pieces.codes.size, len(KINDS)), dtype=np.int16)
        for buckets, whole in pieces.n_grams(_bits_of(self.kinds)):
            found = self.kinds.take(buckets, axis=0, mode="clip")
            totals[: buckets.size] += found * whole[:, None]
        return _per_text(np.add.reduceat(totals, pieces.starts, axis=0, dtype=np.int32), pieces)

    def to_bytes(self) -> bytes:
        """As `from_bytes` reads it."""
        file = io.BytesIO()
        numbers = np.array([self.slope, self.offset, self.kind_slope])
        np.savez_compressed(
            file,
            version=np.array(self.version),
            views=self.views,
            longest=np.array([self.longest, self.kind_longest]),
            risk=self.risk,
            kinds=self.kinds,
            numbers=numbers,
            kind_offsets=self.kind_offsets,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Model":
        with np.load(io.BytesIO(stored), allow_pickle=False) as file:
            longest, kind_longest = map(tuple, file["longest"].tolist())
            slope, offset, kind_slope = file["numbers"].tolist()
            return cls(
                version=str(file["version"]),
                views=file["views"],
                longest=longest,
                kind_longest=kind_longest,
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


def _bits_of(weights: Weights) -> int:
    """Of a bucket's number."""
    return len(weights).bit_length() - 1


def _per_text(sums: NDArray[np.int32], pieces: Pieces) -> Floats:
    """Adds up the views."""
    roots = pieces.roots_of_counts()
    added = sums.reshape(len(pieces.longest), roots.size, -1).sum(axis=0) / roots[:, None]
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
