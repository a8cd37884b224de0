"""What members agree to: late, twice, out of order, merged, erased; and who is addressed because of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import orjson
import pytest

from chassis.database import Database
from chassis.paging import PageRequest
from segmentation.application.erase_member import EraseMember, erase_member
from segmentation.application.merge_members import MergeMembers, merge_members
from segmentation.application.ports import Transactions
from segmentation.application.preview_segment import preview_segment
from segmentation.application.refresh_due_segments import refresh_due_segments
from segmentation.application.request_erasure import request_erasure
from segmentation.application.reverse_merge import reverse_merge
from segmentation.application.update_consent_policy import update_consent_policy
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.conditions import ConsentTest, Not
from segmentation.domain.consents import ConsentPolicy, ConsentPurpose, ConsentRecord, ConsentRow
from segmentation.domain.errors import InvalidConsentPolicy, StaleVersion
from segmentation.domain.timeline import TimelineKind

from ..samples import NOW, Act, Brand, days
from .consenting import GIVEN, UNKNOWN, WITHDRAWN, said, states, tell
from .segmenting import created, members, record
from .test_recording import rows

NewBrand = Callable[[], Awaitable[Brand]]
NAMES = ("li", "lily", "wang")
ERASED_AT = NOW + timedelta(hours=1)


@pytest.fixture
async def people(in_transaction: Transactions, brand: Brand) -> Brand:
    await record(in_transaction, brand, [Act(Kind.MESSAGE, name, days(9), name=name) for name in NAMES])
    return brand


async def told(database: Database, brand: Brand) -> list[tuple[str, str, str, str]]:
    """By name: purpose, from, to."""
    names = {str(brand.member(name)): name for name in NAMES}
    bodies = await rows(
        database, brand, "select body from outbox where type like '%consent_changed%' order by sequence"
    )
    events = [orjson.loads(body) for (body,) in bodies]
    return [
        (
            names[it["memberId"]],
            it["purpose"],
            it["previousState"].removeprefix("CONSENT_STATE_"),
            it["state"].removeprefix("CONSENT_STATE_"),
        )
        for it in events
    ]


async def timeline(within: Transactions, brand: Brand, member: str) -> list[tuple[str, str]]:
    async with within(brand.tenant_id) as uow:
        [page] = (
            await uow.timeline.of_members(
                [brand.member(member)], PageRequest(first=50), [TimelineKind.CONSENT]
            )
        ).values()
    return [(entry.subject, entry.state) for entry in page.items]


STORY = (
    said("li", GIVEN, 3),
    said("li", WITHDRAWN, 2),
    said("li", GIVEN, 2.5, purpose="profiling"),
    said("li", WITHDRAWN, 2.5, purpose="profiling"),
)


async def test_any_order_and_any_repetition_give_the_same(
    in_transaction: Transactions, database: Database, new_brand: NewBrand
) -> None:
    found = []
    for order in permutations(STORY):
        brand = await new_brand()
        await record(in_transaction, brand, [Act(Kind.MESSAGE, "li", days(9))])
        for row in (*order, *order[:2]):
            assert await tell(in_transaction, brand, row) == []
        found.append((await states(in_transaction, brand, "li"), await timeline(in_transaction, brand, "li")))
        assert await rows(database, brand, "select count(*) from consents") == [(4,)]
    assert [state for state, _ in found] == [
        {("li", "marketing"): WITHDRAWN, ("li", "profiling"): WITHDRAWN}
    ] * 24
    assert all(sorted(entries) == sorted(found[0][1]) for _, entries in found)


async def test_only_changes_are_told_and_once(
    in_transaction: Transactions, database: Database, people: Brand
) -> None:
    await tell(in_transaction, people, said("li", GIVEN, 3), said("wang", WITHDRAWN, 3))
    await tell(in_transaction, people, said("li", GIVEN, 3), said("li", GIVEN, 2), said("li", WITHDRAWN, 4))
    await tell(in_transaction, people, said("li", WITHDRAWN, 1))
    assert await told(database, people) == [
        *sorted(
            [("li", "marketing", "UNKNOWN", "GIVEN"), ("wang", "marketing", "UNKNOWN", "WITHDRAWN")],
            key=lambda it: people.member(it[0]),
        ),
        ("li", "marketing", "GIVEN", "WITHDRAWN"),
    ]
    assert await timeline(in_transaction, people, "li") == [
        ("marketing", state) for state in ("WITHDRAWN", "GIVEN", "GIVEN", "WITHDRAWN")
    ]


async def test_rows_are_refused_one_by_one(
    in_transaction: Transactions, database: Database, people: Brand
) -> None:
    good = said("li", GIVEN, source_id="1")
    batch: Sequence[tuple[ConsentRow, tuple[str, str] | None]] = (
        (good, None),
        (said("nobody", GIVEN), ("UNKNOWN_MEMBER", "member_reference")),
        (said("li", GIVEN, purpose="astrology"), ("UNKNOWN_PURPOSE", "purpose")),
        (said("li", GIVEN, -1), ("INVALID_FIELD", "occurred_at")),
        (replace(good, state=WITHDRAWN), ("SOURCE_ID_TAKEN", "source_id")),
        (replace(good, member_reference="wang"), ("SOURCE_ID_TAKEN", "source_id")),
        (replace(good, source="shop"), None),
        (replace(good, channel=""), ("MISSING_FIELD", "channel")),
        (good, None),
    )
    for _ in range(2):
        rejections = await tell(in_transaction, people, *(row for row, _ in batch))
        assert [(it.index, (it.why.code, it.why.field)) for it in rejections] == [
            (index, why) for index, (_, why) in enumerate(batch) if why
        ]
    assert await rows(database, people, "select count(*) from consents") == [(2,)]


async def test_two_at_the_same_time_tell_of_each_change(
    in_transaction: Transactions, database: Database, people: Brand
) -> None:
    """However they meet, the last event says what holds."""
    stories = [[said("li", (GIVEN, WITHDRAWN)[n % 2], 9 - n, source_id=f"{n}")] for n in range(8)]
    await asyncio.gather(*(tell(in_transaction, people, *story) for story in stories))
    changes = await told(database, people)
    assert changes[-1][3] == "WITHDRAWN"
    assert [before for _, _, before, _ in changes[1:]] == [after for _, _, _, after in changes[:-1]]


async def merge(within: Transactions, brand: Brand) -> Any:
    command = MergeMembers(brand.member("li"), brand.member("lily"), "同一手机号", "operator-1")
    async with within(brand.tenant_id) as uow:
        return await merge_members(uow, command, NOW)


async def test_of_merged_members_the_latest_of_the_person_holds(
    in_transaction: Transactions, database: Database, people: Brand
) -> None:
    await tell(in_transaction, people, said("li", GIVEN, 3), said("lily", WITHDRAWN, 2))
    await tell(in_transaction, people, said("lily", GIVEN, 2, purpose="profiling"))
    before = await states(in_transaction, people, *NAMES)
    done = await merge(in_transaction, people)
    assert await states(in_transaction, people, *NAMES) == {
        ("li", "marketing"): WITHDRAWN,
        ("li", "profiling"): GIVEN,
    }
    await tell(in_transaction, people, said("lily", GIVEN, 1))
    assert await states(in_transaction, people, *NAMES) == {
        ("li", "marketing"): GIVEN,
        ("li", "profiling"): GIVEN,
    }

    async with in_transaction(people.tenant_id) as uow:
        await reverse_merge(uow, done.id, "operator-1", NOW)
    assert await states(in_transaction, people, *NAMES) == before | {("lily", "marketing"): GIVEN}
    assert (await told(database, people))[3:] == [
        ("li", "marketing", "GIVEN", "WITHDRAWN"),
        ("li", "profiling", "UNKNOWN", "GIVEN"),
        ("li", "marketing", "WITHDRAWN", "GIVEN"),
        *sorted(
            [
                ("li", "profiling", "GIVEN", "UNKNOWN"),
                ("lily", "marketing", "UNKNOWN", "GIVEN"),
                ("lily", "profiling", "UNKNOWN", "GIVEN"),
            ],
            key=lambda it: (people.member(it[0]), it[1]),
        ),
    ]


async def test_after_an_erasure_only_the_proof_is_left(
    in_transaction: Transactions, database: Database, people: Brand
) -> None:
    await tell(in_transaction, people, said("li", GIVEN, 3, source_id="卡-1"), said("lily", WITHDRAWN, 2))
    await merge(in_transaction, people)
    async with in_transaction(people.tenant_id) as uow:
        erasure = await request_erasure(uow, people.member("li"), "本人申请", "admin-1", ERASED_AT)
    command = EraseMember(erasure.id, erasure.member_id, erasure.merged_member_ids)
    [refused] = await tell(in_transaction, people, said("li", WITHDRAWN, 1))
    assert (refused.why.code, refused.why.field) == ("MEMBER_ERASED", "member_reference")
    async with in_transaction(people.tenant_id) as uow:
        await erase_member(uow, command, ERASED_AT)
    proof = """
        select erased_id, purpose, state, notice_version, occurred_at, recorded_by,
            source_id, channel, evidence, origin_id
        from consents order by occurred_at
    """
    assert await rows(database, people, proof) == [
        (people.member("li"), "marketing", 1, "2026-01", NOW - days(3), "operator-1", "", "", "", None),
        (people.member("lily"), "marketing", 2, "2026-01", NOW - days(2), "operator-1", "", "", "", None),
    ]

    later = ERASED_AT + days(1)
    back = replace(said("li", GIVEN), occurred_at=later)
    [refused] = await tell(in_transaction, people, back, now=later)
    assert refused.why.code == "UNKNOWN_MEMBER"
    await record(in_transaction, people, [Act(Kind.MESSAGE, "li", -days(1.5))], now=later + days(1))
    assert await states(in_transaction, people, "li") == {}, "who comes back is a new member"
    [refused] = await tell(in_transaction, people, said("li", GIVEN, 3, source_id="卡-1"), now=later)
    assert refused.why.code == "MEMBER_ERASED"
    assert await tell(in_transaction, people, back, now=later) == []
    assert await states(in_transaction, people, "li") == {("li", "marketing"): GIVEN}


async def test_who_withdrew_leaves_the_segment(
    in_transaction: Transactions, database: Database, people: Brand
) -> None:
    may = await created(in_transaction, people, Not(ConsentTest("marketing", WITHDRAWN)))
    unknown = ConsentTest("marketing", UNKNOWN)
    async with in_transaction(people.tenant_id) as uow:
        assert (await preview_segment(uow, unknown, 5, NOW)).members == 3

    await tell(in_transaction, people, said("li", WITHDRAWN, 2), said("wang", GIVEN, 2))
    await follow(in_transaction, people)
    assert await members(in_transaction, people, may) == {people.member("wang"), people.member("lily")}
    await merge(in_transaction, people)
    await follow(in_transaction, people)
    assert await members(in_transaction, people, may) == {people.member("wang")}
    await tell(in_transaction, people, said("lily", GIVEN, 1))
    await follow(in_transaction, people)
    assert await members(in_transaction, people, may) == {people.member("wang"), people.member("li")}


async def follow(within: Transactions, brand: Brand) -> None:
    async with within(brand.tenant_id) as uow:
        await refresh_due_segments(uow, NOW)


async def test_records_come_in_pages_newest_first(in_transaction: Transactions, people: Brand) -> None:
    sayings = [said("li", (GIVEN, WITHDRAWN)[n % 2], 1 + n // 2, source_id=f"{n}") for n in range(7)]
    await tell(in_transaction, people, *sayings, said("wang", GIVEN), said("li", GIVEN, purpose="profiling"))
    li, wang = people.member("li"), people.member("wang")
    seen: list[ConsentRecord] = []
    after = None
    async with in_transaction(people.tenant_id) as uow:
        for has_next_page in (True, True, False):
            request = PageRequest(first=3, after=after, count_total=True)
            page = (await uow.consents.of_members([li, wang], request, "marketing"))[li]
            assert (page.total_count, page.has_next_page) == (7, has_next_page)
            seen += page.items
            after = page.keys[-1]
        everything = await uow.consents.of_members([li], PageRequest(first=50), None)
    assert [it.occurred_at for it in seen] == sorted((it.occurred_at for it in seen), reverse=True)
    assert {it.source_id for it in seen} == {str(n) for n in range(7)}
    assert len(everything[li].items) == 8


async def test_purposes_are_the_tenants(in_transaction: Transactions, people: Brand) -> None:
    own = ConsentPolicy(purposes=(ConsentPurpose("sms", "短信"),))
    async with in_transaction(people.tenant_id) as uow:
        assert (await uow.consent_policies.in_force()).version == 0
        first = await update_consent_policy(uow, own, 0, NOW)
        assert await update_consent_policy(uow, own, 0, NOW) == first == replace(own, version=1)
        with pytest.raises(StaleVersion):
            await update_consent_policy(uow, ConsentPolicy(), 0, NOW)
        with pytest.raises(InvalidConsentPolicy):
            await update_consent_policy(uow, replace(own, purposes=own.purposes * 2), 1, NOW)
    assert await tell(in_transaction, people, said("li", GIVEN, purpose="sms"), said("li", WITHDRAWN)) == []
    [refused] = await tell(in_transaction, people, said("li", GIVEN, source_id="new"))
    assert refused.why.code == "UNKNOWN_PURPOSE"
