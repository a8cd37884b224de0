"""Leaky buckets of cost points, in the memory of this process: each replica grants its own share."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

_KEPT = 10_000


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


@dataclass(frozen=True, slots=True)
class Rate:
    """`capacity` points at once; `refill` points a second come back."""

    capacity: float
    refill: float


class Buckets:
    """The least recently used are forgotten, as if they were full again."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, points: float, *charges: tuple[str, Rate], now: float | None = None) -> tuple[bool, int]:
        """Take from all of the named buckets or from none; and what the emptiest still holds."""
        at = time.monotonic() if now is None else now
        buckets = [(self._drained(key, rate, at), rate) for key, rate in charges]
        allowed = all(bucket.level + points <= rate.capacity for bucket, rate in buckets)
        if allowed:
            for bucket, _ in buckets:
                bucket.level += points
        return allowed, int(min(rate.capacity - bucket.level for bucket, rate in buckets))

    def _drained(self, key: str, rate: Rate, now: float) -> _Bucket:
        bucket = self._buckets.setdefault(key, _Bucket(0.0, now))
        bucket.level = max(0.0, bucket.level - (now - bucket.at) * rate.refill)
        bucket.at = now
        self._buckets.move_to_end(key)
        if len(self._buckets) > _KEPT:
            self._buckets.popitem(last=False)
        return bucket
