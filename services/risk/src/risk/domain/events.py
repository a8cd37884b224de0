"""What this service tells the others, in the words of proto/quanzi/risk/v1/events.proto. Ids, no text."""

from dataclasses import dataclass
from uuid import UUID

from risk.domain.case import Case
from risk.domain.moderator_task import ModeratorTask
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


DomainEvent = (
    MessageFlagged
    | ViolationOpened
    | ViolationHandled
    | ViolationReversed
    | ModeratorTaskCreated
    | ModeratorTaskOverdue
    | LexiconChanged
    | CaseOpened
    | CaseClosed
    | CaseReopened
)
