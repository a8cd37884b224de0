"""What a tier policy would change."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from segmentation.application.ports import UnitOfWork
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.tiers import TierShare, distribution


@dataclass(frozen=True, slots=True)
class TierPolicyPreview:
    """`moves`: members who would change tier, by the one held and the new one; `shares`: as they would be."""

    members: int
    moves: Mapping[tuple[Tier | None, Tier], int]
    shares: Sequence[TierShare]


async def preview_tier_policy(uow: UnitOfWork, proposed: TierPolicy, now: datetime) -> TierPolicyPreview:
    """Nothing is saved."""
    decided = await uow.tier_sweep.preview(proposed, now)
    members: Counter[Tier] = Counter()
    for (_, tier), count in decided.items():
        members[tier] += count
    moves = {between: count for between, count in decided.items() if between[0] is not between[1]}
    return TierPolicyPreview(members.total(), moves, distribution(members, proposed.targets))
