"""Segments hold whom the oracle says, for any condition over any history."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from .conditions import TAGS, conditions
from .conftest import NewService
from .histories import EXAMPLES, GROUPS, NOW, histories
from .history import Did, History
from .segments import People

CONDITIONS_PER_HISTORY = 4


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
    people = People(history, tags, group_ids)
    for _ in range(CONDITIONS_PER_HISTORY):
        condition = data.draw(conditions(tuple(group_ids.values())))
        expected = {service.member_id(member) for member in people.meeting(condition, NOW)}
        assert await service.meeting(condition, NOW) == expected, condition
