from dataclasses import replace

import pytest

from chassis.ids import new_id
from quanzi.segmentation.v1 import segments_pb2
from segmentation.domain.conditions import IntRange, Not, SeenTest, Sight, TagTest
from segmentation.domain.errors import InvalidCondition, StaleVersion, TooManySegments
from segmentation.domain.segments import (
    MAX_CHANGES_TOLD,
    MAX_SEGMENTS,
    Segment,
    SegmentStatus,
    changes_to_tell,
)

from ..samples import NOW, days

VIP = TagTest("vip")
NONSENSE = SeenTest(Sight.LAST, IntRange(3, 2))
SEGMENT = Segment.create(new_id(), "贵宾", VIP, MAX_SEGMENTS - 1, NOW)


def test_a_change_is_a_new_version() -> None:
    later = NOW + days(1)
    changed = SEGMENT.change("贵宾", Not(VIP), 1, later)
    assert changed == replace(SEGMENT, condition=Not(VIP), version=2, updated_at=later)
    assert SEGMENT.change("贵宾", VIP, 7, later) is SEGMENT


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(StaleVersion):
        SEGMENT.change("新客", VIP, 0, NOW)
    with pytest.raises(InvalidCondition):
        SEGMENT.change("贵宾", NONSENSE, 1, NOW)
    with pytest.raises(InvalidCondition):
        Segment.create(new_id(), "贵宾", NONSENSE, 0, NOW)
    with pytest.raises(TooManySegments):
        Segment.create(new_id(), "贵宾", VIP, MAX_SEGMENTS, NOW)


@pytest.mark.parametrize(("entered", "left"), [(0, 0), (1, 0), (0, 501), (499, 2), (1_000, 3), (700, 700)])
def test_changes_are_told_completely_in_parts(entered: int, left: int) -> None:
    coming, going = [new_id() for _ in range(entered)], [new_id() for _ in range(left)]
    events = list(changes_to_tell(SEGMENT.id, 1, coming, going))
    assert [it for event in events for it in event.entered] == coming
    assert [it for event in events for it in event.left] == going
    assert all(0 < len(event.entered) + len(event.left) <= MAX_CHANGES_TOLD for event in events)
    assert len(events) == -(-(entered + left) // MAX_CHANGES_TOLD)


def test_numbers_are_those_of_the_contract() -> None:
    wire = {f"SEGMENT_STATUS_{it.name}": it.value for it in SegmentStatus}
    assert wire | {"SEGMENT_STATUS_UNSPECIFIED": 0} == dict(segments_pb2.SegmentStatus.items())
