"""Two members become one, and are separated again as if they never had."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from segmentation.application.fill_segments import fill_segments
from segmentation.application.merge_members import MergeMembers, merge_members
from segmentation.application.ports import Transactions, UnitOfWork
from segmentation.application.record_activities import record_activities
from segmentation.application.record_happenings import record_happenings
from segmentation.application.redecide_due_tiers import redecide_due_tiers
from segmentation.application.refresh_due_segments import refresh_due_segments
from segmentation.application.reverse_merge import reverse_merge
from segmentation.application.save_tag_rule import SaveTagRule, save_tag_rule
from segmentation.application.tag_member import TagMember, tag_member
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.conditions import ActivitiesTest, IntRange
from segmentation.domain.errors import (
    AlreadyMerged,
    InvalidMerge,
    MemberNotFound,
    MergeNotFound,
    NotLatestMerge,
)
from segmentation.domain.merge import Merge
from segmentation.domain.policy import Tier
from segmentation.domain.timeline import Happening, TimelineKind

from ..samples import NOW, Act, Brand, days
from .test_recording import record, rows

NewBrand = Callable[[], Awaitable[Brand]]

BEFORE = (
    Act(Kind.JOINED, "li", days(40), name="李"),
    Act(Kind.MESSAGE, "li", days(3)),
    Act(Kind.ORDER_PAID, "li", days(20), order="o-1", amount_minor=300_000),
    Act(Kind.JOINED, "lily", days(30), name="Lily"),
    Act(Kind.MESSAGE, "lily", days(2)),
    Act(Kind.LEFT, "lily", days(1)),
    Act(Kind.JOINED, "lily", days(12), group="coffee"),
    Act(Kind.ORDER_PAID, "lily", days(8), order="o-2", amount_minor=260_000),
    Act(Kind.JOINED, "wang", days(60), name="王"),
    Act(Kind.CLICK, "wang", days(1)),
)
MEANWHILE = (
    Act(Kind.MESSAGE, "lily", days(0.5), name="莉莉"),
    Act(Kind.MESSAGE, "lily", days(90), group="juice"),
    Act(Kind.ORDER_PAID, "lily", days(9), order="o-2", amount_minor=250_000),
    Act(Kind.ORDER_REFUNDED, "lily", days(1), order="o-2", amount_minor=1_000),
    Act(Kind.ORDER_PAID, "li", days(1), order="o-3", amount_minor=9_000),
    Act(Kind.SHARE, "li", days(0.4), name="小李"),
    Act(Kind.MESSAGE, "wang", days(0.3)),
    Act(Kind.JOINED, "chen", days(0.2)),
)
# All that is a member's, or follows from it, with names in place of the ids of a tenant. Since when a tier is
# held is not: the history tells what was held meanwhile.
OWNED = """
    with who as (select member_id, external_reference as name from members) {}
    order by 1, 2, 3, 4
"""
STATE = (
    "select external_reference, display_name, named_at, first_seen_at, last_seen_at from members order by 1",
    OWNED.format("""
        select name, occurred_at, kind, order_reference, origin_id is null, amount_minor
        from activities left join who using (member_id)"""),
    OWNED.format("""
        select name, reference, origin_id is null, paid_at, paid_minor, refunded_minor
        from orders left join who using (member_id)"""),
    OWNED.format("""
        select name, joined_at, left_at, join_recorded
        from memberships left join who using (member_id)"""),
    OWNED.format("""
        select name, tier, joined_at, due_at, paid_orders, reason ->> 'rule'
        from member_tiers left join who using (member_id)"""),
    OWNED.format("""
        select who.name, t.name, source, origin_id = member_id
        from member_tags t left join who using (member_id)"""),
    "select count(*) from member_identities",
)


async def state(database: Database, brand: Brand) -> list[list[tuple[Any, ...]]]:
    return [await rows(database, brand, statement) for statement in STATE]


async def merge(within: Transactions, brand: Brand, into: str, away: str) -> Merge:
    command = MergeMembers(brand.member(into), brand.member(away), "同一手机号", "operator-1")
    async with within(brand.tenant_id) as uow:
        return await merge_members(uow, command, NOW)


async def reverse(within: Transactions, brand: Brand, merge_id: UUID) -> Merge:
    async with within(brand.tenant_id) as uow:
        return await reverse_merge(uow, merge_id, "operator-2", NOW)


async def tag(within: Transactions, brand: Brand, member: str, *names: str) -> None:
    async with within(brand.tenant_id) as uow:
        await tag_member(uow, TagMember(brand.member(member), names, ()), NOW)


async def begun(within: Transactions, brand: Brand) -> None:
    await record(within, brand, BEFORE)
    await tag(within, brand, "li", "老客")
    await tag(within, brand, "lily", "老客", "咖啡")


async def test_the_merged_member_goes_on_as_the_other(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    await begun(in_transaction, brand)
    li, lily = brand.member("li"), brand.member("lily")

    done = await merge(in_transaction, brand, "li", "lily")
    await record(in_transaction, brand, MEANWHILE)

    async with in_transaction(brand.tenant_id) as uow:
        [member] = await uow.members.by_ids([li, lily], NOW)
        assert (member.id, member.display_name) == (li, "小李")
        assert (member.first_seen_at, member.last_seen_at) == (NOW - days(90), NOW - days(0.4))
        assert member.tier is not None
        assert member.tier.tier is Tier.VIP, "3,000 + 2,490 + 90 yuan"
        assert [tag.name for tag in member.tags] == ["咖啡", "老客"]
        assert not await uow.members.by_references(["lily"], NOW)
        assert await uow.identities.successors([li, lily]) == {lily: li}
        stays = await uow.memberships.of_members([li, lily])
        assert {(stay.member_id, stay.group_id) for stay in stays} == {
            (li, brand.group(name)) for name in ("tea", "coffee", "juice")
        }
    assert await rows(database, brand, "select count(*) from member_tiers") == [(3,)]
    assert (lily,) not in await rows(database, brand, "select member_id from activities")
    assert (done.member_id, done.merged_member_id, done.reversed_at) == (li, lily, None)


@pytest.mark.parametrize("seed", range(4))
async def test_reversed_it_is_as_if_never_merged(
    in_transaction: Transactions, database: Database, new_brand: NewBrand, seed: int
) -> None:
    """Whatever came in before, meanwhile and after, in any order."""
    acts, (merged, plain) = [*BEFORE, *MEANWHILE], [await new_brand(), await new_brand()]
    if seed:
        Random(seed).shuffle(acts)
    first, second, third = (acts[: len(BEFORE)], acts[len(BEFORE) : -3], acts[-3:])
    first = [Act(Kind.MESSAGE, "li", days(100)), Act(Kind.MESSAGE, "lily", days(100)), *first]
    for brand in (plain, merged):
        await record(in_transaction, brand, first)
        await tag(in_transaction, brand, "lily", "老客", "咖啡")
        await tag(in_transaction, brand, "li", "老客")

    done = await merge(in_transaction, merged, "li", "lily")
    await record(in_transaction, merged, second)
    await reverse(in_transaction, merged, done.id)
    await record(in_transaction, merged, third)

    await record(in_transaction, plain, second)
    await record(in_transaction, plain, third)
    assert await state(database, merged) == await state(database, plain)


async def test_chains_are_reversed_in_order(
    in_transaction: Transactions, database: Database, new_brand: NewBrand
) -> None:
    chained, plain = await new_brand(), await new_brand()
    parts = [MEANWHILE[0:3], MEANWHILE[3:5], MEANWHILE[5:]]
    await begun(in_transaction, plain)
    await begun(in_transaction, chained)
    for part in parts:
        await record(in_transaction, plain, part)

    first = await merge(in_transaction, chained, "li", "lily")
    await record(in_transaction, chained, parts[0])
    second = await merge(in_transaction, chained, "wang", "li")
    await record(in_transaction, chained, parts[1])
    async with in_transaction(chained.tenant_id) as uow:
        wang = chained.member("wang")
        assert await uow.identities.successors([chained.member("lily"), chained.member("li"), wang]) == {
            chained.member("lily"): wang,
            chained.member("li"): wang,
        }
    with pytest.raises(NotLatestMerge, match=str(second.id)):
        await reverse(in_transaction, chained, first.id)
    assert (await reverse(in_transaction, chained, second.id)).reversed_by == "operator-2"
    async with in_transaction(chained.tenant_id) as uow:
        assert await uow.identities.successors([chained.member("lily")]) == {
            chained.member("lily"): chained.member("li")
        }
    await record(in_transaction, chained, parts[2])
    await reverse(in_transaction, chained, first.id)

    assert await state(database, chained) == await state(database, plain)


async def test_the_same_again_changes_nothing(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    await begun(in_transaction, brand)
    done = await merge(in_transaction, brand, "li", "lily")
    assert await merge(in_transaction, brand, "li", "lily") == done
    undone = await reverse(in_transaction, brand, done.id)
    assert await reverse(in_transaction, brand, done.id) == undone
    again = await merge(in_transaction, brand, "li", "lily")
    assert again.id != done.id
    events = await rows(
        database, brand, "select count(*) from outbox where type like '%merged%' or type like '%reversed%'"
    )
    assert events == [(3,)]
    async with in_transaction(brand.tenant_id) as uow:
        page = await uow.merges.page(PageRequest(1, count_total=True), brand.member("lily"))
        assert (page.total_count, page.has_next_page) == (2, True)


async def test_refusals(in_transaction: Transactions, brand: Brand) -> None:
    await begun(in_transaction, brand)
    await merge(in_transaction, brand, "li", "lily")
    refused: Sequence[tuple[type[Exception], str, str, str]] = (
        (InvalidMerge, "li", "li", "merged_member_id"),
        (MemberNotFound, "li", "nobody", "merged_member_id"),
        (MemberNotFound, "nobody", "li", "member_id"),
        (AlreadyMerged, "wang", "lily", "merged_member_id"),
        (AlreadyMerged, "lily", "wang", "member_id"),
    )
    for refusal, into, away, field in refused:
        with pytest.raises(refusal) as raised:
            await merge(in_transaction, brand, into, away)
        assert raised.value.field == field  # type: ignore[attr-defined]
    with pytest.raises(MergeNotFound):
        await reverse(in_transaction, brand, new_id())


async def test_merging_while_activities_come_in(
    in_transaction: Transactions, database: Database, new_brand: NewBrand
) -> None:
    """Neither loses an activity to a member that is gone; separated, all is as if nothing had been."""
    raced, plain = await new_brand(), await new_brand()
    names = ("li", "lily", "wang")
    acts = [
        Act(Kind.MESSAGE, names[number % 3], days(number / 50), group=f"g{number % 4}")
        for number in range(240)
    ]
    for brand in (raced, plain):
        await record(in_transaction, brand, acts[:12])

    async def toggle() -> None:
        for _ in range(4):
            first = await merge(in_transaction, raced, "li", "lily")
            second = await merge(in_transaction, raced, "wang", "li")
            await reverse(in_transaction, raced, second.id)
            await reverse(in_transaction, raced, first.id)

    async def send(start: int) -> None:
        for at in range(12 + start, len(acts), 24):
            async with in_transaction(raced.tenant_id) as uow:
                await record_activities(uow, raced.columns(*acts[at : at + 6]), NOW)

    await asyncio.gather(toggle(), send(0), send(6), send(12), send(18))
    await record(in_transaction, plain, acts[12:])
    assert await state(database, raced) == await state(database, plain)


async def test_a_tenant_merges_nothing_of_another(
    in_transaction: Transactions, brand: Brand, new_brand: NewBrand
) -> None:
    await begun(in_transaction, brand)
    done = await merge(in_transaction, brand, "li", "lily")
    other = await new_brand()
    with pytest.raises(MergeNotFound):
        await reverse(in_transaction, other, done.id)
    async with in_transaction(other.tenant_id) as uow:
        assert await uow.identities.successors([brand.member("lily")]) == {}


async def test_nobody_waits_in_a_circle(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    """Whatever touches the members while they are merged and separated: a deadlock would be raised here."""
    names = ("li", "lily", "wang")
    await begun(in_transaction, brand)
    rule = SaveTagRule(None, 0, "常客", ActivitiesTest((), 30, None, IntRange(min=2)), enabled=True)
    async with in_transaction(brand.tenant_id) as uow:
        await save_tag_rule(uow, rule, NOW)

    async def toggle() -> None:
        for _ in range(6):
            done = await merge(in_transaction, brand, "li", "lily")
            await reverse(in_transaction, brand, done.id)

    async def touch(work: Callable[[UnitOfWork, int], Awaitable[object]]) -> None:
        for number in range(24):
            async with in_transaction(brand.tenant_id) as uow:
                with suppress(MemberNotFound):
                    await work(uow, number)

    def tagging(uow: UnitOfWork, number: int) -> Awaitable[object]:
        return tag_member(uow, TagMember(brand.member(names[number % 3]), [f"t{number}"], ()), NOW)

    def talking(uow: UnitOfWork, number: int) -> Awaitable[object]:
        acts = [Act(Kind.MESSAGE, name, days(number / 9)) for name in names]
        return record_activities(uow, brand.columns(*acts), NOW)

    def telling(uow: UnitOfWork, number: int) -> Awaitable[object]:
        member_id = brand.member(names[number % 3])
        return record_happenings(
            uow, [Happening(new_id(), member_id, TimelineKind.TICKET, NOW, str(number), "QUEUED")]
        )

    await asyncio.gather(
        toggle(),
        *(
            touch(work)
            for work in (
                tagging,
                talking,
                telling,
                lambda uow, _: fill_segments(uow, NOW),
                lambda uow, _: refresh_due_segments(uow, NOW),
                lambda uow, _: redecide_due_tiers(uow, NOW + days(40)),
            )
        ),
    )
    told = await rows(
        database, brand, "select count(*), count(distinct member_id) from timeline_entries where kind = 5"
    )
    assert told == [(24, 3)]
    away = await rows(database, brand, "select count(*) from activities where origin_id is not null")
    assert away == [(0,)]
