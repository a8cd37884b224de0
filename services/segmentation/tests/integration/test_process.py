"""The service as it runs: from the streams to the answers, and through kill -9."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from google.protobuf.json_format import MessageToJson
from nats.js import JetStreamContext
from sqlalchemy import text

from chassis.cloudevents import CloudEvent
from chassis.database import Database
from chassis.ids import new_id
from chassis.messaging import activities_subject
from chassis.testbed.waiting import eventually
from chassis.timestamps import timestamp
from quanzi.content.v1.events_pb2 import PostDelivered
from quanzi.inbound.v1.activity_pb2 import ActivityBatch
from quanzi.paging.v1.paging_pb2 import PageRequest
from quanzi.segmentation.v1 import groups_pb2, indicators_pb2, members_pb2, tiers_pb2
from segmentation.domain.activity import ActivityKind as Kind

from ..samples import NOW, Act, Brand, days
from .door import Door, as_caller, message, publish, refusal


async def count(database: Database, brand: Brand, statement: str) -> int:
    async with database.session(brand.tenant_id) as session:
        return int((await session.connection.execute(text(statement))).scalar_one())


@pytest.mark.chaos
async def test_killed_while_recording(
    door: Door, jetstream: JetStreamContext, database: Database, brand: Brand
) -> None:
    """kill -9 in the middle; every activity counts once, every change is published once."""
    acts = [Act(Kind.JOINED, f"m{number}", days(10)) for number in range(200)]
    acts += [Act(Kind.MESSAGE, f"m{number % 200}", days(number % 7)) for number in range(7_800)]

    async def recorded() -> int:
        return await count(database, brand, "select count(*) from activities")

    async def half_recorded() -> bool:
        return await recorded() >= len(acts) // 2

    for start in range(0, len(acts), 100):
        await publish(jetstream, brand, acts[start : start + 100])
    await eventually(half_recorded, True)
    await door.kill_and_restart()
    print(f"\nkilled, {await recorded()} of {len(acts)} recorded")
    await eventually(recorded, len(acts))

    assert await count(database, brand, "select sum(messages) from daily_facts") == 7_800
    assert await count(database, brand, "select count(*) from memberships where join_recorded") == 200
    changes = await count(database, brand, "select count(*) from tier_assignments")

    async def published() -> dict[str, int]:
        subjects = f"quanzi.{brand.tenant_id}.segmentation.member.>"
        info = await jetstream.stream_info("EVENTS", subjects_filter=subjects)
        return {name.split(".")[4]: total for name, total in (info.state.subjects or {}).items()}

    await eventually(published, {"joined_group": 200, "tier_changed": changes})


async def test_from_the_stream_to_the_answers(
    door: Door, jetstream: JetStreamContext, database: Database, brand: Brand
) -> None:
    shift = NOW - datetime.now(UTC)  # the process lives now
    acts = [Act(Kind.JOINED, "li", shift + days(9), name="李")]
    acts += [Act(Kind.MESSAGE, "li", shift + days(ago)) for ago in (0, 1, 2)]
    acts += [Act(Kind.ORDER_PAID, "wang", shift + days(1), order="o-1", amount_minor=1_000)]
    delivered = PostDelivered(
        post_id=str(new_id()), group_id=str(brand.group()), delivered_at=timestamp(datetime.now(UTC))
    )
    with as_caller(brand):
        registered = await door.groups.RegisterGroup(
            groups_pb2.RegisterGroupRequest(external_reference="tea", name="茶友")
        )
        assert registered.group.id == str(brand.group())
        await publish(jetstream, brand, acts)
        await publish(jetstream, brand, acts)
        await jetstream.publish(*delivery(brand, delivered))
        await eventually(lambda: count(database, brand, "select count(*) from activities"), 5)
        await eventually(lambda: count(database, brand, "select count(*) from deliveries"), 1)

        page = PageRequest(first=1, count_total=True)
        answer = await door.members.ListMembers(members_pb2.ListMembersRequest(page=page))
        assert (answer.page_info.has_next_page, answer.page_info.total_count) == (True, 2)
        [li] = answer.members
        assert (li.display_name, li.tier.tier) == ("李", tiers_pb2.TIER_ACTIVE)
        assert li.tier.reason.rule == "interactions_7d >= 3"
        after = PageRequest(first=1, after=answer.page_info.cursors[0])
        rest = await door.members.ListMembers(members_pb2.ListMembersRequest(page=after))
        assert [it.external_reference for it in rest.members] == ["wang"]

        today = datetime.now(UTC).date().isoformat()
        measured = await door.indicators.BatchGetGroupIndicators(
            indicators_pb2.BatchGetGroupIndicatorsRequest(
                group_ids=[str(brand.group())], from_date=today, to_date=today
            )
        )
        assert len(measured.groups[0].indicators) == 8
        assert measured.groups[0].indicators[2].direction == "优化文案与素材，提高点击"
        shares = await door.tiers.GetTierDistribution(tiers_pb2.GetTierDistributionRequest())
        assert {it.tier: it.members for it in shares.shares}[tiers_pb2.TIER_ACTIVE] == 1


def delivery(brand: Brand, delivered: PostDelivered) -> tuple[str, bytes, float, None, dict[str, str]]:
    name = "quanzi.content.post.delivered.v1"
    cloud_event = CloudEvent(
        id=str(new_id()),
        source="/content",
        type=name,
        subject=delivered.post_id,
        time=datetime.now(UTC),
        schema=delivered.DESCRIPTOR.full_name,
        partition_key=delivered.post_id,
        sequence=1,
        tenant_id=brand.tenant_id,
        data=MessageToJson(delivered).encode(),
    )
    subject = name.replace("quanzi.", f"quanzi.{brand.tenant_id}.", 1)
    return subject, cloud_event.data, 60.0, None, cloud_event.headers()


async def test_a_foreign_currency_goes_to_the_dead_letters(
    door: Door, jetstream: JetStreamContext, database: Database, brand: Brand
) -> None:
    good, bad = (Act(Kind.ORDER_PAID, "li", order=f"o-{n}", amount_minor=5) for n in range(2))
    batch = ActivityBatch(
        tenant_id=str(brand.tenant_id), activities=[message(brand, good), message(brand, bad, "USD")]
    )
    await jetstream.publish(activities_subject(brand.tenant_id), batch.SerializeToString(), timeout=60)

    async def buried() -> int:
        subjects = f"quanzi.{brand.tenant_id}.deadletter.>"
        info = await jetstream.stream_info("DEADLETTERS", subjects_filter=subjects)
        return sum((info.state.subjects or {}).values())

    await eventually(buried, 1)
    assert await count(database, brand, "select count(*) from activities") == 1


async def test_refusals_name_reason_and_field(door: Door, brand: Brand) -> None:
    calls: list[tuple[Callable[[], object], tuple[str, str | None]]] = [
        (
            lambda: door.members.TagMember(members_pb2.TagMemberRequest(member_id=str(new_id()), add=["a"])),
            ("MEMBER_NOT_FOUND", "member_id"),
        ),
        (
            lambda: door.members.ListMembers(
                members_pb2.ListMembersRequest(page=PageRequest(first=5, after="bm9uc2Vuc2U"))
            ),
            ("INVALID_CURSOR", "after"),
        ),
        (
            lambda: door.indicators.BatchListDailyFacts(
                indicators_pb2.BatchListDailyFactsRequest(
                    group_ids=[str(brand.group())], from_date="2026-02-30", to_date="2026-03-01"
                )
            ),
            ("INVALID_WINDOW", "from_date"),
        ),
        (
            lambda: door.members.ListMembers(members_pb2.ListMembersRequest(page=PageRequest(first=101))),
            ("INVALID_FIELD", "page.first"),
        ),
    ]
    with as_caller(brand):
        for call, expected in calls:
            assert await refusal(call()) == expected  # type: ignore[arg-type]
    with as_caller(brand, "partner"):
        policy = door.tiers.GetTierPolicy(tiers_pb2.GetTierPolicyRequest())
        assert (await refusal(policy))[0] == "NOT_ALLOWED"
