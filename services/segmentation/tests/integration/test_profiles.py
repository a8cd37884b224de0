"""Members of several groups, and customers that were lost."""

from datetime import timedelta

from chassis.database import Database
from chassis.paging import PageRequest
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.profile import LossKind

from ..samples import NOW, Act, Brand, days
from .test_recording import record


async def test_members_of_several_groups(in_transaction: Transactions, brand: Brand) -> None:
    groups = {
        "li": ("a", "b", "c"),
        "wang": ("a", "b"),
        "chen": ("a", "c"),
        "zhao": ("a",),
        "sun": ("a", "b"),
    }
    acts = [Act(Kind.JOINED, name, days(9), group=group) for name, of in groups.items() for group in of]
    acts += [Act(Kind.LEFT, "sun", days(1), group="b")]
    await record(in_transaction, brand, acts)

    async with in_transaction(brand.tenant_id) as uow:
        first = await uow.profiles.in_several_groups(PageRequest(1, count_total=True), 2)
        rest = await uow.profiles.in_several_groups(PageRequest(5, after=first.keys[0]), 2)
        most = await uow.profiles.in_several_groups(PageRequest(5), 3)
    assert (first.total_count, first.has_next_page) == (3, True)
    assert [it.member_id for it in first.items] == [it.member_id for it in most.items] == [brand.member("li")]
    assert set(first.items[0].group_ids) == {brand.group(name) for name in "abc"}
    assert [it.member_id for it in rest.items] == sorted([brand.member("wang"), brand.member("chen")])


VIP = 600_000


async def test_lost_customers(in_transaction: Transactions, database: Database, brand: Brand) -> None:
    """VIP 60 days ago: one left, one is silent, one left long before, one still talks, one never was VIP."""
    then = NOW - days(60)
    acts = [Act(Kind.JOINED, name, days(200)) for name in ("gone", "mute", "both", "here", "poor")]
    acts += [
        Act(Kind.ORDER_PAID, name, days(62 + number), order=name, amount_minor=VIP + number)
        for number, name in enumerate(("gone", "mute", "both", "here"))
    ]
    acts += [Act(Kind.MESSAGE, name, days(61)) for name in ("gone", "mute", "both", "poor")]
    async with in_transaction(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), then)
    await record(
        in_transaction,
        brand,
        [
            Act(Kind.LEFT, "gone", days(5)),
            Act(Kind.MESSAGE, "gone", days(6)),
            Act(Kind.LEFT, "both", days(50)),
            Act(Kind.ORDER_PAID, "both", days(40), order="later", amount_minor=1),
            Act(Kind.MESSAGE, "here", days(1)),
            Act(Kind.LIKE, "mute", days(45)),
            Act(Kind.LEFT, "poor", days(5)),
        ],
    )

    async def lost(kind: LossKind | None, silent_days: int) -> list[tuple[str, LossKind, timedelta, int]]:
        async with in_transaction(brand.tenant_id) as uow:
            page = await uow.profiles.lost(PageRequest(10), kind, silent_days, NOW)
        names = {brand.member(name): name for name in ("gone", "mute", "both", "here", "poor")}
        return [(names[it.member_id], it.kind, NOW - it.since, it.net_spend_minor) for it in page.items]

    both = ("both", LossKind.LEFT, days(50), VIP + 3)
    mute = ("mute", LossKind.SILENT, days(45), VIP + 1)
    gone = ("gone", LossKind.LEFT, days(5), VIP)
    assert await lost(None, 30) == [both, mute, gone]
    assert await lost(None, 46) == [both, gone]
    assert await lost(LossKind.SILENT, 30) == [mute]
    assert await lost(LossKind.LEFT, 30) == [both, gone]
    async with in_transaction(brand.tenant_id) as uow:
        page = await uow.profiles.lost(PageRequest(1, count_total=True), None, 30, NOW)
        rest = await uow.profiles.lost(PageRequest(5, after=page.keys[0]), None, 30, NOW)
        assert (page.total_count, [it.member_id for it in rest.items]) == (
            3,
            [brand.member("mute"), brand.member("gone")],
        )
        assert page.items[0].vip_until == NOW
        assert not (await uow.profiles.lost(PageRequest(5), None, 30, NOW + days(366))).items
