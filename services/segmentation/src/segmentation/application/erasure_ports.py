"""What erasures need of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from segmentation.domain.erasure import Erasure, ErasureReceipt


class Erasures(Protocol):
    async def running(self, member_id: UUID) -> Erasure | None: ...

    async def add(self, erasure: Erasure) -> None: ...
    async def leave_groups(self, member_ids: Sequence[UUID], now: datetime) -> None:
        """Ends the stays of the members, and holds the members until the transaction ends."""
        ...

    async def receive(self, erasure_id: UUID, receipt: ErasureReceipt) -> Erasure:
        """Keeps the receipt if it is the first of its service; holds the erasure."""
        ...

    async def complete(self, erasure: Erasure) -> None: ...
    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Erasure]: ...
    async def page(self, request: PageRequest) -> Page[Erasure]:
        """Newest first."""
        ...
