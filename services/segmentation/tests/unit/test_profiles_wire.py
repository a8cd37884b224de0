"""Every entry of a timeline has a line that people can read."""

import pytest

from chassis.ids import new_id
from quanzi.segmentation.v1 import members_pb2, profiles_pb2
from quanzi.support.v1.tickets_pb2 import TicketStatus
from segmentation.domain.activity import ORDERS, ActivityKind
from segmentation.domain.policy import Tier
from segmentation.domain.profile import LossKind
from segmentation.domain.tags import TagJudgement
from segmentation.domain.timeline import TimelineEntry, TimelineKind
from segmentation.entrypoints.profiles_wire import entry_to_wire

from ..samples import NOW

TICKET = {name.removeprefix("TICKET_STATUS_") for name, number in TicketStatus.items() if number}
STATES = {
    TimelineKind.TICKET: TICKET,
    TimelineKind.VIOLATION: {"OPENED", "HANDLED", "REVERSED"},
    TimelineKind.CAMPAIGN: {"RESERVED", "PAID", "EXPIRED", "FULFILLED", "REFUND_REQUESTED"},
    TimelineKind.TAG: {"SET", "REMOVED", *(it.name for it in TagJudgement)},
    TimelineKind.MERGE: {"MERGED", "REVERSED"},
    TimelineKind.CONSENT: {"GIVEN", "WITHDRAWN"},
}


def titled(kind: TimelineKind, state: str = "", **more: object) -> str:
    entry = TimelineEntry(new_id(), kind, NOW, None, "老客", state, **more)  # type: ignore[arg-type]
    return entry_to_wire(entry).title


@pytest.mark.parametrize(
    ("kind", "state"), [(kind, state) for kind, of in STATES.items() for state in sorted(of)]
)
def test_what_events_told(kind: TimelineKind, state: str) -> None:
    title = titled(kind, state)
    assert title
    assert ("老客" in title) is (kind in {TimelineKind.TAG, TimelineKind.CONSENT})


@pytest.mark.parametrize("activity", ActivityKind)
def test_activities(activity: ActivityKind) -> None:
    assert titled(TimelineKind.ORDER if activity in ORDERS else TimelineKind.ACTIVITY, activity=activity)


@pytest.mark.parametrize("tier", Tier)
def test_tiers(tier: Tier) -> None:
    assert titled(TimelineKind.TIER, tier=tier).startswith("首次分层")
    assert titled(TimelineKind.TIER, tier=tier, previous_tier=Tier.REGULAR).startswith("层级变化：普通 → ")


@pytest.mark.parametrize(
    ("domain", "wire", "prefix"),
    [
        (TimelineKind, profiles_pb2.TimelineKind, "TIMELINE_KIND_"),
        (LossKind, profiles_pb2.LossKind, "LOSS_KIND_"),
        (TagJudgement, members_pb2.TagJudgement, "TAG_JUDGEMENT_"),
    ],
)
def test_numbers_are_those_of_the_contract(domain: type[TimelineKind], wire: object, prefix: str) -> None:
    numbers = {name.removeprefix(prefix): number for name, number in wire.items() if number}  # type: ignore[attr-defined]
    assert {it.name: int(it) for it in domain} == numbers
