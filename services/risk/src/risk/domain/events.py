"""What this service tells the others, in the words of proto/quanzi/risk/v1/events.proto. Ids, no text."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from risk.domain.case import Case
from risk.domain.fraud_events import FraudEvent
from risk.domain.moderator_task import ModeratorTask
from risk.domain.opinion_incident import EscalationReason, Incident
from risk.domain.points import PointEntry
from risk.domain.rota_events import RotaEvent
from risk.domain.verdict import RiskCategory, Verdict
from risk.domain.violation import Violation


@dataclass(frozen=True, slots=True)
class MessageFlagged:
    """A message was not simply allowed."""

    activity_id: UUID
    group_id: UUID | None
    member_id: UUID
    verdict: Verdict
    categories: tuple[RiskCategory, ...]


@dataclass(frozen=True, slots=True)
class ViolationOpened:
    """A member broke a mandatory rule."""

    violation: Violation


@dataclass(frozen=True, slots=True)
class ViolationHandled:
    """The action of a violation was carried out."""

    violation: Violation


@dataclass(frozen=True, slots=True)
class ViolationReversed:
    """A violation was reversed: its strike no longer counts."""

    violation: Violation


@dataclass(frozen=True, slots=True)
class ModeratorTaskCreated:
    """Somebody must act in WeCom."""

    task: ModeratorTask


@dataclass(frozen=True, slots=True)
class ModeratorTaskOverdue:
    """Nobody confirmed a task before its deadline."""

    task: ModeratorTask


@dataclass(frozen=True, slots=True)
class LexiconChanged:
    """The tenant's lexicon has a new version."""

    version: int


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """Something waits for a reviewer."""

    case: Case


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """A reviewer has decided."""

    case: Case


@dataclass(frozen=True, slots=True)
class CaseReopened:
    """A closed case waits again."""

    case: Case


@dataclass(frozen=True, slots=True)
class OpinionIncidentOpened:
    """What is said is unusually bad."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class OpinionIncidentEscalated:
    """An incident is graver than before, or nobody acknowledged it in time."""

    incident: Incident
    reason: EscalationReason


@dataclass(frozen=True, slots=True)
class OpinionIncidentAcknowledged:
    """Somebody takes care of an incident."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class OpinionIncidentClosed:
    """An incident is over."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class ModeratorTaskReminded:
    """The deadline of a task is near."""

    task: ModeratorTask


@dataclass(frozen=True, slots=True)
class ModeratorTaskAssigned:
    """A task was given to somebody, or back to anybody."""

    task: ModeratorTask


@dataclass(frozen=True, slots=True)
class RuleSetChanged:
    """The rules of all groups, or of one, have a new version."""

    group_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class ClassifierActivated:
    """Another model judges messages. No id: the shipped one again."""

    version: str
    model_id: UUID | None
    activated_at: datetime


@dataclass(frozen=True, slots=True)
class PointsBooked:
    """Points of a member were earned, deducted, or one of both was reversed."""

    entry: PointEntry


DomainEvent = (
    MessageFlagged
    | ViolationOpened
    | ViolationHandled
    | ViolationReversed
    | ModeratorTaskCreated
    | ModeratorTaskOverdue
    | ModeratorTaskReminded
    | ModeratorTaskAssigned
    | RuleSetChanged
    | PointsBooked
    | LexiconChanged
    | ClassifierActivated
    | CaseOpened
    | CaseClosed
    | CaseReopened
    | FraudEvent
    | RotaEvent
    | OpinionIncidentOpened
    | OpinionIncidentEscalated
    | OpinionIncidentAcknowledged
    | OpinionIncidentClosed
)
