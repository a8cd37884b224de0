"""Thresholds of a tenant, or of one group. The defaults are those of the operating handbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from math import isfinite
from uuid import UUID

from segmentation.domain.errors import InvalidPolicy

LONGEST_ALERT_WINDOW_DAYS = 90


class IndicatorKind(IntEnum):
    """The eight indicators, numbered as in quanzi.segmentation.v1.IndicatorKind."""

    MESSAGES_PER_DAY = 1
    INTERACTIONS_PER_MEMBER_DAY = 2
    CLICK_RATE = 3
    ORDER_RATE = 4
    RETENTION_7D = 5
    RETENTION_30D = 6
    SHARE_RATE = 7
    INVITE_COEFFICIENT = 8


@dataclass(frozen=True, slots=True)
class Threshold:
    """Healthy from this value; unknown while the denominator is below `minimum_sample`."""

    healthy_from: float
    minimum_sample: int

    def __post_init__(self) -> None:
        if not (isfinite(self.healthy_from) and self.healthy_from >= 0 and self.minimum_sample >= 1):
            raise InvalidPolicy(
                "A threshold needs healthy_from >= 0 and minimum_sample >= 1", field="policy.thresholds"
            )


DEFAULT_THRESHOLDS = {
    IndicatorKind.MESSAGES_PER_DAY: Threshold(15, minimum_sample=1),
    IndicatorKind.INTERACTIONS_PER_MEMBER_DAY: Threshold(0.8, minimum_sample=7),
    IndicatorKind.CLICK_RATE: Threshold(0.25, minimum_sample=10),
    IndicatorKind.ORDER_RATE: Threshold(0.08, minimum_sample=10),
    IndicatorKind.RETENTION_7D: Threshold(0.65, minimum_sample=10),
    IndicatorKind.RETENTION_30D: Threshold(0.35, minimum_sample=10),
    IndicatorKind.SHARE_RATE: Threshold(0.12, minimum_sample=10),
    IndicatorKind.INVITE_COEFFICIENT: Threshold(1.8, minimum_sample=3),
}


@dataclass(frozen=True, slots=True)
class IndicatorPolicy:
    """Thresholds per indicator, the early warning (messages per member over seven days), and over how many
    complete local days alerts are judged. Version 0 is the default, never stored; `group_id` is None for
    the tenant's.
    """

    version: int = 0
    thresholds: Mapping[IndicatorKind, Threshold] = field(default_factory=lambda: dict(DEFAULT_THRESHOLDS))
    risk_messages_per_member: float = 5
    risk_minimum_members: int = 3
    alert_window_days: int = 7
    group_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.thresholds.keys() != set(IndicatorKind):
            raise InvalidPolicy("Give one threshold for each of the eight", field="policy.thresholds")
        if not (isfinite(self.risk_messages_per_member) and self.risk_messages_per_member >= 0):
            raise InvalidPolicy("Give a bound of at least 0", field="policy.risk_messages_per_member")
        if self.risk_minimum_members < 1:
            raise InvalidPolicy("Give at least 1", field="policy.risk_minimum_members")
        if not 1 <= self.alert_window_days <= LONGEST_ALERT_WINDOW_DAYS:
            raise InvalidPolicy(
                f"Give 1 to {LONGEST_ALERT_WINDOW_DAYS} days", field="policy.alert_window_days"
            )


@dataclass(frozen=True, slots=True)
class PoliciesInForce:
    """The tenant's, and those that groups have of their own."""

    tenant: IndicatorPolicy
    own: Mapping[UUID, IndicatorPolicy]

    def of(self, group_id: UUID) -> IndicatorPolicy:
        return self.own.get(group_id, self.tenant)
