"""What becomes of a delivery and its endpoint after an attempt. No clock, no chance: both are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum

from gateway.webhooks.attempt import Answer

# Pauses after the 1st, 2nd … failed attempt: ten attempts in about three days.
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
MAX_ATTEMPTS = len(PAUSES) + 1
JITTER = 0.2
PATIENCE = timedelta(days=3)
"""How long an endpoint may put off a delivery with Retry-After."""
_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(days=1)
_GONE, _BUSY = 410, (429, 503)


class Kind(Enum):
    DELIVERED = "delivered"
    FAILED = "failed"
    PUT_OFF = "put off"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`due_at`: the next attempt; None when there is none. An attempt that was put off does not count."""

    kind: Kind
    attempts: int
    due_at: datetime | None = None


def judge(answer: Answer, attempts: int, queued_at: datetime, now: datetime, chance: float) -> Verdict:
    """`attempts` before this one; `chance` in [0, 1) spreads the retries."""
    if answer.accepted:
        return Verdict(Kind.DELIVERED, attempts + 1)
    if answer.code == _GONE:
        return Verdict(Kind.GONE, attempts + 1)
    asked = retry_after(answer.retry_after, now) if answer.code in _BUSY else None
    if asked and now + asked < queued_at + PATIENCE:
        return Verdict(Kind.PUT_OFF, attempts, now + asked)
    attempts += 1
    if attempts >= MAX_ATTEMPTS:
        return Verdict(Kind.FAILED, attempts)
    pause = PAUSES[attempts - 1] * (1 + JITTER * (chance - 0.5))
    return Verdict(Kind.FAILED, attempts, now + pause)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Seconds or an HTTP date, kept between a second and a day; None when there is none to be read."""
    if not value:
        return None
    try:
        wait = timedelta(seconds=int(value)) if value.strip().isdecimal() else _until(value, now)
    except (ValueError, OverflowError):
        return None
    return min(max(wait, _SHORTEST), _LONGEST)


def _until(date: str, now: datetime) -> timedelta:
    at = parsedate_to_datetime(date)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
