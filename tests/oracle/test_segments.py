"""Segments hold whom the oracle says, for any condition over any history."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from quanzi.segmentation.v1 import segments_pb2 as pb
from quanzi.segmentation.v1.consents_pb2 import (
    CONSENT_STATE_GIVEN,
    CONSENT_STATE_UNKNOWN,
    CONSENT_STATE_WITHDRAWN,
)

from .conditions import TAGS, conditions
from .conftest import NewService
from .histories import EXAMPLES, GROUPS, NOW, PURPOSES, agreements, histories
from .history import Did, History
from .segments import People

CONDITIONS_PER_HISTORY = 4
# Each of them every time: by chance, few members would have said both yes and no.
CONSENTS = [
    pb.Condition(consent=pb.ConsentTest(purpose=purpose, state=state))
    for purpose in PURPOSES
    for state in (CONSENT_STATE_GIVEN, CONSENT_STATE_WITHDRAWN, CONSENT_STATE_UNKNOWN)
]
EARLIER = NOW - timedelta(days=3)
LATER = (NOW, NOW + timedelta(days=5), NOW + timedelta(days=27))


@EXAMPLES
@given(made=histories(), data=st.data())
async def test_previews(
    new_service: NewService, made: tuple[History, list[Did]], data: st.DataObject
) -> None:
    history, arriving = made
    service = await new_service(history.zone.key)
    await service.record(arriving, NOW)
    tags = {member: data.draw(st.sets(st.sampled_from(TAGS))) for member in history.members}
    for member, names in tags.items():
        await service.tag(member, sorted(names), NOW)
    group_ids = {group: str(service.group_id(group)) for group in GROUPS}
    agreed = data.draw(agreements(history))
    await service.agree(agreed, NOW)
    people = People(history, tags, group_ids, agreed)
    drawn = [data.draw(conditions(tuple(group_ids.values()))) for _ in range(CONDITIONS_PER_HISTORY)]
    for condition in (*drawn, *CONSENTS):
        expected = {service.member_id(member) for member in people.meeting(condition, NOW)}
        assert await service.meeting(condition, NOW) == expected, condition


@settings(EXAMPLES, max_examples=25)
@given(made=histories(), data=st.data())
async def test_segments_follow_activities_and_time(
    new_service: NewService, made: tuple[History, list[Did]], data: st.DataObject
) -> None:
    """One segment is saved before anything happened, one in the middle; both are right ever after."""
    history, arriving = made
    service = await new_service(history.zone.key)
    group_ids = {group: str(service.group_id(group)) for group in GROUPS}
    agreed = data.draw(agreements(history))
    people = People(history, {}, group_ids, agreed)
    segments: dict[UUID, pb.Condition] = {}

    async def save() -> None:
        condition = data.draw(conditions(tuple(group_ids.values())))
        segments[await service.save_segment(f"segment {len(segments)}", condition, EARLIER)] = condition

    await save()
    await service.record([did for did in arriving if did.at <= EARLIER], EARLIER, batch=5)
    await save()
    await service.record(arriving, NOW, batch=5)
    for told in [*agreed, *agreed[:2]]:
        await service.agree([told], NOW)
    for now in LATER:
        await service.pass_time(now)
        for segment_id, condition in segments.items():
            expected = {service.member_id(member) for member in people.meeting(condition, now)}
            assert await service.in_segment(segment_id) == expected, (now, condition)
