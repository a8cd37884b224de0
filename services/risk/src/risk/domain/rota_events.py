"""What this service tells the others of the rota and of training."""

from dataclasses import dataclass

from risk.domain.rota_gap import RotaGap
from risk.domain.training import Attendance, TrainingSession


@dataclass(frozen=True, slots=True)
class RotaGapForeseen:
    """A group has too few moderators for a time ahead."""

    gap: RotaGap


@dataclass(frozen=True, slots=True)
class RotaGapClosed:
    """A foreseen gap is covered, or over."""

    gap: RotaGap


@dataclass(frozen=True, slots=True)
class TrainingSessionOpened:
    """The training of a month is open."""

    session: TrainingSession
    staff_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainingReminded:
    """Staff who have little time left to complete a training."""

    session: TrainingSession
    staff_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainingCompleted:
    """Somebody attended a training and passed its quiz."""

    attendance: Attendance


@dataclass(frozen=True, slots=True)
class TrainingOverdue:
    """Somebody has not completed a training before its deadline."""

    attendance: Attendance


RotaEvent = (
    RotaGapForeseen
    | RotaGapClosed
    | TrainingSessionOpened
    | TrainingReminded
    | TrainingCompleted
    | TrainingOverdue
)
