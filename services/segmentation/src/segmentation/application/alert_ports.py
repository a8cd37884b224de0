"""What alerts need of the outside, in domain terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from segmentation.domain.alerts import Alert, AlertKind, AlertStatus


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """No statuses means those not closed."""

    statuses: Sequence[AlertStatus] = ()
    group_id: UUID | None = None
    kind: AlertKind | None = None


class Alerts(Protocol):
    async def standing(self) -> Sequence[Alert]:
        """Those not closed, held; nobody else judges the tenant's groups until the transaction ends."""
        ...

    async def held(self, ids: Sequence[UUID]) -> Sequence[Alert]:
        """Those there are, by id; nobody else changes them until the transaction ends."""
        ...

    async def save(self, alerts: Sequence[Alert]) -> None: ...

    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Alert]: ...

    async def of_groups(self, group_ids: Sequence[UUID]) -> Sequence[Alert]:
        """Those not closed, by group, the latest opened first."""
        ...

    async def page(self, request: PageRequest, wanted: AlertFilter) -> Page[Alert]:
        """The latest opened first, then by id."""
        ...
