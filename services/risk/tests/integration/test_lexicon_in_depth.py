"""Versions of the lexicon, words tried on past messages, copies: of the fake and of PostgreSQL alike."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.paging import PageRequest
from risk.application.keep_texts import forget_texts
from risk.application.lexicon_ports import Edit
from risk.application.ports import Listing, Transactions
from risk.application.put_words import put_words
from risk.application.remove_words import remove_words
from risk.application.restore_lexicon import restore_lexicon
from risk.application.try_words import Trial, try_words
from risk.application.update_risk_policy import update_risk_policy
from risk.domain.decision import Message
from risk.domain.errors import LexiconVersionNotFound
from risk.domain.lexicon import Word
from risk.domain.policy import RiskPolicy
from risk.domain.replay import Sample
from risk.domain.verdict import Detector, Verdict

from ..samples import EDITOR, NORMALISER, NOW, allowed, blocked, doubtful, message
from ..unit.fakes import FakeTransactions
from .conftest import SCREENERS, screen

ALL = PageRequest(100, count_total=True)
DAY = timedelta(days=1)


@pytest.fixture(params=["fake", "sql"])
def transactions(request: pytest.FixtureRequest) -> Transactions:
    return FakeTransactions() if request.param == "fake" else request.getfixturevalue("sql_transactions")


async def put(transactions: Transactions, tenant_id: UUID, *words: Word) -> int:
    async with transactions(tenant_id) as uow:
        return (await put_words(uow, NORMALISER, words, EDITOR)).version


async def test_an_earlier_version_is_put_back_as_a_new_one(
    transactions: Transactions, tenant_id: UUID
) -> None:
    first = Word("竞品", Verdict.BLOCK, blocked("x").category, True, True, "法务要求")
    await put(transactions, tenant_id, first, doubtful("旧词"))
    await put(transactions, tenant_id, replace(first, verdict=Verdict.REVIEW), blocked("新词"))
    async with transactions(tenant_id) as uow:
        await remove_words(uow, NORMALISER, ["旧词"], EDITOR)
    async with transactions(tenant_id) as uow:
        change = await restore_lexicon(uow, 2, EDITOR)
        assert (change.version, change.words) == (5, 3)
        assert set(await uow.words.all()) == {first, doubtful("旧词")}
    async with transactions(tenant_id) as uow:
        assert (await restore_lexicon(uow, 2, EDITOR)).version == 5
        versions = (await uow.words.versions(ALL)).items
    assert [it.version for it in versions] == [5, 4, 3, 2]
    assert [it.edit for it in versions] == [Edit(1, 1, 1), Edit(0, 0, 1), Edit(1, 1, 0), Edit(2, 0, 0)]
    assert (versions[0].restored_version, versions[0].edited_by) == (2, EDITOR.subject)
    async with transactions(tenant_id) as uow:
        await restore_lexicon(uow, 1, EDITOR)
        assert await uow.words.all() == []
        with pytest.raises(LexiconVersionNotFound):
            await restore_lexicon(uow, 99, EDITOR)


async def test_edits_at_the_same_time_make_a_version_each(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    made = await asyncio.gather(*(put(sql_transactions, tenant_id, blocked(f"词{n}")) for n in range(8)))
    assert sorted(made) == list(range(2, 10))
    async with sql_transactions(tenant_id) as uow:
        assert len(await uow.words.at(9)) == 8


async def test_words_are_tried_on_past_messages(transactions: Transactions, tenant_id: UUID) -> None:
    said = [message("团长今天发货吗"), message("团长辛苦了"), message("兼职打13800138000"), message("早")]
    await screen(transactions, tenant_id, said)
    await screen(transactions, tenant_id, [message("团长是昨天说的")], NOW - 2 * DAY)
    trial = Trial([doubtful("团长"), allowed("团长辛苦")], ["兼职"], None, days=1)
    async with transactions(tenant_id) as uow:
        result = await try_words(uow, SCREENERS, NORMALISER, trial, NOW + timedelta(hours=1))
    assert (result.replay.messages, result.is_complete) == (4, True)
    assert result.replay.hits == {"团长": 2, "团长辛苦": 1, "兼职": 1}
    assert result.replay.changes == {(Verdict.ALLOW, Verdict.REVIEW): 1}
    assert result.replay.samples == [
        Sample(said[0].activity_id, "团长今天发货吗", Verdict.ALLOW, Verdict.REVIEW)
    ]

    await put(transactions, tenant_id, allowed("兼职"))
    async with transactions(tenant_id) as uow:
        now_in_force = Trial([], [], None, days=1)
        result = await try_words(uow, SCREENERS, NORMALISER, now_in_force, NOW + timedelta(hours=1))
        assert result.replay.changes == {(Verdict.BLOCK, Verdict.REVIEW): 1}
        assert "13800138000" not in result.replay.samples[0].text
        before = replace(now_in_force, version=1)
        result = await try_words(uow, SCREENERS, NORMALISER, before, NOW + timedelta(hours=1))
        assert not result.replay.changes


async def test_texts_are_kept_as_long_as_the_policy_says(transactions: Transactions, tenant_id: UUID) -> None:
    async def kept() -> int:
        async with transactions(tenant_id) as uow:
            return len(await uow.texts.newest(NOW - 400 * DAY, 100))

    await screen(transactions, tenant_id, [message(), message()], NOW - 31 * DAY)
    await screen(transactions, tenant_id, [message()], NOW)
    async with transactions(tenant_id) as uow:
        await forget_texts(uow, "a day", NOW)
    assert await kept() == 1
    async with transactions(tenant_id) as uow:
        await update_risk_policy(uow, RiskPolicy(keep_texts_days=0), 0, NOW)
    await screen(transactions, tenant_id, [message()], NOW)
    assert await kept() == 1
    async with transactions(tenant_id) as uow:
        await forget_texts(uow, "policy", NOW)
    assert await kept() == 0


COPY = "限时特价进群领取，名额有限，先到先得"


async def test_a_text_that_goes_round_is_looked_at(transactions: Transactions, tenant_id: UUID) -> None:
    member_id = new_id()
    for text in (COPY, COPY.replace("，", " "), f"{COPY}！"):
        await screen(transactions, tenant_id, [message(text, member_id)])
    async with transactions(tenant_id) as uow:
        (flagged,) = (await uow.decisions.page(ALL, Listing(), Verdict.REVIEW)).items
    assert (flagged.screening.verdict, flagged.screening.masked_text) == (Verdict.REVIEW, f"{COPY}！")
    (finding,) = flagged.screening.findings
    assert (finding.detector, finding.rule) == (Detector.DUPLICATE, "copied_across_groups")


async def test_what_many_say_is_risky_only_if_it_is_doubtful(
    transactions: Transactions, tenant_id: UUID
) -> None:
    group_id, doubtful_copy = new_id(), f"{COPY}，代发"
    for _ in range(6):
        await screen(transactions, tenant_id, [message(COPY, None, group_id)])
        await screen(transactions, tenant_id, [message(doubtful_copy, None, group_id)])
    async with transactions(tenant_id) as uow:
        flagged = (await uow.decisions.page(ALL, Listing(), Verdict.BLOCK)).items
    assert [it.screening.masked_text for it in flagged] == [doubtful_copy] * 2


async def test_copies_are_told_exactly_by_batches_at_the_same_time(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    """Of twenty copies of one member in as many groups, all but the first two are copies, whoever races."""
    member_id = new_id()

    async def send(batch: list[Message]) -> None:
        await screen(sql_transactions, tenant_id, batch)

    await asyncio.gather(*(send([message(COPY, member_id)]) for _ in range(20)))
    async with sql_transactions(tenant_id) as uow:
        page = await uow.decisions.page(ALL, Listing(member_ids=[member_id]), Verdict.REVIEW)
    assert page.total_count == 18
