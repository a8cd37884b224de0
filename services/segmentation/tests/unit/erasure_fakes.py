"""Nobody is erased."""

from collections.abc import Collection, Mapping
from datetime import datetime


class FakeErased:
    async def among(self, subject_ids: Collection[str]) -> Mapping[str, datetime]:
        return {}
