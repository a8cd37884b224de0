"""What the use cases rely on, asked of the fake and of PostgreSQL alike."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.keyset import decode_cursor, encode_cursor
from chassis.paging import PageRequest
from risk.application.confirm_moderator_task import confirm_moderator_task
from risk.application.ports import Listing, Transactions
from risk.application.put_words import put_words
from risk.domain.decision import Message
from risk.domain.errors import ChangedMeanwhile, StaleVersion, TaskNotFound, ViolationNotFound
from risk.domain.ladder import LadderAction
from risk.domain.lexicon import Word
from risk.domain.policy import RiskPolicy
from risk.domain.verdict import RiskCategory, Verdict
from risk.domain.violation import Violation, ViolationStatus

from ..samples import ADVERT, EDITOR, NORMALISER, NOW, burst, message
from ..unit.fakes import FakeTransactions
from .conftest import screen

ALL = PageRequest(100, count_total=True)
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["fake", "sql"])
def transactions(request: pytest.FixtureRequest) -> Transactions:
    return FakeTransactions() if request.param == "fake" else request.getfixturevalue("sql_transactions")


async def violations(transactions: Transactions, tenant_id: UUID) -> Sequence[Violation]:
    """Newest first."""
    async with transactions(tenant_id) as uow:
        return (await uow.violations.page(ALL, Listing(), None)).items


async def test_a_decision_is_kept_as_it_was_made(transactions: Transactions, tenant_id: UUID) -> None:
    batch = [message(ADVERT), message(), replace(message("我的电话13800138000"), group_id=None)]
    await screen(transactions, tenant_id, batch)
    async with transactions(tenant_id) as uow:
        page = await uow.decisions.page(ALL, Listing(), Verdict.ALLOW)
    advert, innocent, private = (
        next(decision for decision in page.items if decision.activity_id == sent.activity_id)
        for sent in batch
    )
    assert advert.screening.verdict is Verdict.BLOCK
    assert {(f.category, f.detector.value) for f in advert.screening.findings} >= {
        (RiskCategory.ADVERT, "lexicon"),
        (RiskCategory.PERSONAL_DATA, "pattern"),
        (RiskCategory.ADVERT, "pattern"),
    }
    assert "wx_88888" not in advert.screening.masked_text + advert.screening.normal_form
    assert (innocent.screening.findings, innocent.screening.masked_text) == ((), "")
    assert (private.group_id, private.screening.masked_text) == (None, "我的电话138******00")


async def test_decisions_are_listed_by_place_and_severity(
    transactions: Transactions, tenant_id: UUID
) -> None:
    member_id, group_id = new_id(), new_id()
    await screen(
        transactions, tenant_id, [message(ADVERT, member_id, group_id), message("做兼职的来"), message()]
    )

    async def count(listing: Listing, at_least: Verdict) -> int | None:
        async with transactions(tenant_id) as uow:
            return (await uow.decisions.page(ALL, listing, at_least)).total_count

    assert await count(Listing(), Verdict.ALLOW) == 3
    assert await count(Listing(), Verdict.REVIEW) == 2
    assert await count(Listing(), Verdict.BLOCK) == 1
    assert await count(Listing(member_ids=[member_id]), Verdict.ALLOW) == 1
    assert await count(Listing(group_id=group_id, member_ids=[new_id()]), Verdict.ALLOW) == 0


async def test_pages_follow_each_other(transactions: Transactions, tenant_id: UUID) -> None:
    for number in range(5):
        await screen(transactions, tenant_id, [message(ADVERT)], NOW + number * MINUTE)
    request, seen = PageRequest(2), list[Violation]()
    while True:
        async with transactions(tenant_id) as uow:
            page = await uow.violations.page(request, Listing(), None)
        seen += page.items
        if not page.has_next_page:
            break
        request = replace(request, after=decode_cursor(encode_cursor(*page.keys[-1])))
    assert [violation.opened_at for violation in seen] == [NOW + n * MINUTE for n in (4, 3, 2, 1, 0)]


async def test_the_same_messages_again_change_nothing(transactions: Transactions, tenant_id: UUID) -> None:
    batch = [message(ADVERT), *burst(12, new_id(), new_id())]
    for _ in range(3):
        await screen(transactions, tenant_id, batch)
    assert len(await violations(transactions, tenant_id)) == 2


@pytest.mark.parametrize("cuts", [(14,), (1,) * 14, (10, 4), (13, 1)])
async def test_a_flood_is_found_wherever_batches_are_cut(
    transactions: Transactions, tenant_id: UUID, cuts: tuple[int, ...]
) -> None:
    flood: list[Message] = burst(14, new_id(), new_id(), NOW - MINUTE)
    rest = list(flood)
    for size in cuts:
        await screen(transactions, tenant_id, rest[:size])
        del rest[:size]
    (violation,) = await violations(transactions, tenant_id)
    assert (violation.category, violation.activity_id) == (RiskCategory.FLOODING, flood[10].activity_id)
    async with transactions(tenant_id) as uow:
        assert (await uow.decisions.page(ALL, Listing(), Verdict.BLOCK)).total_count == 4


async def test_strikes_leave_out_reversed_and_old_ones(transactions: Transactions, tenant_id: UUID) -> None:
    member_id = new_id()
    for number in range(3):
        await screen(transactions, tenant_id, [message(ADVERT, member_id)], NOW + number * MINUTE)
    async with transactions(tenant_id) as uow:
        newest = (await uow.violations.page(ALL, Listing(), None)).items[0]
        assert newest.strike == 3
        await uow.violations.save(newest.review(stands=False), was=newest)
        assert await uow.violations.strikes({member_id, new_id()}, NOW) == {
            member_id: {"no_malicious_marketing": 1}
        }


async def test_compare_and_set(transactions: Transactions, tenant_id: UUID) -> None:
    await screen(transactions, tenant_id, [message(ADVERT)])
    (violation,) = await violations(transactions, tenant_id)
    async with transactions(tenant_id) as uow:
        appealed = violation.appeal("不是我发的")
        await uow.violations.save(appealed, was=violation)
        with pytest.raises(ChangedMeanwhile):
            await uow.violations.save(violation.review(stands=False), was=violation)
        assert await uow.violations.get(violation.id) == appealed
        assert (await uow.violations.page(ALL, Listing(), ViolationStatus.OPEN)).items == []


async def test_tasks_by_violation_and_deadline(transactions: Transactions, tenant_id: UUID) -> None:
    for number in range(2):
        await screen(transactions, tenant_id, [message(ADVERT)], NOW + number * MINUTE)
    ids = [violation.id for violation in await violations(transactions, tenant_id)]
    async with transactions(tenant_id) as uow:
        tasks = (await uow.moderator_tasks.page(ALL, None, None)).items
        assert [task.due_at for task in tasks] == [NOW + 60 * MINUTE, NOW + 61 * MINUTE]
        assert {task.violation_id for task in await uow.moderator_tasks.of_violations(ids)} == set(ids)
        assert list(await uow.moderator_tasks.many([tasks[1].id, new_id()])) == [tasks[1]]
        confirmed = await confirm_moderator_task(uow, tasks[0].id, "moderator-1", NOW)
        assert await uow.moderator_tasks.get(tasks[0].id) == confirmed
        (overdue,) = await uow.moderator_tasks.mark_overdue([task.id for task in tasks], NOW + 61 * MINUTE)
        assert overdue.id == tasks[1].id


async def test_what_is_not_there(transactions: Transactions, tenant_id: UUID) -> None:
    async with transactions(tenant_id) as uow:
        with pytest.raises(ViolationNotFound):
            await uow.violations.get(new_id())
        with pytest.raises(TaskNotFound):
            await uow.moderator_tasks.get(new_id())
        assert await uow.violations.many([new_id()]) == []
        assert await uow.violations.strikes(set(), NOW) == {}


async def test_words_and_their_version(transactions: Transactions, tenant_id: UUID) -> None:
    word = Word("竞品", Verdict.BLOCK, RiskCategory.ADVERT)
    async with transactions(tenant_id) as uow:
        assert await uow.words.version() == 1
        assert (
            await put_words(
                uow, NORMALISER, [word, replace(word, text="好词", verdict=Verdict.ALLOW)], EDITOR
            )
        ).words == 2
        assert (await put_words(uow, NORMALISER, [word], EDITOR)).words == 0
        assert (
            await put_words(uow, NORMALISER, [replace(word, verdict=Verdict.REVIEW)], EDITOR)
        ).version == 3
        assert sorted(await uow.words.all(), key=lambda w: w.text) == [
            Word("好词", Verdict.ALLOW),
            Word("竞品", Verdict.REVIEW, RiskCategory.ADVERT),
        ]
        assert (await uow.words.remove({"竞品", "没有"}, 4)).removed == 1


async def test_policies_by_version(transactions: Transactions, tenant_id: UUID) -> None:
    async with transactions(tenant_id) as uow:
        assert await uow.policies.current() == RiskPolicy()
        changed = RiskPolicy(version=2, ladder=(LadderAction.REMOVE,), act_on_messages_within_hours=1)
        await uow.policies.add(changed, NOW)
        assert await uow.policies.current() == changed
        with pytest.raises(StaleVersion):
            await uow.policies.add(changed, NOW)
