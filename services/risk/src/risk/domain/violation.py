"""A breach of a mandatory rule by a member in a group, from its opening to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, IntEnum
from uuid import UUID

from risk.domain.errors import ViolationNotAppealable, ViolationNotReviewable
from risk.domain.ladder import LadderAction
from risk.domain.verdict import RiskCategory, Verdict


class ViolationStatus(IntEnum):
    """States, the numbers of the contract."""

    OPEN = 1
    HANDLED = 2
    APPEALED = 3
    REVERSED = 4


class ViolationStep(Enum):
    """What can happen to a violation."""

    HANDLE = "handle"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    REVERSE = "reverse"
    RETRACT = "retract"


# What is not here is refused. An appeal does not stop the action; if it fails, all is as before.
TRANSITIONS: Mapping[tuple[ViolationStatus, ViolationStep], ViolationStatus] = {
    (ViolationStatus.OPEN, ViolationStep.HANDLE): ViolationStatus.HANDLED,
    (ViolationStatus.APPEALED, ViolationStep.HANDLE): ViolationStatus.APPEALED,
    (ViolationStatus.OPEN, ViolationStep.APPEAL): ViolationStatus.APPEALED,
    (ViolationStatus.HANDLED, ViolationStep.APPEAL): ViolationStatus.APPEALED,
    (ViolationStatus.APPEALED, ViolationStep.UPHOLD): ViolationStatus.OPEN,  # HANDLED, if it was handled
    (ViolationStatus.OPEN, ViolationStep.REVERSE): ViolationStatus.REVERSED,
    (ViolationStatus.APPEALED, ViolationStep.REVERSE): ViolationStatus.REVERSED,
    (ViolationStatus.OPEN, ViolationStep.RETRACT): ViolationStatus.REVERSED,
    (ViolationStatus.HANDLED, ViolationStep.RETRACT): ViolationStatus.REVERSED,
    (ViolationStatus.APPEALED, ViolationStep.RETRACT): ViolationStatus.REVERSED,
    (ViolationStatus.REVERSED, ViolationStep.RETRACT): ViolationStatus.REVERSED,
}


@dataclass(frozen=True, slots=True)
class Violation:
    """`strike` counts the member's violations in the rolling window, this one included; `rule` is a key."""

    id: UUID
    group_id: UUID
    member_id: UUID
    activity_id: UUID
    category: RiskCategory
    verdict: Verdict
    status: ViolationStatus
    strike: int
    action: LadderAction
    opened_at: datetime
    masked_text: str
    handled_at: datetime | None = None
    appeal_reason: str = ""
    rule: str = ""

    def handle(self, now: datetime) -> "Violation":
        """The action was carried out. A handled one stays as it is."""
        if self.status is ViolationStatus.HANDLED:
            return self
        status = TRANSITIONS.get((self.status, ViolationStep.HANDLE))
        if status is None:
            raise ViolationNotReviewable("The violation was reversed: there is nothing left to carry out")
        return replace(self, status=status, handled_at=now)

    def appeal(self, reason: str) -> "Violation":
        """Record the member's objection, once. Raises ViolationNotAppealable."""
        status = TRANSITIONS.get((self.status, ViolationStep.APPEAL))
        if status is None:
            raise ViolationNotAppealable(
                f"The violation is {self.status.name.lower()}: only an open or handled one can be appealed"
            )
        if self.appeal_reason:
            raise ViolationNotAppealable("The violation was appealed before, and the appeal was decided")
        return replace(self, status=status, appeal_reason=reason)

    def review(self, stands: bool) -> "Violation":
        """Decide an appeal, or dismiss an open violation. Raises ViolationNotReviewable."""
        step = ViolationStep.UPHOLD if stands else ViolationStep.REVERSE
        status = TRANSITIONS.get((self.status, step))
        if status is None:
            raise ViolationNotReviewable(
                f"The violation is {self.status.name.lower()} and nobody appeals: "
                + ("it stands already" if stands else "only an open or appealed one can be reversed")
            )
        if step is ViolationStep.UPHOLD and self.handled_at is not None:
            status = ViolationStatus.HANDLED
        return replace(self, status=status)

    def retract(self) -> "Violation":
        """A case about it found that nobody broke a rule, whatever was done until then."""
        return replace(self, status=TRANSITIONS[self.status, ViolationStep.RETRACT])
