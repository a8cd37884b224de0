"""The deadline of the call being served, so that calls made on its behalf end no later."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends_at: ContextVar[float] = ContextVar("deadline")


@contextmanager
def ending_in(seconds: float) -> Iterator[None]:
    token = _ends_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(token)


def within(seconds: float) -> float:
    """`seconds`, or what is left of the current call if that is less."""
    ends_at = _ends_at.get(None)
    return seconds if ends_at is None else max(0.0, min(seconds, ends_at - time.monotonic()))
