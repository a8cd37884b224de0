"""Nobody is erased."""

from collections.abc import Mapping, Sequence
from datetime import datetime


class FakeErasures:
    def __init__(self, erased: Mapping[str, datetime] | None = None) -> None:
        self._erased = erased or {}

    async def erased(self, member_ids: Sequence[str]) -> Mapping[str, datetime]:
        return {it: at for it, at in self._erased.items() if it in member_ids}
