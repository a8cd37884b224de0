"""Conditions over what is known of a member: the boolean tree, what it may say, and when it holds.

This is the definition. Storage decides the same set-based; a property test holds the two together.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import NamedTuple, assert_never
from uuid import UUID

from segmentation.domain.activity import INTERACTIONS, ActivityKind
from segmentation.domain.consents import ConsentState, Said, held
from segmentation.domain.errors import InvalidCondition
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.rfm import RfmFigures, score
from segmentation.domain.tiers import Payment

MAX_NODES = 50
MAX_LEVELS = 8
MAX_DAYS_AGO = 36_600
SCORES = (1, 5)


class ProfileField(IntEnum):
    """Numbered as in quanzi.segmentation.v1.ProfileField."""

    DISPLAY_NAME = 1
    EXTERNAL_REFERENCE = 2


class TextMatch(IntEnum):
    """Numbered as in quanzi.segmentation.v1.TextMatch."""

    EQUALS = 1
    STARTS_WITH = 2
    CONTAINS = 3


class RfmDimension(IntEnum):
    """Numbered as in quanzi.segmentation.v1.RfmDimension."""

    RECENCY = 1
    FREQUENCY = 2
    MONETARY = 3


class OrderMeasure(IntEnum):
    """Numbered as in quanzi.segmentation.v1.OrderMeasure; amounts net of refunds, minor units."""

    COUNT = 1
    NET_SPEND_MINOR = 2


class Sight(IntEnum):
    """Numbered as in quanzi.segmentation.v1.Sight."""

    FIRST = 1
    LAST = 2


@dataclass(frozen=True, slots=True)
class IntRange:
    """Both ends included; an absent end is open."""

    min: int | None = None
    max: int | None = None

    def __contains__(self, value: int) -> bool:
        return (self.min is None or self.min <= value) and (self.max is None or value <= self.max)


@dataclass(frozen=True, slots=True)
class AllOf:
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class ProfileTest:
    field: ProfileField
    match: TextMatch
    text: str


@dataclass(frozen=True, slots=True)
class TagTest:
    name: str


@dataclass(frozen=True, slots=True)
class ConsentTest:
    """UNKNOWN: nothing is known of the purpose."""

    purpose: str
    state: ConsentState


@dataclass(frozen=True, slots=True)
class TierTest:
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class RfmTest:
    """A score over the RFM window of the policy in force."""

    dimension: RfmDimension
    score: IntRange


@dataclass(frozen=True, slots=True)
class OrdersTest:
    """`within_days` 0 means ever."""

    measure: OrderMeasure
    within_days: int
    value: IntRange


@dataclass(frozen=True, slots=True)
class ActivitiesTest:
    """No kind means interactions; no group means anywhere."""

    kinds: tuple[ActivityKind, ...]
    within_days: int
    group_id: UUID | None
    count: IntRange


@dataclass(frozen=True, slots=True)
class GroupTest:
    """Present in one of them."""

    group_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class SeenTest:
    sight: Sight
    days_ago: IntRange


Condition = (
    AllOf
    | AnyOf
    | Not
    | ProfileTest
    | TagTest
    | ConsentTest
    | TierTest
    | RfmTest
    | OrdersTest
    | ActivitiesTest
    | GroupTest
    | SeenTest
)


class Done(NamedTuple):
    """One activity of a member."""

    kind: ActivityKind
    occurred_at: datetime
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MemberHistory:
    """What a condition looks at, in any order; `group_ids`: those the member is present in.

    `consents`: what was said of each purpose.
    """

    external_reference: str
    display_name: str
    first_seen_at: datetime
    last_seen_at: datetime
    tier: Tier | None = None
    tags: Collection[str] = ()
    consents: Mapping[str, Sequence[Said]] = field(default_factory=dict)
    group_ids: Collection[UUID] = ()
    payments: Sequence[Payment] = ()
    activities: Sequence[Done] = ()


def holds(condition: Condition, member: MemberHistory, policy: TierPolicy, now: datetime) -> bool:
    """Days are 24 hours. Windows are rolling and exact: `t` lies in one while `t <= now < t + window`."""
    match condition:
        case AllOf(conditions):
            return all(holds(it, member, policy, now) for it in conditions)
        case AnyOf(conditions):
            return any(holds(it, member, policy, now) for it in conditions)
        case Not(negated):
            return not holds(negated, member, policy, now)
        case ProfileTest(field, match, text):
            shown = member.display_name if field is ProfileField.DISPLAY_NAME else member.external_reference
            return _matches(shown, match, text)
        case TagTest(name):
            return name in member.tags
        case ConsentTest(purpose, state):
            return held(member.consents.get(purpose, ())) is state
        case TierTest(tiers):
            return member.tier in tiers
        case RfmTest(dimension, wanted):
            return _score(dimension, member.payments, policy, now) in wanted
        case OrdersTest(measure, within_days, value):
            nets = [it.net_minor for it in member.payments if _counts(it.paid_at, within_days, now)]
            return (len(nets) if measure is OrderMeasure.COUNT else sum(nets)) in value
        case ActivitiesTest(kinds, within_days, group_id, count):
            wanted_kinds = kinds or INTERACTIONS
            return (
                sum(
                    it.kind in wanted_kinds
                    and group_id in (None, it.group_id)
                    and _counts(it.occurred_at, within_days, now)
                    for it in member.activities
                )
                in count
            )
        case GroupTest(group_ids):
            return any(group_id in member.group_ids for group_id in group_ids)
        case SeenTest(sight, days_ago):
            seen_at = member.first_seen_at if sight is Sight.FIRST else member.last_seen_at
            return max((now - seen_at).days, 0) in days_ago
    assert_never(condition)


def _matches(shown: str, match: TextMatch, text: str) -> bool:
    match match:
        case TextMatch.EQUALS:
            return shown == text
        case TextMatch.STARTS_WITH:
            return shown.startswith(text)
        case TextMatch.CONTAINS:
            return text in shown


def _counts(at: datetime, within_days: int, now: datetime) -> bool:
    return at <= now and (not within_days or now < at + timedelta(days=within_days))


def _score(dimension: RfmDimension, payments: Sequence[Payment], policy: TierPolicy, now: datetime) -> int:
    counted = [it for it in payments if _counts(it.paid_at, policy.rfm_window_days, now)]
    figures = RfmFigures(
        days_since_last_order=(now - max(counted).paid_at).days if counted else None,
        paid_orders=len(counted),
        net_spend_minor=sum(it.net_minor for it in counted),
    )
    scored = score(figures, policy.cuts, now)
    return {
        RfmDimension.RECENCY: scored.recency,
        RfmDimension.FREQUENCY: scored.frequency,
        RfmDimension.MONETARY: scored.monetary,
    }[dimension]


def check(condition: Condition) -> None:
    """Raises InvalidCondition; its field is a path such as `condition.all.conditions[2].orders.value`."""
    for nodes, (node, path, level) in enumerate(_nodes(condition, "condition", 1), start=1):
        if nodes > MAX_NODES or level > MAX_LEVELS:
            raise InvalidCondition(
                f"Use at most {MAX_NODES} conditions in at most {MAX_LEVELS} levels", field=path
            )
        match node:
            case RfmTest(score=scores):
                _check_range(scores, f"{path}.rfm.score", *SCORES)
            case OrdersTest(value=value):
                _check_range(value, f"{path}.orders.value", 0)
            case ActivitiesTest(count=count):
                _check_range(count, f"{path}.activities.count", 0)
            case SeenTest(days_ago=days_ago):
                _check_range(days_ago, f"{path}.seen.days_ago", 0, MAX_DAYS_AGO)


def depends_on_policy(condition: Condition) -> bool:
    """Whether another tier policy may change whom it holds for."""
    return any(isinstance(node, TierTest | RfmTest) for node, _, _ in _nodes(condition, "", 1))


def tests_tags(condition: Condition) -> bool:
    """Whether tags of the member may change whether it holds."""
    return any(isinstance(node, TagTest) for node, _, _ in _nodes(condition, "", 1))


def size(condition: Condition) -> int:
    """Its number of nodes."""
    return sum(1 for _ in _nodes(condition, "", 1))


def _nodes(condition: Condition, path: str, level: int) -> Iterator[tuple[Condition, str, int]]:
    yield condition, path, level
    match condition:
        case AllOf(conditions):
            children = [(it, f"{path}.all.conditions[{n}]") for n, it in enumerate(conditions)]
        case AnyOf(conditions):
            children = [(it, f"{path}.any.conditions[{n}]") for n, it in enumerate(conditions)]
        case Not(negated):
            children = [(negated, f"{path}.not")]
        case _:
            children = []
    for child, child_path in children:
        yield from _nodes(child, child_path, level + 1)


def _check_range(wanted: IntRange, field: str, least: int, most: int | None = None) -> None:
    ends = [end for end in (wanted.min, wanted.max) if end is not None]
    if not ends:
        raise InvalidCondition("Give min, max or both", field=field)
    if ends != sorted(ends):
        raise InvalidCondition(f"min {wanted.min} must not exceed max {wanted.max}", field=field)
    if any(end < least or (most is not None and end > most) for end in ends):
        allowed = f"at least {least}" if most is None else f"from {least} to {most}"
        raise InvalidCondition(f"Give numbers {allowed}", field=field)
