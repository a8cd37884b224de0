"""Work that only a person, or a partner's tool, can do in WeCom: warn, mute, remove."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from uuid import UUID

from risk.domain.errors import TaskCancelled, TaskNotPending
from risk.domain.ladder import LadderAction


class ModeratorTaskStatus(IntEnum):
    """States, the numbers of the contract."""

    OPEN = 1
    CONFIRMED = 2
    OVERDUE = 3
    CANCELLED = 4


@dataclass(frozen=True, slots=True)
class ModeratorTask:
    """One per violation; `instruction` says in Chinese what to do.

    `mute_hours` is 0 unless it is a mute; without an assignee it is anybody's.
    """

    id: UUID
    violation_id: UUID
    group_id: UUID
    member_id: UUID
    action: LadderAction
    status: ModeratorTaskStatus
    instruction: str
    due_at: datetime
    confirmed_at: datetime | None = None
    confirmed_by: str = ""
    mute_hours: int = 0
    muted_until: datetime | None = None
    assignee: str = ""
    reminded_at: datetime | None = None

    @property
    def is_pending(self) -> bool:
        """Whether somebody still has to act, late or not."""
        return self.status in (ModeratorTaskStatus.OPEN, ModeratorTaskStatus.OVERDUE)

    def confirm(self, confirmed_by: str, now: datetime) -> "ModeratorTask":
        """It was carried out; who says so first is kept. Raises TaskCancelled."""
        if self.status is ModeratorTaskStatus.CANCELLED:
            raise TaskCancelled("The violation was reversed: undo the action if it was carried out already")
        if not self.is_pending:
            return self
        return replace(
            self,
            status=ModeratorTaskStatus.CONFIRMED,
            confirmed_at=now,
            confirmed_by=confirmed_by,
            muted_until=now + timedelta(hours=self.mute_hours) if self.mute_hours else None,
        )

    def assign(self, assignee: str) -> "ModeratorTask":
        """It is theirs to carry out; empty: anybody's. Raises TaskNotPending."""
        if not self.is_pending:
            raise TaskNotPending(
                f"The task is {self.status.name.lower()}: there is nothing left to carry out"
            )
        return replace(self, assignee=assignee)

    def cancel(self, now: datetime) -> "ModeratorTask":
        """Nobody needs to act any more. What was carried out stays on record, but a mute ends."""
        if self.is_pending:
            return replace(self, status=ModeratorTaskStatus.CANCELLED)
        if self.muted_until is not None and self.muted_until > now:
            return replace(self, muted_until=now)
        return self
