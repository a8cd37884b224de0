"""The way from a post to an order (转化漏斗)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID


class FunnelStepKind(IntEnum):
    """Numbered as in quanzi.segmentation.v1.FunnelStepKind."""

    REACHED = 1
    CLICKED = 2
    ORDERED = 3


class FunnelOf(NamedTuple):
    """Only this post, only this campaign; None means all."""

    post_id: UUID | None = None
    campaign_id: UUID | None = None


class FunnelCounts(NamedTuple):
    """Distinct members over all groups; each step among those of the step before."""

    reached: int = 0
    clicked: int = 0
    ordered: int = 0


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """Shares are None where there is nobody to have a share of; `of_previous` also for the first step."""

    kind: FunnelStepKind
    members: int
    of_previous: float | None
    of_first: float | None


def steps(counts: FunnelCounts) -> tuple[FunnelStep, ...]:
    found: list[FunnelStep] = []
    for kind, members in zip(FunnelStepKind, counts, strict=True):
        of_previous = members / found[-1].members if found and found[-1].members else None
        of_first = members / counts.reached if counts.reached else None
        found.append(FunnelStep(kind, members, of_previous, of_first))
    return tuple(found)
