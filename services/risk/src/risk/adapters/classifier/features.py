"""Texts as hashed n-grams of all views, without a loop over texts or characters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk.adapters.classifier.characters import CODE_POINTS, EDGE, RUNS, Codes

LONGEST = 5
"""Characters of the longest n-gram."""
BUCKET_BITS = 22
BUCKETS = 1 << BUCKET_BITS

Buckets = NDArray[np.uint32]
Positions = NDArray[np.int64]

_SPREAD, _STEP, _FINISH = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_HALF, _DROPPED_BITS = np.uint32(15), np.uint32(32 - BUCKET_BITS)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The codes of a batch, one piece per view and text, view by view.

    `starts` holds where pieces start, `left` how many codes there are from each position to its piece's end.
    """

    codes: Codes
    starts: Positions
    left: NDArray[np.int32]

    @classmethod
    def of(cls, texts: Sequence[str], views: Codes) -> "Pieces":
        """Each piece has an edge at both ends, so that none is empty."""
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 2
        joined = "".join(f"\0{text}\0" for text in texts).encode("utf-32-le", "surrogatepass")
        points = np.minimum(np.frombuffer(joined, dtype=np.uint32), CODE_POINTS - 1)
        ends = np.cumsum(lengths)
        codes = views[:, points]
        codes[:, ends - 1] = codes[:, ends - lengths] = EDGE
        codes[RUNS, 1:][codes[RUNS, 1:] == codes[RUNS, :-1]] = 0
        codes[RUNS, ends - 1] = codes[RUNS, ends - lengths] = EDGE
        kept = codes > 0
        sizes = np.add.reduceat(kept, ends - lengths, axis=1, dtype=np.int64).ravel()
        stops = np.cumsum(sizes)
        left = np.repeat(stops, sizes) - np.arange(stops[-1])
        return cls(codes[kept], stops - sizes, left.astype(np.int32))

    def n_grams(self) -> Iterator[tuple[Buckets, NDArray[np.bool_]]]:
        """For lengths 1 to LONGEST: each position's n-gram as a bucket; whether it ends in its piece."""
        mixed = self.codes * _SPREAD
        mixed ^= mixed >> _HALF
        rolling = mixed
        for length in range(1, LONGEST + 1):
            if length > 1:
                rolling = rolling[:-1] * _STEP + mixed[length - 1 :]
            buckets = ((rolling ^ (rolling >> _HALF)) * _FINISH) >> _DROPPED_BITS
            yield buckets, self.left[: buckets.size] >= length
