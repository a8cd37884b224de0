"""Segments through the running service, and through kill -9."""

import grpc
import pytest
from nats.js import JetStreamContext
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.waiting import eventually
from quanzi.paging.v1.paging_pb2 import PageRequest
from quanzi.segmentation.v1 import segments_pb2 as wire

from ..samples import Brand
from .door import Door, as_caller, refusal

MEMBERS = 40_000
EVERYBODY = wire.Condition(
    seen=wire.SeenTest(sight=wire.SIGHT_LAST, days_ago=wire.IntRange(min=0, max=10)),
)
CONTRADICTION = wire.Condition(
    all=wire.Conditions(
        conditions=[
            EVERYBODY,
            wire.Condition(
                orders=wire.OrdersTest(measure=wire.ORDER_MEASURE_COUNT, value=wire.IntRange(min=3, max=2))
            ),
        ]
    )
)
MANY = text("""
    insert into members
        (tenant_id, member_id, external_reference, display_name, first_seen_at, last_seen_at)
    select :tenant_id, gen_random_uuid(), 'm-' || n, '', now() - interval '1 day', now() - interval '1 day'
    from generate_series(1, :members) as n
""")


def creation(name: str = "全部", condition: wire.Condition = EVERYBODY) -> wire.CreateSegmentRequest:
    return wire.CreateSegmentRequest(idempotency_key=str(new_id()), name=name, condition=condition)


async def streamed(door: Door, segment_id: str) -> list[wire.StreamSegmentMembersResponse]:
    request = wire.StreamSegmentMembersRequest(segment_id=segment_id)
    return [part async for part in door.segments.StreamSegmentMembers(request)]


@pytest.mark.chaos
async def test_killed_while_a_segment_is_worked_out(
    door: Door, jetstream: JetStreamContext, database: Database, brand: Brand
) -> None:
    """kill -9 in the middle; in the end everybody is in it, once, and every change is told once."""
    async with database.session(brand.tenant_id) as session:
        await session.connection.execute(MANY, {"tenant_id": brand.tenant_id, "members": MEMBERS})
    with as_caller(brand):
        segment = (await door.segments.CreateSegment(creation())).segment

    async def standing() -> wire.Segment:
        with as_caller(brand):
            found = await door.segments.BatchGetSegments(wire.BatchGetSegmentsRequest(ids=[segment.id]))
        return found.segments[0]

    async def begun() -> bool:
        return (await standing()).progress > 0

    async def live() -> bool:
        return (await standing()).status == wire.SEGMENT_STATUS_LIVE

    await eventually(begun, True)
    await door.kill_and_restart()
    before = await standing()
    print(f"\nkilled, {before.progress:.0%} worked out, {before.size} members shown")
    await eventually(live, True)
    assert (await standing()).size == MEMBERS

    with as_caller(brand):
        parts = await streamed(door, segment.id)
    assert {(part.size, part.version) for part in parts} == {(MEMBERS, 1)}
    assert max(len(part.member_ids) for part in parts) == 1_000
    assert len({member for part in parts for member in part.member_ids}) == MEMBERS

    async def published() -> dict[str, int]:
        subjects = f"quanzi.{brand.tenant_id}.segmentation.segment.>"
        info = await jetstream.stream_info("EVENTS", subjects_filter=subjects)
        return {name.split(".")[4]: total for name, total in (info.state.subjects or {}).items()}

    await eventually(published, {"members_changed": MEMBERS // 500, "updated": 1})


async def test_segments_are_made_read_and_deleted(door: Door, database: Database, brand: Brand) -> None:
    async with database.session(brand.tenant_id) as session:
        await session.connection.execute(MANY, {"tenant_id": brand.tenant_id, "members": 3})
    with as_caller(brand):
        preview = await door.segments.PreviewSegment(
            wire.PreviewSegmentRequest(condition=EVERYBODY, sample=2)
        )
        assert (preview.members, preview.of_members, len(preview.sample_member_ids)) == (3, 3, 2)

        request = creation()
        segment = (await door.segments.CreateSegment(request)).segment
        assert segment.status == wire.SEGMENT_STATUS_BACKFILLING
        assert (await door.segments.CreateSegment(request)).segment == segment

        async def size() -> int:
            page = PageRequest(first=10)
            listed = await door.segments.ListSegments(wire.ListSegmentsRequest(page=page))
            assert [it.condition for it in listed.segments] == [EVERYBODY]
            return listed.segments[0].size

        await eventually(size, 3)
        page = PageRequest(first=2, count_total=True)
        listed = await door.segments.ListSegmentMembers(
            wire.ListSegmentMembersRequest(segment_id=segment.id, page=page)
        )
        assert (len(listed.members), listed.page_info.total_count) == (2, 3)
        many = await door.segments.BatchListSegmentMembers(
            wire.BatchListSegmentMembersRequest(segment_ids=[segment.id, str(new_id())], page=page)
        )
        of_each = {it.segment_id: (list(it.members), it.page_info) for it in many.segments}
        assert of_each.pop(segment.id) == (list(listed.members), listed.page_info)
        assert [(members, info.total_count) for members, info in of_each.values()] == [([], 0)]
        first = listed.members[0]
        of_member = await door.segments.BatchListMemberSegments(
            wire.BatchListMemberSegmentsRequest(member_ids=[first.member_id])
        )
        assert list(of_member.segments) == [first]

        update = wire.UpdateSegmentRequest(
            id=segment.id, expected_version=1, name="所有人", condition=EVERYBODY
        )
        assert (await door.segments.UpdateSegment(update)).segment.version == 2
        await door.segments.DeleteSegment(wire.DeleteSegmentRequest(id=segment.id))
        assert await refusal(door.segments.UpdateSegment(update)) == ("SEGMENT_NOT_FOUND", "id")
        with pytest.raises(grpc.aio.AioRpcError) as gone:
            await streamed(door, segment.id)
        assert gone.value.code() is grpc.StatusCode.NOT_FOUND


async def test_refusals_name_the_field(door: Door, brand: Brand) -> None:
    path = "condition.all.conditions[1].orders.value"
    with as_caller(brand):
        for call in (
            door.segments.PreviewSegment(wire.PreviewSegmentRequest(condition=CONTRADICTION)),
            door.segments.CreateSegment(creation(condition=CONTRADICTION)),
        ):
            assert await refusal(call) == ("INVALID_CONDITION", path)
        segment = (await door.segments.CreateSegment(creation())).segment
        assert await refusal(door.segments.CreateSegment(creation())) == ("SEGMENT_NAME_TAKEN", "name")
        stale = wire.UpdateSegmentRequest(id=segment.id, name="别的", condition=EVERYBODY)
        assert await refusal(door.segments.UpdateSegment(stale)) == ("STALE_VERSION", "expected_version")
