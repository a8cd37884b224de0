"""A spike of bad opinion, from its opening to its closing review. One at a time is open in a scope."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from risk.domain.errors import IncidentClosed, PlanStepNotFound
from risk.domain.opinion_counts import EVERYWHERE
from risk.domain.opinion_detection import Deviation, Signal
from risk.domain.opinion_plan import PlanStep, PlanTask, Severity, plan_steps
from risk.domain.opinion_policy import OpinionPolicy

MOST_ESCALATIONS = 3


class IncidentStatus(IntEnum):
    """States, the numbers of the contract."""

    OPEN = 1
    ACKNOWLEDGED = 2
    CLOSED = 3


class IncidentStepKind(IntEnum):
    """What happened, the numbers of the contract."""

    OPENED = 1
    ROSE = 2
    ESCALATED = 3
    ACKNOWLEDGED = 4
    TASK_DONE = 5
    CLOSED = 6
    REVIEWED = 7


class EscalationReason(IntEnum):
    """Why the next one is told, the numbers of the contract."""

    GRAVER = 1
    UNACKNOWLEDGED = 2


@dataclass(frozen=True, slots=True)
class Review:
    """What is learnt when it is over."""

    cause: str
    measures: str


@dataclass(frozen=True, slots=True)
class Incident:
    """`worst` is the most surprising that was seen; `acknowledge_by` is None once nobody is waited for."""

    id: UUID
    scope_id: UUID
    severity: Severity
    status: IncidentStatus
    opened_at: datetime
    unusual_at: datetime
    worst: Deviation
    plan: tuple[PlanStep, ...]
    acknowledge_by: datetime | None
    escalations: int = 0
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    review: Review | None = None
    version: int = 1

    @property
    def group_id(self) -> UUID | None:
        """None: the tenant as a whole."""
        return None if self.scope_id == EVERYWHERE else self.scope_id

    @property
    def signal(self) -> Signal:
        return self.worst.signal

    def seen(
        self,
        deviation: Deviation,
        severity: Severity,
        template: Sequence[PlanTask],
        policy: OpinionPolicy,
        now: datetime,
    ) -> "Incident":
        """Still unusual. A graver one has more to do, and less time to be acknowledged."""
        worst = max(self.worst, deviation, key=lambda it: it.surprise)
        if severity <= self.severity:
            return replace(self, worst=worst, unusual_at=now)
        by = self.acknowledge_by
        more = plan_steps(template, self.severity, severity, len(self.plan) + 1, now)
        return self._next(
            worst=worst,
            unusual_at=now,
            severity=severity,
            plan=self.plan + more,
            acknowledge_by=by and min(by, now + policy.time_to_acknowledge(severity)),
        )

    def escalate(self, policy: OpinionPolicy, now: datetime) -> "Incident":
        """Nobody acknowledged it in time: tell the next; MOST_ESCALATIONS times. Before that it stays."""
        if self.status is not IncidentStatus.OPEN or self.acknowledge_by is None or self.acknowledge_by > now:
            return self
        escalations = self.escalations + 1
        again = now + policy.time_to_acknowledge(self.severity) if escalations < MOST_ESCALATIONS else None
        return self._next(escalations=escalations, acknowledge_by=again)

    def acknowledge(self, by: str, now: datetime) -> "Incident":
        """Somebody takes care. Acknowledged stays as it is. Raises IncidentClosed."""
        if self.status is IncidentStatus.ACKNOWLEDGED:
            return self
        self._must_be_open()
        return self._next(
            status=IncidentStatus.ACKNOWLEDGED, acknowledge_by=None, acknowledged_at=now, acknowledged_by=by
        )

    def complete(self, number: int, by: str, now: datetime) -> "Incident":
        """A step of the plan was carried out. Raises PlanStepNotFound, IncidentClosed."""
        if not 1 <= number <= len(self.plan):
            raise PlanStepNotFound(f"The plan has steps 1 to {len(self.plan)}, not {number}")
        if self.plan[number - 1].done_at:
            return self
        self._must_be_open()
        plan = tuple(step.done(by, now) if step.number == number else step for step in self.plan)
        return self._next(plan=plan)

    def calm(self, policy: OpinionPolicy, now: datetime) -> "Incident":
        """Closes itself when nothing was unusual for long enough."""
        if self.status is IncidentStatus.CLOSED or now - self.unusual_at < policy.calm:
            return self
        return self._close("", None, now)

    def close(self, by: str, review: Review, now: datetime) -> "Incident":
        """With what is learnt from it; one that closed itself gets its review. The same again does nothing.

        Raises IncidentClosed if it was reviewed otherwise.
        """
        if self.review == review:
            return self
        if self.review is not None:
            raise IncidentClosed("The incident is closed and reviewed: it stays as it is")
        if self.status is IncidentStatus.CLOSED:
            return self._next(review=review, closed_by=by)
        return self._close(by, review, now)

    def _close(self, by: str, review: Review | None, now: datetime) -> "Incident":
        return self._next(
            status=IncidentStatus.CLOSED, acknowledge_by=None, closed_at=now, closed_by=by, review=review
        )

    def _must_be_open(self) -> None:
        if self.status is IncidentStatus.CLOSED:
            raise IncidentClosed("The incident is closed: there is nothing left to do but its review")

    def _next(self, **changes: object) -> "Incident":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


def open_incident(
    incident_id: UUID,
    scope_id: UUID,
    deviation: Deviation,
    severity: Severity,
    template: Sequence[PlanTask],
    policy: OpinionPolicy,
    now: datetime,
) -> Incident:
    """With its emergency plan, to be acknowledged in time."""
    return Incident(
        id=incident_id,
        scope_id=scope_id,
        severity=severity,
        status=IncidentStatus.OPEN,
        opened_at=now,
        unusual_at=now,
        worst=deviation,
        plan=plan_steps(template, 0, severity, 1, now),
        acknowledge_by=now + policy.time_to_acknowledge(severity),
    )


@dataclass(frozen=True, slots=True)
class IncidentStep:
    """A line of the timeline. `number` is the version it made; `by` is empty for the system."""

    incident_id: UUID
    number: int
    kind: IncidentStepKind
    at: datetime
    by: str
    severity: Severity
    text: str = ""


def incident_step(
    kind: IncidentStepKind, incident: Incident, now: datetime, by: str = "", text: str = ""
) -> IncidentStep:
    return IncidentStep(incident.id, incident.version, kind, now, by, incident.severity, text)


@dataclass(frozen=True, slots=True)
class Sample:
    """A message that shows what it is about, personal data masked."""

    incident_id: UUID
    activity_id: UUID
    member_id: UUID
    masked_text: str
    negative: float
