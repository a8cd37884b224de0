"""How fast violations are handled (处置时效), from opened to handled."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum


class ResponseGrain(IntEnum):
    """Steps of a series, the numbers of the contract."""

    DAY = 1
    WEEK = 2
    MONTH = 3


class Responder(IntEnum):
    """Whose response times, the numbers of the contract."""

    TENANT = 1
    GROUP = 2
    MODERATOR = 3


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """Seconds; None if none was handled."""

    violations: int = 0
    handled: int = 0
    median_seconds: float | None = None
    p90_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ResponsePoint:
    """Those of a step; `responder` is a group id or a moderator's subject, empty for the tenant."""

    start: date
    responder: str
    times: ResponseTimes


@dataclass(frozen=True, slots=True)
class ResponseComparison:
    """Those of as many days before and after a date."""

    responder: str
    before: ResponseTimes
    after: ResponseTimes

    @property
    def change(self) -> float | None:
        """Of the median: -0.6 is 60 % faster."""
        before, after = self.before.median_seconds, self.after.median_seconds
        return after / before - 1 if before and after is not None else None
