"""Who works for the brand (员工名册)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from risk.domain.errors import OwnIdentity, StaffHasLeft
from risk.domain.identity_check import CheckMove, CheckStatus, IdentityCheck, move

_JUDGING = (CheckMove.VERIFY, CheckMove.FAIL)


class StaffRole(IntEnum):
    """What somebody does for the brand, the numbers of the contract."""

    CUSTOMER_SERVICE = 1
    MODERATOR = 2
    OPERATOR = 3
    MANAGER = 4


@dataclass(frozen=True, slots=True)
class StaffMember:
    """`userid` is the one of WeCom, and the subject of the identity; `names` are shown in groups."""

    id: UUID
    userid: str
    names: tuple[str, ...]
    role: StaffRole
    speaks_for_brand: bool
    registered_at: datetime
    left_at: datetime | None = None
    check: IdentityCheck | None = None

    @property
    def is_active(self) -> bool:
        return self.left_at is None

    def is_verified(self, now: datetime) -> bool:
        return self.check is not None and self.check.status_at(now) is CheckStatus.VERIFIED

    def put(
        self, names: tuple[str, ...], role: StaffRole, speaks_for_brand: bool, now: datetime
    ) -> "StaffMember":
        """As told now; who comes back is registered anew, and to be checked anew."""
        told = replace(self, names=names, role=role, speaks_for_brand=speaks_for_brand)
        return told if self.is_active else replace(told, registered_at=now, left_at=None, check=None)

    def leave(self, now: datetime) -> "StaffMember":
        """Who has left stays so since then."""
        return self if self.left_at else replace(self, left_at=now)

    def check_identity(self, step: CheckMove, by: str, now: datetime, valid_until: datetime) -> "StaffMember":
        """Raises StaffHasLeft, OwnIdentity, CheckStepRefused."""
        if not self.is_active:
            raise StaffHasLeft(f"{self.userid} has left: register them again first")
        if step in _JUDGING and by == self.userid:
            raise OwnIdentity("It is your own identity: somebody else must look at it")
        return replace(self, check=move(self.check, step, by, now, valid_until))
