"""How far the identity of a staff member was checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from risk.domain.errors import CheckStepRefused


class CheckStatus(IntEnum):
    """States, the numbers of the contract. Expired is what time makes of a verified one: never stored."""

    REQUESTED = 1
    SUBMITTED = 2
    VERIFIED = 3
    FAILED = 4
    EXPIRED = 5


class CheckMove(IntEnum):
    """What can be done, the numbers of the contract."""

    REQUEST = 1
    SUBMIT = 2
    VERIFY = 3
    FAIL = 4


# What is not here is refused.
TRANSITIONS: Mapping[tuple[CheckStatus | None, CheckMove], CheckStatus] = {
    (None, CheckMove.REQUEST): CheckStatus.REQUESTED,
    (CheckStatus.FAILED, CheckMove.REQUEST): CheckStatus.REQUESTED,
    (CheckStatus.EXPIRED, CheckMove.REQUEST): CheckStatus.REQUESTED,
    (CheckStatus.REQUESTED, CheckMove.SUBMIT): CheckStatus.SUBMITTED,
    (CheckStatus.SUBMITTED, CheckMove.VERIFY): CheckStatus.VERIFIED,
    (CheckStatus.SUBMITTED, CheckMove.FAIL): CheckStatus.FAILED,
}


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """The last step: its state, when, and by whom."""

    status: CheckStatus
    at: datetime
    by: str
    expires_at: datetime | None = None

    def status_at(self, now: datetime) -> CheckStatus:
        if self.expires_at is not None and self.expires_at <= now:
            return CheckStatus.EXPIRED
        return self.status


def move(
    check: IdentityCheck | None, step: CheckMove, by: str, now: datetime, valid_until: datetime
) -> IdentityCheck:
    """The check after a step; a verified one holds until then. Raises CheckStepRefused."""
    was = check.status_at(now) if check else None
    became = TRANSITIONS.get((was, step))
    if became is None:
        stands = was.name.lower() if was else "not asked for"
        raise CheckStepRefused(f"The check is {stands}: it cannot be brought to {step.name.lower()}")
    return IdentityCheck(became, now, by, valid_until if became is CheckStatus.VERIFIED else None)
