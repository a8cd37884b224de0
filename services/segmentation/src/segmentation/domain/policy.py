"""The tier and RFM policy of a tenant. The defaults are those of the operating handbook."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from itertools import pairwise

from segmentation.domain.errors import InvalidPolicy


class Tier(IntEnum):
    """Member tiers, numbered as in quanzi.segmentation.v1.Tier."""

    VIP = 1
    ACTIVE = 2
    PROSPECT = 3
    DORMANT = 4
    REGULAR = 5


@dataclass(frozen=True, slots=True)
class TierTarget:
    """Share of members a tier should hold, 0 to 1, both ends included."""

    tier: Tier
    min_share: float
    max_share: float


@dataclass(frozen=True, slots=True)
class RfmCuts:
    """Four cut points each. Reaching cut i scores i + 2; recency counts downwards: at most that many days."""

    recency_days: tuple[int, ...] = (180, 90, 60, 30)
    frequency: tuple[int, ...] = (2, 3, 5, 10)
    monetary_minor: tuple[int, ...] = (20_000, 50_000, 100_000, 300_000)


DEFAULT_PRECEDENCE = (Tier.VIP, Tier.ACTIVE, Tier.PROSPECT, Tier.DORMANT)
DEFAULT_MONTHLY_DAYS = 30
DEFAULT_TARGETS = (
    TierTarget(Tier.VIP, 0.08, 0.12),
    TierTarget(Tier.ACTIVE, 0.25, 0.35),
    TierTarget(Tier.DORMANT, 0.40, 0.50),
    TierTarget(Tier.PROSPECT, 0.15, 0.25),
)


@dataclass(frozen=True, slots=True)
class TierPolicy:
    """How members are sorted into tiers and scored. Amounts in minor units of the tenant's currency.

    `precedence`: the order in which the rules of the tiers are tried; Regular is what is left. Version 0 is
    the default, never stored.
    """

    version: int = 0
    vip_net_spend_minor: int = 500_000
    vip_window_days: int = 30
    active_interactions: int = 3
    active_window_days: int = 7
    dormant_after_days: int = 30
    rfm_window_days: int = 365
    cuts: RfmCuts = field(default_factory=RfmCuts)
    targets: tuple[TierTarget, ...] = DEFAULT_TARGETS
    precedence: tuple[Tier, ...] = DEFAULT_PRECEDENCE
    monthly_rfm_window_days: int = DEFAULT_MONTHLY_DAYS

    def __post_init__(self) -> None:
        _require_order("recency_cut_days", self.cuts.recency_days, descending=True)
        _require_order("frequency_cuts", self.cuts.frequency)
        _require_order("monetary_cuts_minor", self.cuts.monetary_minor)
        if self.active_window_days > self.dormant_after_days:
            raise InvalidPolicy(
                "active_window_days must not exceed dormant_after_days", field="active_window_days"
            )
        if len({target.tier for target in self.targets}) != len(self.targets):
            raise InvalidPolicy("Give each tier at most one target", field="targets")
        for target in self.targets:
            if not 0 <= target.min_share <= target.max_share <= 1:
                raise InvalidPolicy("A target needs 0 <= min_share <= max_share <= 1", field="targets")
        if sorted(self.precedence) != sorted(DEFAULT_PRECEDENCE):
            raise InvalidPolicy(
                "Name VIP, ACTIVE, PROSPECT and DORMANT once each, or none", field="policy.precedence"
            )

    def outranks(self, tier: Tier, other: Tier) -> bool:
        """Whether the rule of `tier` is tried before that of `other`; Regular comes last."""
        order = (*self.precedence, Tier.REGULAR)
        return order.index(tier) < order.index(other)

    def lasting_since(self, before: "TierPolicy") -> frozenset[Tier]:
        """Of VIP and Active, those whose rule matches for at least as long as it did by the policy before."""
        if self.precedence != before.precedence or self.dormant_after_days < before.dormant_after_days:
            return frozenset()
        eased = {
            Tier.VIP: self.vip_net_spend_minor <= before.vip_net_spend_minor
            and self.vip_window_days >= before.vip_window_days,
            Tier.ACTIVE: self.active_interactions <= before.active_interactions
            and self.active_window_days >= before.active_window_days,
        }
        return frozenset(tier for tier, is_eased in eased.items() if is_eased)

    @property
    def settled_tiers(self) -> frozenset[Tier]:
        """Tiers that interactions and moves take nobody out of.

        They strengthen the rule of Active and leave that of VIP alone. Above these only Active can begin: who
        is VIP has bought, and so has who is Active though Prospect comes first.
        """
        return frozenset({Tier.ACTIVE} if self.outranks(Tier.ACTIVE, Tier.VIP) else {Tier.VIP, Tier.ACTIVE})


@dataclass(frozen=True, slots=True)
class TierPolicyVersion:
    """A policy in force since a moment."""

    policy: TierPolicy
    created_at: datetime


def _require_order(name: str, cuts: tuple[int, ...], *, descending: bool = False) -> None:
    """Cut points may be equal: quantiles of much repeated values are."""
    ordered = all(a >= b for a, b in pairwise(cuts)) if descending else all(a <= b for a, b in pairwise(cuts))
    if len(cuts) != 4 or not ordered:
        raise InvalidPolicy(
            f"Give four {name}, {'descending' if descending else 'ascending'}", field=f"policy.{name}"
        )
