"""What is to be done about an incident, by whom, until when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

from risk.domain.errors import InvalidPolicy

_LONGEST_TEXT = 200
_LONGEST_DEADLINE = 10_080


class Severity(IntEnum):
    """How grave an incident is, the numbers of the contract."""

    MODERATE = 1
    SERIOUS = 2
    CRITICAL = 3


class OwnerRole(IntEnum):
    """Who does it, the numbers of the contract."""

    GROUP_OWNER = 1
    CUSTOMER_SERVICE = 2
    OPERATIONS_LEAD = 3
    PUBLIC_RELATIONS = 4
    LEGAL = 5
    MANAGEMENT = 6


@dataclass(frozen=True, slots=True)
class PlanTask:
    """A line of the template: for incidents of this severity and graver ones."""

    severity: Severity
    role: OwnerRole
    text: str
    minutes: int

    def __post_init__(self) -> None:
        if not 1 <= len(self.text) <= _LONGEST_TEXT:
            raise InvalidPolicy(f"A task has 1 to {_LONGEST_TEXT} characters", field="policy.plan")
        if not 1 <= self.minutes <= _LONGEST_DEADLINE:
            raise InvalidPolicy(f"minutes must be from 1 to {_LONGEST_DEADLINE}", field="policy.plan")


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A task of an incident. `number` counts from 1."""

    number: int
    role: OwnerRole
    text: str
    due_at: datetime
    done_at: datetime | None = None
    done_by: str = ""

    def done(self, by: str, now: datetime) -> "PlanStep":
        """Done stays as it is."""
        return self if self.done_at else replace(self, done_at=now, done_by=by)


def plan_steps(
    template: Sequence[PlanTask], above: int, severity: Severity, first: int, now: datetime
) -> tuple[PlanStep, ...]:
    """Steps of the severities above one (0: from the mildest) up to another, numbered from `first`."""
    tasks = [task for task in template if above < task.severity <= severity]
    return tuple(
        PlanStep(first + place, task.role, task.text, now + timedelta(minutes=task.minutes))
        for place, task in enumerate(tasks)
    )
