"""Texts as hashed n-grams of several views, without a loop over texts or characters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk.adapters.classifier.characters import CODE_POINTS, EDGE, RUNS, Codes

Buckets = NDArray[np.int64]
Positions = NDArray[np.int64]

_SPREAD, _STEP, _FINISH = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_HALF = np.uint32(15)
_HASH_BITS = 32


def mixed(codes: Codes) -> Codes:
    """Codes spread over all 32 bits, one to one; 0 stays 0."""
    spread = codes * _SPREAD
    spread ^= spread >> _HALF
    spread *= _FINISH
    return np.asarray(spread ^ (spread >> _HALF), dtype=np.uint32)


_EDGE = mixed(np.array([EDGE]))[0]


@dataclass(frozen=True, slots=True)
class Lenses:
    """Views to look through, those with the longest n-grams first; `runs` is the row of that view, if any."""

    codes: Codes
    longest: NDArray[np.int64]
    runs: int | None

    @classmethod
    def of(cls, views: Codes, longest: Sequence[int]) -> "Lenses":
        """`longest`: characters of the longest n-gram by view; 0: one does not look."""
        order = [view for view in np.argsort(longest)[::-1].tolist() if longest[view]]
        rows = np.array([longest[view] for view in order], dtype=np.int64)
        return cls(mixed(views[order]), rows, order.index(RUNS) if RUNS in order else None)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The mixed codes of a batch, one piece per view and text, view by view.

    `sizes` holds how long pieces are, views by texts; `left` how many codes there are from each position to
    its piece's end.
    """

    codes: Codes
    sizes: Positions
    left: NDArray[np.int32]
    longest: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str], lenses: Lenses) -> "Pieces":
        """Each piece has an edge at both ends, so that none is empty."""
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 2
        joined = "".join(f"\0{text}\0" for text in texts).encode("utf-32-le", "surrogatepass")
        points = np.minimum(np.frombuffer(joined, dtype=np.uint32), CODE_POINTS - 1)
        ends = np.cumsum(lengths)
        edges = np.concatenate((ends - lengths, ends - 1))
        codes = lenses.codes[:, points]
        codes[:, edges] = _EDGE
        if lenses.runs is not None:
            runs = codes[lenses.runs]
            runs[1:][runs[1:] == runs[:-1]] = 0
            runs[edges] = _EDGE
        kept = codes > 0
        sizes = np.add.reduceat(kept, ends - lengths, axis=1, dtype=np.int64)
        stops = np.cumsum(sizes, dtype=np.int32)
        left = np.repeat(stops, sizes.ravel()) - np.arange(stops[-1], dtype=np.int32)
        return cls(codes[kept], sizes, left, lenses.longest)

    @property
    def starts(self) -> Positions:
        """Where pieces start."""
        sizes = self.sizes.ravel()
        return np.asarray(np.cumsum(sizes) - sizes, dtype=np.int64)

    def n_grams(self, bits: int) -> Iterator[tuple[Buckets, NDArray[np.bool_]]]:
        """By length: the n-gram at each position of the first views as one of 2**bits buckets.

        Beside it whether it ends in its piece.
        """
        dropped = np.uint32(_HASH_BITS - bits)
        ends = np.cumsum(self.sizes.sum(axis=1))
        rolling = self.codes
        for length in range(1, int(self.longest[0]) + 1):
            views = np.count_nonzero(self.longest >= length)
            size = max(0, min(int(ends[views - 1]), self.codes.size - length + 1))
            if length > 1:
                rolling = rolling[:size] * _STEP
                rolling += self.codes[length - 1 : length - 1 + size]
            buckets = np.empty(size, dtype=np.int64)
            np.right_shift(rolling[:size], dropped, out=buckets)
            yield buckets, self.left[:size] >= length

    def roots_of_counts(self) -> NDArray[np.float32]:
        """Per text, the root of how many n-grams it has in all views."""
        shorter = np.arange(self.longest[0])[:, None, None]
        counts = np.maximum(self.sizes - shorter, 0) * (shorter < self.longest[:, None])
        return np.asarray(np.sqrt(counts.sum(axis=(0, 1))), dtype=np.float32)
