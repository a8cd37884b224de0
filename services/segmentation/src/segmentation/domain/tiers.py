"""The tier of a member: which rule matches now, by which figures, and when it stops matching by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from segmentation.domain.policy import Tier, TierPolicy, TierTarget


class Payment(NamedTuple):
    """A paid order, net of its refunds, in minor units; more than zero."""

    paid_at: datetime
    net_minor: int


@dataclass(frozen=True, slots=True)
class MemberFigures:
    """What a decision about one member looks at.

    `joined_at`: the latest joining of a group, or first sight of a member in no group. `interactions`: newest
    first, `payments`: in any order; both reach back at least as far as the windows of the policy.
    `paid_orders` counts over all time. `tier`: the one held now; `group_ids`: groups present in.
    """

    member_id: UUID
    joined_at: datetime
    interactions: Sequence[datetime]
    payments: Sequence[Payment]
    paid_orders: int
    tier: Tier | None = None
    group_ids: Sequence[UUID] = ()


class TierReason(NamedTuple):
    """The rule that matched and the figures it was decided by; amounts in minor units."""

    rule: str
    net_spend_minor: int
    interactions_7d: int
    interactions_30d: int
    paid_orders: int
    days_since_joined: int
    policy_version: int


@dataclass(frozen=True, slots=True)
class TierAssignment:
    """A tier held since a moment."""

    tier: Tier
    assigned_at: datetime
    reason: TierReason
    previous_tier: Tier | None


@dataclass(frozen=True, slots=True)
class TierDecision:
    """`due_at`: when the rule stops matching with no new activity; None if it never does."""

    tier: Tier
    reason: TierReason
    due_at: datetime | None


def decide(figures: MemberFigures, policy: TierPolicy, now: datetime) -> TierDecision:
    """The first rule that matches, in the order of the policy, else Regular.

    Windows are rolling and exact: something at `t` counts while `now < t + window`. With time alone a rule
    can only stop matching, but for Dormant, which can only start. So the moment to decide again is the end of
    the matching rule, or the start of Dormant where that comes earlier and is tried before it.

    This is the definition. Storage decides about many members set-based; a property test holds the two
    together.
    """
    vip_window = timedelta(days=policy.vip_window_days)
    active_window = timedelta(days=policy.active_window_days)
    dormant_after = timedelta(days=policy.dormant_after_days)

    payments = sorted(payment for payment in figures.payments if payment.paid_at > now - vip_window)
    net_spend = sum(payment.net_minor for payment in payments)
    recent = [at for at in figures.interactions if at > now - dormant_after]
    weekly = [at for at in recent if at > now - active_window]
    never_bought = figures.paid_orders == 0
    newcomer = never_bought and figures.joined_at > now - dormant_after
    dormant_from = recent[0] + dormant_after if recent else None

    tier, ends_at = Tier.REGULAR, None
    for candidate in policy.precedence:
        match candidate:
            case Tier.VIP if net_spend >= policy.vip_net_spend_minor:
                ends_at = _spend_falls_below(policy.vip_net_spend_minor, payments, net_spend) + vip_window
            case Tier.ACTIVE if len(weekly) >= policy.active_interactions:
                ends_at = weekly[policy.active_interactions - 1] + active_window
            case Tier.PROSPECT if newcomer or (never_bought and recent):
                ends_at = max([figures.joined_at, *recent[:1]]) + dormant_after
            case Tier.DORMANT if not recent:
                pass
            case _:
                continue
        tier = candidate
        break
    if policy.outranks(Tier.DORMANT, tier):
        ends_at = min(at for at in (ends_at, dormant_from) if at)

    reason = TierReason(
        rule=rule_of(tier, policy, newcomer=newcomer),
        net_spend_minor=net_spend,
        interactions_7d=len(weekly),
        interactions_30d=len(recent),
        paid_orders=figures.paid_orders,
        days_since_joined=max((now - figures.joined_at).days, 0),
        policy_version=policy.version,
    )
    return TierDecision(tier, reason, ends_at)


def rule_of(tier: Tier, policy: TierPolicy, *, newcomer: bool = False) -> str:
    """What a member of this tier matched. `newcomer`: the rule of Prospect for who just joined."""
    match tier:
        case Tier.VIP:
            return f"net_spend_{policy.vip_window_days}d >= {policy.vip_net_spend_minor}"
        case Tier.ACTIVE:
            return f"interactions_{policy.active_window_days}d >= {policy.active_interactions}"
        case Tier.PROSPECT if newcomer:
            return f"never_bought and joined < {policy.dormant_after_days}d"
        case Tier.PROSPECT:
            return f"never_bought and interactions_{policy.dormant_after_days}d > 0"
        case Tier.DORMANT:
            return f"interactions_{policy.dormant_after_days}d == 0"
        case _:
            return "no other rule"


def _spend_falls_below(threshold: int, payments: Sequence[Payment], net_spend: int) -> datetime:
    """Time of the payment (oldest first) whose leaving the window takes the spend below the threshold."""
    for payment in payments:
        net_spend -= payment.net_minor
        if net_spend < threshold:
            return payment.paid_at
    raise AssertionError("the threshold is positive, so an empty window is below it")


@dataclass(frozen=True, slots=True)
class TierShare:
    """Members in a tier beside its target; `share` 0 to 1."""

    tier: Tier
    members: int
    share: float
    target: TierTarget | None
    out_of_band: bool


def distribution(members: Mapping[Tier, int], targets: Sequence[TierTarget]) -> list[TierShare]:
    """Shares of all tiers, in the order of Tier. Without members nothing is out of band."""
    total = sum(members.values())
    by_tier = {target.tier: target for target in targets}
    shares = []
    for tier in Tier:
        count = members.get(tier, 0)
        share = count / total if total else 0.0
        target = by_tier.get(tier)
        out = bool(total and target and not target.min_share <= share <= target.max_share)
        shares.append(TierShare(tier, count, share, target, out))
    return shares
