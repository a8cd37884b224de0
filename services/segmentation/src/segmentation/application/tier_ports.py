"""What decisions about many members at once need of the outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.rfm import RfmDistribution


@dataclass(frozen=True, slots=True)
class Swept:
    """`members` were decided, `changed` of them to another tier; `soonest`: the earliest moment now due.

    `marked`: segments are to look at some of them again, at once.
    """

    members: int
    changed: int
    soonest: datetime | None
    marked: bool = False


class TierSweep(Protocol):
    """Decides as domain/tiers.py does, stores what is new and publishes every change; loads nobody."""

    async def all(self, policy: TierPolicy, before: TierPolicy, now: datetime) -> Swept:
        """Everybody who has a tier, decided by the policy before. They may be due early, never late.

        Nobody else may decide meanwhile: see Policies.replaceable_tiers.
        """
        ...

    async def anew(self, policy: TierPolicy, now: datetime) -> Swept:
        """Every member, from what they did alone; as `all`, and repairs what was amiss."""
        ...

    async def due(self, policy: TierPolicy, now: datetime, limit: int) -> Swept:
        """Members whose tier ends by itself by now, and which no other transaction holds; holds them."""
        ...

    async def next_due(self) -> datetime | None:
        """The earliest moment at which a tier ends by itself; past if somebody is to be decided yet."""
        ...

    async def preview(self, policy: TierPolicy, now: datetime) -> Mapping[tuple[Tier | None, Tier], int]:
        """Members by the tier held and the tier of the policy. Stores nothing."""
        ...


class Rfm(Protocol):
    async def distribution(
        self, policy: TierPolicy, window_days: int, group_id: UUID | None, now: datetime
    ) -> RfmDistribution:
        """Of the tenant, or of those present in a group."""
        ...
