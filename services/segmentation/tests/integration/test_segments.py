"""Segments hold who meets their condition: after every activity, by time alone, under a new condition."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.database import Database
from chassis.paging import PageRequest
from chassis.timer_loop import TimerLoop
from segmentation.adapters import segment_members
from segmentation.application import fill_segments as filling
from segmentation.application.create_segment import CreateSegment, create_segment
from segmentation.application.delete_segment import delete_segment
from segmentation.application.fill_segments import fill_segments
from segmentation.application.ports import Transactions
from segmentation.application.preview_segment import preview_segment
from segmentation.application.refresh_due_segments import refresh_due_segments
from segmentation.application.tag_member import TagMember, tag_member
from segmentation.application.update_segment import UpdateSegment, update_segment
from segmentation.application.update_tier_policy import update_tier_policy
from segmentation.domain import segments
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.conditions import (
    ActivitiesTest,
    AllOf,
    IntRange,
    Not,
    RfmDimension,
    RfmTest,
    SeenTest,
    Sight,
    TagTest,
    TierTest,
)
from segmentation.domain.errors import SegmentNameTaken, SegmentNotFound, StaleVersion, TooManySegments
from segmentation.domain.estimates import estimate
from segmentation.domain.policy import RfmCuts, Tier
from segmentation.domain.segments import SegmentStatus
from segmentation.entrypoints.timers import TIMERS

from ..samples import NOW, Act, Brand, days
from ..unit.conditions import acts, conditions_of
from .conftest import nothing_is_due
from .segmenting import TALKS, create, created, evaluated, fill, get, members, record, told, update

NewBrand = Callable[[], Awaitable[Brand]]
NAMES = ("li", "wang", "zhao", "qian", "sun")


def talk(*names: str, ago: float = 1) -> list[Act]:
    return [Act(Kind.MESSAGE, name, days(ago), name=name) for name in names for _ in range(2)]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "CHUNK", 2)
    monkeypatch.setattr(filling, "DIFFERENCE", 2)
    monkeypatch.setattr(filling, "CLEARED", 1)


async def test_a_segment_is_worked_out_in_the_background_and_told_once(
    in_transaction: Transactions, database: Database, brand: Brand, small_chunks: None
) -> None:
    await record(in_transaction, brand, talk(*NAMES))
    segment = await create(in_transaction, brand)
    assert (segment.status, segment.version) == (SegmentStatus.BACKFILLING, 1)
    await fill(in_transaction, brand, steps=2)
    half = await get(in_transaction, brand, segment)
    assert half.status is SegmentStatus.BACKFILLING
    assert (half.size, half.progress) == (0, 0.8)
    assert await members(in_transaction, brand, segment) == set()

    await fill(in_transaction, brand)
    full = await get(in_transaction, brand, segment)
    assert (full.status, full.size, full.progress) == (SegmentStatus.LIVE, 5, 1)
    everybody = {brand.member(name) for name in NAMES}
    assert await members(in_transaction, brand, segment) == everybody
    assert set(await told(database, brand, segment)) == everybody


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), stories=st.lists(st.lists(acts, min_size=1, max_size=6), min_size=2, max_size=4))
async def test_upkeep_is_what_asking_everybody_says(
    in_transaction: Transactions,
    database: Database,
    new_brand: NewBrand,
    data: st.DataObject,
    stories: list[list[Act]],
) -> None:
    """Whatever is recorded before, during and after the filling, and as time passes."""
    brand, now = await new_brand(), NOW
    conditions = data.draw(st.lists(conditions_of(brand), min_size=1, max_size=3))
    await record(in_transaction, brand, stories[0])
    found = [await create(in_transaction, brand, it, f"人群 {n}") for n, it in enumerate(conditions)]
    await fill(in_transaction, brand, steps=1)
    for story in stories[1:]:
        await record(in_transaction, brand, story)
    await fill(in_transaction, brand)
    timers = TimerLoop(database, in_transaction, TIMERS, clock=lambda: now)
    for later in (timedelta(), days(1), days(2.5), days(9), days(31)):
        for now in (NOW + later, NOW + later + timedelta(seconds=1)):  # noqa: B007 the clock of the timers
            while await timers.fire_due():
                pass
        for segment in found:
            expected = await evaluated(in_transaction, database, brand, segment.condition, now)
            assert await members(in_transaction, brand, segment) == expected
            assert set(await told(database, brand, segment)) == expected
    await nothing_is_due(database, brand)


async def test_members_leave_and_enter_by_time_alone(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    await record(in_transaction, brand, talk("li"))
    talks = await created(in_transaction, brand)
    unseen = await create(in_transaction, brand, SeenTest(Sight.LAST, IntRange(min=3)), "三天未见")
    await fill(in_transaction, brand)
    now = NOW
    timers = TimerLoop(database, in_transaction, TIMERS, clock=lambda: now)
    li = {brand.member("li")}
    for in_days, talking, missed in (
        (1.999, li, set()),
        (2.0001, li, li),
        (5.999, li, li),
        (6.0001, set(), li),
    ):
        now = NOW + days(in_days)
        while await timers.fire_due():
            pass
        assert await members(in_transaction, brand, talks) == talking
        assert await members(in_transaction, brand, unseen) == missed


async def test_two_replicas_tell_every_change_once(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    names = [f"m-{n}" for n in range(60)]
    await record(in_transaction, brand, talk(*names))
    segment = await created(in_transaction, brand)
    now = NOW + days(6.5)

    async def replica() -> None:
        loop = TimerLoop(database, in_transaction, TIMERS, clock=lambda: now)
        while await loop.fire_due():
            pass

    async def look() -> None:
        async with in_transaction(brand.tenant_id) as uow:
            await refresh_due_segments(uow, now)

    await asyncio.gather(replica(), replica(), look(), look())
    now += timedelta(seconds=1)
    await replica()
    assert await members(in_transaction, brand, segment) == set()
    assert not await told(database, brand, segment)


async def test_a_condition_changes_all_at_once_while_activities_come_in(
    in_transaction: Transactions, database: Database, brand: Brand, small_chunks: None
) -> None:
    """Old members are seen until the new ones are known; upkeep sees to both."""
    await record(in_transaction, brand, [*talk("li", "wang", "zhao"), Act(Kind.CLICK, "qian", days(1))])
    segment = await created(in_transaction, brand)
    clicks = ActivitiesTest((Kind.CLICK,), 7, None, IntRange(min=1))
    changed = await update(in_transaction, brand, segment, clicks)
    assert (changed.version, changed.status, changed.size) == (2, SegmentStatus.BACKFILLING, 3)
    await fill(in_transaction, brand, steps=1)
    await record(in_transaction, brand, [*talk("sun"), Act(Kind.CLICK, "li", days(1))])
    assert await members(in_transaction, brand, segment) == {
        brand.member(it) for it in ("li", "wang", "zhao", "sun")
    }

    async def ingest(name: str) -> None:
        for n in range(5):
            await record(
                in_transaction, brand, [Act(Kind.CLICK, f"{name}-{n}", days(1)), *talk(f"{name}-{n}")]
            )

    await asyncio.gather(fill(in_transaction, brand), ingest("zhou"), ingest("wu"))
    await fill(in_transaction, brand)
    expected = await evaluated(in_transaction, database, brand, clicks, NOW)
    newcomers = (f"{name}-{n}" for name in ("zhou", "wu") for n in range(5))
    assert expected == {brand.member(it) for it in ("li", "qian", *newcomers)}
    assert await members(in_transaction, brand, segment) == expected
    assert set(await told(database, brand, segment)) == expected
    live = await get(in_transaction, brand, segment)
    assert (live.version, live.status, live.size) == (2, SegmentStatus.LIVE, len(expected))


async def test_who_stays_entered_before(in_transaction: Transactions, brand: Brand) -> None:
    await record(in_transaction, brand, talk("li"))
    segment = await created(in_transaction, brand)
    await update(in_transaction, brand, segment, AllOf((TALKS,)), NOW + days(1))
    await fill(in_transaction, brand, NOW + days(2))
    async with in_transaction(brand.tenant_id) as uow:
        [page] = (await uow.segment_members.of_segments([segment.id], PageRequest(10))).values()
        assert [(it.member_id, it.entered_at) for it in page.items] == [(brand.member("li"), NOW)]
        assert list(await uow.segment_members.of_members([brand.member("li")])) == list(page.items)


async def test_an_aborted_step_is_taken_again(
    in_transaction: Transactions, database: Database, brand: Brand, small_chunks: None
) -> None:
    await record(in_transaction, brand, talk(*NAMES))
    segment = await create(in_transaction, brand)

    async def aborted() -> None:
        async with in_transaction(brand.tenant_id) as uow:
            await fill_segments(uow, NOW)
            raise ConnectionAbortedError

    for _ in range(6):
        with pytest.raises(ConnectionAbortedError):
            await aborted()
        await fill(in_transaction, brand, steps=1)
    assert await members(in_transaction, brand, segment) == {brand.member(name) for name in NAMES}
    assert len(await told(database, brand, segment)) == 5


async def test_a_new_policy_moves_segments_of_tiers_and_scores(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    bought = Act(Kind.ORDER_PAID, "wang", days(1), order="o-1", amount_minor=10_000)
    await record(in_transaction, brand, [*talk("li"), *talk("li"), bought])
    active = await created(in_transaction, brand, TierTest((Tier.ACTIVE,)))
    frequent = await create(in_transaction, brand, RfmTest(RfmDimension.FREQUENCY, IntRange(min=2)), "常客")
    await fill(in_transaction, brand)
    assert await members(in_transaction, brand, active) == {brand.member("li")}
    assert await members(in_transaction, brand, frequent) == set()
    async with in_transaction(brand.tenant_id) as uow:
        policy = await uow.policies.tiers()
        cuts = RfmCuts(policy.cuts.recency_days, (1, 3, 5, 10), policy.cuts.monetary_minor)
        await update_tier_policy(uow, replace(policy, active_interactions=5, cuts=cuts), 0, NOW)
    await fill(in_transaction, brand)
    assert await members(in_transaction, brand, active) == set()
    assert await members(in_transaction, brand, frequent) == {brand.member("wang")}
    assert set(await told(database, brand, frequent)) == {brand.member("wang")}
    assert (await get(in_transaction, brand, active)).version == 1


async def test_tags_move_members(in_transaction: Transactions, database: Database, brand: Brand) -> None:
    await record(in_transaction, brand, talk("li", "wang"))
    tagged = await created(in_transaction, brand, TagTest("vip"))
    async with in_transaction(brand.tenant_id) as uow:
        await tag_member(uow, TagMember(brand.member("li"), ["vip"], []), NOW)
    timers = TimerLoop(database, in_transaction, TIMERS, clock=lambda: NOW)
    while await timers.fire_due():
        pass
    assert await members(in_transaction, brand, tagged) == {brand.member("li")}
    async with in_transaction(brand.tenant_id) as uow:
        await tag_member(uow, TagMember(brand.member("li"), [], ["vip"]), NOW)
    while await timers.fire_due():
        pass
    assert await members(in_transaction, brand, tagged) == set()


async def test_a_stream_is_of_one_moment(in_transaction: Transactions, brand: Brand) -> None:
    await record(in_transaction, brand, talk(*NAMES))
    segment = await created(in_transaction, brand, TALKS)
    found: list[UUID] = []
    async with in_transaction(brand.tenant_id) as uow:
        async for part in uow.segment_members.stream(segment.id, 2):
            found += part.member_ids
            assert (part.size, part.version) == (5, 1)
            await record(in_transaction, brand, talk(f"new-{len(found)}", ago=0.5))
    assert set(found) == {brand.member(name) for name in NAMES}
    assert len(await members(in_transaction, brand, segment)) == 8


async def test_tenants_do_not_see_one_another(
    in_transaction: Transactions, brand: Brand, new_brand: NewBrand
) -> None:
    other = await new_brand()
    await record(in_transaction, brand, talk("li"))
    segment = await created(in_transaction, brand)
    async with in_transaction(other.tenant_id) as uow:
        assert not await uow.segments.by_ids([segment.id])
        assert not (await uow.segments.page(PageRequest(10))).items
        assert not [part async for part in uow.segment_members.stream(segment.id, 10)]
        assert not await uow.segment_members.of_members([brand.member("li")])
        await delete_segment(uow, segment.id, NOW)
        with pytest.raises(SegmentNotFound):
            await update_segment(uow, UpdateSegment(segment.id, 1, "抢走", TALKS), NOW)
    assert (await get(in_transaction, brand, segment)).size == 1


async def test_a_deleted_segment_is_cleared_away(
    in_transaction: Transactions, database: Database, brand: Brand, small_chunks: None
) -> None:
    await record(in_transaction, brand, talk("li", "wang"))
    segment = await created(in_transaction, brand)
    async with in_transaction(brand.tenant_id) as uow:
        await delete_segment(uow, segment.id, NOW)
        await delete_segment(uow, segment.id, NOW)
        assert not await uow.segment_members.of_members([brand.member("li")])
    await fill(in_transaction, brand)
    async with in_transaction(brand.tenant_id) as uow:
        assert await uow.segments.unfinished() is None
        assert not await uow.segments.in_force()


async def test_names_versions_and_numbers_are_limited(
    in_transaction: Transactions, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = await created(in_transaction, brand)
    again = CreateSegment(segment.name, Not(TALKS))
    with pytest.raises(SegmentNameTaken):
        async with in_transaction(brand.tenant_id) as uow:
            await create_segment(uow, again, NOW)
    with pytest.raises(StaleVersion):
        async with in_transaction(brand.tenant_id) as uow:
            await update_segment(uow, UpdateSegment(segment.id, 0, "另一个", TALKS), NOW)
    async with in_transaction(brand.tenant_id) as uow:
        same = await update_segment(uow, UpdateSegment(segment.id, 0, segment.name, TALKS), NOW)
        renamed = await update_segment(uow, UpdateSegment(segment.id, 1, "另一个", TALKS), NOW)
    assert (same.version, renamed.version, renamed.status) == (1, 2, SegmentStatus.LIVE)
    monkeypatch.setattr(segments, "MAX_SEGMENTS", 2)
    await create(in_transaction, brand, name="第二个")
    with pytest.raises(TooManySegments):
        await create(in_transaction, brand, name="第三个")
    async with in_transaction(brand.tenant_id) as uow:
        page = await uow.segments.page(PageRequest(1, count_total=True))
        rest = await uow.segments.page(PageRequest(1, page.keys[-1]))
    assert ([it.name for it in [*page.items, *rest.items]], page.total_count) == (["另一个", "第二个"], 2)


async def test_a_preview_counts_and_saves_nothing(in_transaction: Transactions, brand: Brand) -> None:
    await record(in_transaction, brand, [*talk("li", "wang"), Act(Kind.CLICK, "zhao")])
    async with in_transaction(brand.tenant_id) as uow:
        preview = await preview_segment(uow, TALKS, 1, NOW)
        assert (preview.members, preview.margin) == (2, 0)
        assert (preview.of_members, len(preview.sample)) == (3, 1)
        assert set(preview.sample) < {brand.member("li"), brand.member("wang")}
        assert not await uow.segments.in_force()


async def test_of_many_members_a_preview_looks_at_some(
    in_transaction: Transactions, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_members, "LOOKED_AT", 40)
    talkative, silent = [f"t{it}" for it in range(60)], [f"s{it}" for it in range(60)]
    await record(in_transaction, brand, talk(*talkative) + [Act(Kind.CLICK, name) for name in silent])
    async with in_transaction(brand.tenant_id) as uow:
        preview = await preview_segment(uow, TALKS, 50, NOW)
    a_third = UUID(int=2**128 // 3)
    met = {brand.member(name) for name in talkative if brand.member(name) < a_third}
    looked_at = len(met) + sum(brand.member(name) < a_third for name in silent)
    assert (preview.members, preview.margin) == estimate(len(met), looked_at, 120)
    assert preview.of_members == 120
    assert set(preview.sample) == met
