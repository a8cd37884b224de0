"""Lists are keyset pages; one list is one statement."""

import pytest
from sqlalchemy import event, text

from chassis.database import Database
from chassis.ids import derived_id
from chassis.paging import PageRequest
from segmentation.adapters.members import SqlMembers
from segmentation.application.ports import MemberFilter, Transactions
from segmentation.application.propose_rfm_cuts import propose_rfm_cuts
from segmentation.application.record_activities import record_activities
from segmentation.application.register_group import RegisterGroup, register_group
from segmentation.application.tag_member import TagMember, tag_member
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.errors import MemberNotFound
from segmentation.domain.policy import Tier

from ..samples import NOW, Act, Brand, days


@pytest.fixture
async def crowd(in_transaction: Transactions, brand: Brand) -> Brand:
    """25 members seen in pairs at the same moment; every fifth bought."""
    acts = [Act(Kind.MESSAGE, f"m{number:02}", days(number // 2)) for number in range(25)]
    acts += [
        Act(Kind.ORDER_PAID, f"m{number:02}", days(20), order=f"o-{number}", amount_minor=60_000 * number)
        for number in range(0, 25, 5)
    ]
    async with in_transaction(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), NOW)
    return brand


async def walk(within: Transactions, brand: Brand, wanted: MemberFilter) -> list[str]:
    found: list[str] = []
    request = PageRequest(4)
    async with within(brand.tenant_id) as uow:
        while True:
            page = await uow.members.page(request, wanted, NOW)
            found += [member.external_reference for member in page.items]
            if not page.has_next_page:
                return found
            request = PageRequest(4, page.keys[-1])


async def test_walking_the_pages_meets_every_member_once(in_transaction: Transactions, crowd: Brand) -> None:
    found = await walk(in_transaction, crowd, MemberFilter())
    assert sorted(found) == [f"m{number:02}" for number in range(25)]
    assert [int(name[1:]) // 2 for name in found] == sorted(number // 2 for number in range(25))


async def test_filters_combine(in_transaction: Transactions, crowd: Brand) -> None:
    async with in_transaction(crowd.tenant_id) as uow:
        await tag_member(uow, TagMember(crowd.member("m10"), ["老客"], []), NOW)
    vips = await walk(in_transaction, crowd, MemberFilter(tier=Tier.VIP))
    assert vips == ["m10", "m15", "m20"]
    wanted = MemberFilter(crowd.group(), Tier.VIP, "老客")
    assert await walk(in_transaction, crowd, wanted) == ["m10"]
    assert await walk(in_transaction, crowd, MemberFilter(crowd.group("other"))) == []
    async with in_transaction(crowd.tenant_id) as uow:
        counted = await uow.members.page(PageRequest(1, count_total=True), MemberFilter(), NOW)
    assert counted.total_count == 25


async def test_a_page_of_members_with_all_they_show_is_one_statement(
    in_transaction: Transactions, database: Database, crowd: Brand
) -> None:
    async with database.session(crowd.tenant_id) as session:
        statements: list[str] = []
        engine = session.connection.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *it: statements.append(it[2]))
        page = await SqlMembers(session).page(PageRequest(20), MemberFilter(), NOW)
    assert len(statements) == 1
    bought = next(member for member in page.items if member.external_reference == "m15")
    assert (bought.rfm.recency, bought.rfm.frequency, bought.rfm.monetary) == (5, 1, 5)
    assert bought.rfm.figures.net_spend_minor == 900_000


async def test_tags_are_set_and_removed(in_transaction: Transactions, crowd: Brand) -> None:
    async with in_transaction(crowd.tenant_id) as uow:
        await tag_member(uow, TagMember(crowd.member("m01"), ["a", "b", "b"], ["c"]), NOW)
        member = await tag_member(uow, TagMember(crowd.member("m01"), ["b"], ["a"]), NOW + days(1))
        assert [(tag.name, tag.tagged_at) for tag in member.tags] == [("b", NOW)]
        with pytest.raises(MemberNotFound):
            await tag_member(uow, TagMember(crowd.member("nobody"), ["a"], []), NOW)


async def test_a_group_is_registered_once_and_renamed(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    group_id = derived_id(brand.tenant_id, "group", "tea")
    async with in_transaction(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(Act(Kind.JOINED, "li"), Act(Kind.JOINED, "wang")), NOW)
        await register_group(uow, RegisterGroup(group_id, "tea", "茶友", "staff-1"), NOW)
        group = await register_group(uow, RegisterGroup(group_id, "tea", "茶友会", ""), NOW)
        assert (group.name, group.owner, group.size) == ("茶友会", "staff-1", 2)
        assert (await uow.groups.page(PageRequest(5))).items == [group]
        assert await uow.groups.by_references(["tea", "coffee"]) == [group]
    async with database.session(brand.tenant_id) as session:
        registered = text("select count(*) from outbox where type like '%group.registered%'")
        assert (await session.connection.execute(registered)).scalar_one() == 1


async def test_the_trail_of_a_member_and_of_a_group(in_transaction: Transactions, crowd: Brand) -> None:
    async with in_transaction(crowd.tenant_id) as uow:
        trail = await uow.activities.of_member(crowd.member("m20"), PageRequest(10))
        assert [(it.kind, it.amount_minor) for it in trail.items] == [
            (Kind.MESSAGE, 0),
            (Kind.ORDER_PAID, 1_200_000),
        ]
        first = await uow.activities.of_group(crowd.group(), PageRequest(7, count_total=True))
        rest = await uow.activities.of_group(crowd.group(), PageRequest(100, first.keys[-1]))
        assert first.total_count == 30
        assert len({it.id for it in [*first.items, *rest.items]}) == 30


async def test_cuts_are_proposed_from_the_buyers(in_transaction: Transactions, crowd: Brand) -> None:
    async with in_transaction(crowd.tenant_id) as uow:
        cuts, buyers = await propose_rfm_cuts(uow, NOW)
        assert buyers == 5
        assert cuts is not None
        assert cuts.recency_days == (20, 20, 20, 20)
        assert await propose_rfm_cuts(uow, NOW - days(21)) == (None, 0)
