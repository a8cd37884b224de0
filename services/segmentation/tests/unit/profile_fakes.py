"""What recording activities needs of profiles and tags where nobody is merged and no rule stands."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from segmentation.domain.activity import ActivityColumns
from segmentation.domain.tags import TagChange
from segmentation.domain.timeline import Happening


class FakeIdentities:
    async def resolve(self, activities: ActivityColumns) -> ActivityColumns:
        return activities


class FakeTags:
    async def set_by_keywords(
        self, activities: ActivityColumns, fresh: Sequence[UUID], now: datetime
    ) -> Sequence[TagChange]:
        return []


class FakeTimeline:
    async def add(self, happenings: Sequence[Happening]) -> None:
        pass
