"""A tenant without segments."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from segmentation.domain.segments import Generation


class FakeSegments:
    async def claim(self) -> None:
        """Nobody goes by them."""

    async def in_force(self) -> Sequence[Generation]:
        return ()


class FakeSegmentUpkeep:
    async def look_again(self, member_ids: Sequence[UUID], now: datetime) -> bool:
        return False
