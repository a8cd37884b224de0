"""Growing pauses between attempts, with jitter so that replicas do not come back together."""

import random


class Backoff:
    """Pauses in seconds: at most `first`, doubling up to `limit`, each between half and all of that."""

    def __init__(self, first: float = 0.1, limit: float = 10.0) -> None:
        self._first, self._limit = first, limit
        self._failures = 0

    @property
    def failing(self) -> bool:
        return self._failures > 0

    def next(self) -> float:
        pause = pause_after(self._failures, self._first, self._limit)
        self._failures += 1
        return pause

    def reset(self) -> None:
        self._failures = 0


def pause_after(failures: int, first: float, limit: float) -> float:
    """The pause in seconds after that many earlier failures."""
    ceiling = min(limit, first * 2.0 ** min(failures, 32))
    return ceiling * random.uniform(0.5, 1.0)  # noqa: S311  (spreads load, guards nothing)
