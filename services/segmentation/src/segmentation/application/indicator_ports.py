"""What measuring groups needs of the outside, in domain terms."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from segmentation.domain.cohorts import CohortCount
from segmentation.domain.funnel import FunnelCounts, FunnelOf
from segmentation.domain.indicator_policy import IndicatorKind, IndicatorPolicy, PoliciesInForce
from segmentation.domain.indicators import GroupCounts
from segmentation.domain.member import DailyFacts
from segmentation.domain.windows import Window


class Facts(Protocol):
    async def daily(self, group_ids: Sequence[UUID], window: Window) -> Sequence[DailyFacts]:
        """By group, then date."""
        ...


class FactZones(Protocol):
    """The zone that facts are counted in: the tenant's, once they have followed it."""

    async def current(self) -> ZoneInfo: ...

    async def hold(self) -> ZoneInfo:
        """Staying so until the transaction ends: for who adds to the facts."""
        ...

    async def follow(self, zone: ZoneInfo) -> bool:
        """Counts the facts anew in this zone, alone with them. False if there was nothing to do."""
        ...


class Measurements(Protocol):
    """Windows follow one another without a gap; nothing in them may lie in the future.

    Of groups there are as many counts as windows, in their order.
    """

    async def of_groups(
        self, group_ids: Sequence[UUID], windows: Sequence[Window], now: datetime
    ) -> Mapping[UUID, Sequence[GroupCounts]]:
        """Every group given has its counts, in the order of ids."""
        ...

    async def of_all_groups(
        self, windows: Sequence[Window], now: datetime, kind: IndicatorKind | None = None
    ) -> Mapping[UUID, Sequence[GroupCounts]]:
        """If a kind is given, only what that indicator is made of is counted."""
        ...

    async def of_tenant(self, windows: Sequence[Window], now: datetime) -> tuple[int, Sequence[GroupCounts]]:
        """How many groups there are, and sums over them, one for each window."""
        ...

    async def cohorts(
        self, group_ids: Sequence[UUID], window: Window, days: Sequence[int], now: datetime
    ) -> Sequence[CohortCount]:
        """Of whole weeks in which somebody joined; no groups given means all."""
        ...

    async def funnel(self, group_ids: Sequence[UUID], window: Window, of: FunnelOf) -> FunnelCounts:
        """No groups given means all."""
        ...


class IndicatorPolicies(Protocol):
    async def in_force(self, group_ids: Sequence[UUID] | None = None) -> PoliciesInForce:
        """The tenant's, and those that groups have of their own: these groups, or all."""
        ...

    async def replaceable(self, group_id: UUID | None) -> IndicatorPolicy | None:
        """In force for the tenant, or of the group's own; it stays so until the transaction ends."""
        ...

    async def add(self, policy: IndicatorPolicy, now: datetime) -> IndicatorPolicy:
        """As the next version."""
        ...

    async def remove(self, group_id: UUID, now: datetime) -> None: ...
