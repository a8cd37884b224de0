"""What consents need of the outside."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from segmentation.domain.consents import ConsentPolicy, ConsentRecord, Holding


class Consents(Protocol):
    async def hold_members(self, member_ids: Collection[UUID]) -> Collection[UUID]:
        """Those there are, held until the transaction ends."""
        ...

    async def add(self, records: Sequence[ConsentRecord]) -> Collection[UUID]:
        """Keeps those whose ids are not known yet, the first of each; returns the ids of these."""
        ...

    async def by_ids(self, ids: Collection[UUID]) -> Mapping[UUID, ConsentRecord]: ...
    async def holding(self, member_ids: Collection[UUID]) -> Holding: ...
    async def of_members(
        self, member_ids: Sequence[UUID], request: PageRequest, purpose: str | None
    ) -> Mapping[UUID, Page[ConsentRecord]]:
        """Newest first, of each member; None means all purposes."""
        ...


class ConsentPolicies(Protocol):
    async def in_force(self) -> ConsentPolicy: ...
    async def replaceable(self) -> ConsentPolicy:
        """In force; keeps others from replacing it until the transaction ends."""
        ...

    async def former_purposes(self) -> frozenset[str]:
        """Codes of all versions, the default among them."""
        ...

    async def add(self, policy: ConsentPolicy, now: datetime) -> None: ...
