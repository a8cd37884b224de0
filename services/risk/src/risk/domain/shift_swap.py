"""A moderator hands a shift to a colleague."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from risk.domain.rota_errors import NotYourSwap, SwapAnswered


class SwapStatus(IntEnum):
    """States of a swap, the numbers of the contract."""

    OFFERED = 1
    ACCEPTED = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class ShiftSwap:
    id: UUID
    shift_id: UUID
    offered_by: str
    offered_to: str
    offered_at: datetime
    status: SwapStatus = SwapStatus.OFFERED
    answered_at: datetime | None = None

    def answer(self, by: str, accept: bool, now: datetime) -> ShiftSwap:
        """The same again changes nothing. Raises NotYourSwap, SwapAnswered."""
        if by != self.offered_to:
            raise NotYourSwap("Only the colleague it was offered to can answer")
        answer = SwapStatus.ACCEPTED if accept else SwapStatus.REFUSED
        if self.status is answer:
            return self
        if self.status is not SwapStatus.OFFERED:
            raise SwapAnswered("It was answered the other way: offer the shift again")
        return replace(self, status=answer, answered_at=now)
