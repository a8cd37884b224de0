"""One timeline of a member over all services."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from chassis.keyset import decode_cursor, encode_cursor
from chassis.paging import PageRequest
from segmentation.application.merge_members import MergeMembers, merge_members
from segmentation.application.ports import Transactions
from segmentation.application.reverse_merge import reverse_merge
from segmentation.application.tag_member import TagMember, tag_member
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.timeline import Happening, TimelineEntry, TimelineKind
from segmentation.entrypoints.profiles_wire import entry_to_wire

from ..samples import NOW, Act, Brand, days
from .test_recording import record

NewBrand = Callable[[], Awaitable[Brand]]


def told(brand: Brand, member: str, kind: TimelineKind, at: datetime, state: str) -> Happening:
    return Happening(new_id(), brand.member(member), kind, at, "subject-1", state, brand.group())


async def timeline(
    within: Transactions, brand: Brand, member: str, kinds: Sequence[TimelineKind] = (), size: int = 50
) -> list[TimelineEntry]:
    """Page by page, to the end."""
    entries: list[TimelineEntry] = []
    after = None
    while True:
        async with within(brand.tenant_id) as uow:
            [page] = (
                await uow.timeline.of_members([brand.member(member)], PageRequest(size, after), kinds)
            ).values()
        entries += page.items
        if not page.has_next_page:
            return entries
        after = decode_cursor(encode_cursor(*page.keys[-1]))


async def happened(within: Transactions, brand: Brand) -> None:
    await record(
        within,
        brand,
        [
            Act(Kind.JOINED, "li", days(9)),
            Act(Kind.MESSAGE, "li", days(8)),
            Act(Kind.ORDER_PAID, "li", days(7), order="o-1", amount_minor=900),
            Act(Kind.ORDER_REFUNDED, "li", days(6), order="o-1", amount_minor=400),
        ],
    )
    happenings = [
        told(brand, "li", TimelineKind.TICKET, NOW - days(5), "QUEUED"),
        told(brand, "li", TimelineKind.VIOLATION, NOW - days(4), "OPENED"),
        told(brand, "li", TimelineKind.CAMPAIGN, NOW - days(3), "RESERVED"),
        told(brand, "wang", TimelineKind.CAMPAIGN, NOW - days(3), "PAID"),
    ]
    for _ in range(2):
        async with within(brand.tenant_id) as uow:
            await uow.timeline.add(happenings)
    async with within(brand.tenant_id) as uow:
        await tag_member(uow, TagMember(brand.member("li"), ["老客"], []), NOW + days(1))


async def test_everything_newest_first(in_transaction: Transactions, brand: Brand) -> None:
    await happened(in_transaction, brand)

    entries = await timeline(in_transaction, brand, "li")
    assert [entry_to_wire(entry).title for entry in entries] == [
        "添加标签：老客",
        "首次分层：普通",
        "参与活动：已预占",
        "违规立案",
        "工单排队中",
        "订单退款",
        "支付订单",
        "发言",
        "加入群聊",
    ]
    paid = entry_to_wire(entries[6])
    assert (paid.subject_id, paid.amount_minor) == ("o-1", 900)
    assert entries[5].amount_minor == -400
    for size in (1, 2, 4):
        assert await timeline(in_transaction, brand, "li", size=size) == entries


async def test_by_kind(in_transaction: Transactions, brand: Brand) -> None:
    await happened(in_transaction, brand)
    every = await timeline(in_transaction, brand, "li")
    for chosen in (
        [TimelineKind.ACTIVITY],
        [TimelineKind.ORDER],
        [TimelineKind.TIER, TimelineKind.TICKET],
        [TimelineKind.CAMPAIGN, TimelineKind.VIOLATION],
        [TimelineKind.MERGE],
        list(TimelineKind),
    ):
        expected = [entry for entry in every if entry.kind in chosen]
        assert await timeline(in_transaction, brand, "li", chosen, size=2) == expected
        async with in_transaction(brand.tenant_id) as uow:
            counted = PageRequest(1, count_total=True)
            [page] = (await uow.timeline.of_members([brand.member("li")], counted, chosen)).values()
        assert page.total_count == len(expected)


async def test_what_comes_at_one_instant_is_paged_through(in_transaction: Transactions, brand: Brand) -> None:
    happenings = [told(brand, "li", TimelineKind.TICKET, NOW, "CLOSED") for _ in range(7)]
    async with in_transaction(brand.tenant_id) as uow:
        await uow.timeline.add(happenings)
    entries = await timeline(in_transaction, brand, "li", size=2)
    assert [entry.id for entry in entries] == sorted(happening.id for happening in happenings)


async def test_a_merged_member_s_past_is_part_of_it(in_transaction: Transactions, brand: Brand) -> None:
    """Also what other services tell of the merged member later; all of it goes back."""
    await happened(in_transaction, brand)
    await record(in_transaction, brand, [Act(Kind.LIKE, "wang", days(2))])
    of_wang = await timeline(in_transaction, brand, "wang")
    async with in_transaction(brand.tenant_id) as uow:
        command = MergeMembers(brand.member("li"), brand.member("wang"), "同一人", "operator-1")
        merge = await merge_members(uow, command, NOW)
        late = told(brand, "wang", TimelineKind.TICKET, NOW - days(1), "RESOLVED")
        await uow.timeline.add([late])

    merged = await timeline(in_transaction, brand, "li")
    assert {entry.id for entry in of_wang if entry.kind is not TimelineKind.TIER} | {late.id} <= ids(merged)
    assert [entry.state for entry in merged if entry.kind is TimelineKind.MERGE] == ["MERGED"]
    assert ids(await timeline(in_transaction, brand, "wang")) <= ids(of_wang), "tiers held by it only"

    async with in_transaction(brand.tenant_id) as uow:
        await reverse_merge(uow, merge.id, "operator-1", NOW)
    apart = await timeline(in_transaction, brand, "wang")
    assert ids(apart) >= ids(of_wang) | {late.id}
    assert not ids(of_wang) & ids(await timeline(in_transaction, brand, "li"))


def ids(entries: Sequence[TimelineEntry]) -> set[UUID]:
    return {entry.id for entry in entries}


async def test_a_tenant_sees_nothing_of_another(
    in_transaction: Transactions, brand: Brand, new_brand: NewBrand
) -> None:
    await happened(in_transaction, brand)
    other = await new_brand()
    async with in_transaction(other.tenant_id) as uow:
        [page] = (await uow.timeline.of_members([brand.member("li")], PageRequest(10), ())).values()
    assert not page.items


async def test_many_timelines_are_the_same_as_each(in_transaction: Transactions, brand: Brand) -> None:
    await happened(in_transaction, brand)
    members = [brand.member("li"), new_id(), brand.member("wang"), brand.member("li")]
    async with in_transaction(brand.tenant_id) as uow:
        request = PageRequest(2, count_total=True)
        pages = await uow.timeline.of_members(members, request, ())
        assert [len(pages[it].items) for it in members] == [2, 0, 1, 2]
        for after in (None, pages[members[0]].keys[-1]):
            request = PageRequest(2, after, count_total=True)
            pages = await uow.timeline.of_members(members, request, ())
            for member_id in members:
                alone = await uow.timeline.of_members([member_id], request, ())
                assert alone == {member_id: pages[member_id]}
