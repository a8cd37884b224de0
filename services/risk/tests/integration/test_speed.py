"""What a message costs, alone and with everything that is stored of it. `pytest -m load -s`."""

import time
from datetime import timedelta
from resource import RUSAGE_SELF, getrusage
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.tenants import register
from risk.adapters.classifier.shipped import SENTIMENT, StoredClassifier
from risk.adapters.complaint_words import ComplaintWords
from risk.adapters.default_rules import default_rule_set
from risk.application.count_opinion import counting_opinion
from risk.application.ports import Transactions
from risk.application.preview_risk_policy import preview_risk_policy
from risk.application.preview_rules import preview_rules
from risk.application.read_past import MOST_MESSAGES
from risk.domain.decision import Decided, Decision, Message
from risk.domain.policy import RiskPolicy
from risk.domain.screening import CLEAN
from risk.domain.verdict import ScreeningPurpose

from ..samples import ADVERT, DEFAULT_WORDS, NORMALISER, NOW, message, screener
from .conftest import SCREENERS, screen

BATCH, BATCHES, MEMBERS, GROUPS = 500, 40, 2_000, 20
TALK = (
    "今天的面膜很好用，推荐给大家",
    "请问这个什么时候发货？我上周五下的单",
    "收到啦，包装很仔细，谢谢客服小姐姐",
    "How do I install the driver? apt-get says it is already the newest version.",
    "哈哈哈哈",
)


@pytest.mark.load
async def test_cost_of_a_message(sql_transactions: Transactions, tenant_id: UUID) -> None:
    members, groups = [new_id() for _ in range(MEMBERS)], [new_id() for _ in range(GROUPS)]
    messages: list[Message] = [
        message(
            ADVERT if number % 200 == 0 else TALK[number % len(TALK)],
            members[number % MEMBERS],
            groups[number % GROUPS],
            NOW - timedelta(hours=1) + timedelta(seconds=number / 10),
        )
        for number in range(BATCH * BATCHES)
    ]
    screens = screener(*DEFAULT_WORDS)
    for sent in messages[:1000]:
        screens.screen(sent.text, ScreeningPurpose.MESSAGE)
    cpu = time.process_time()
    for sent in messages:
        screens.screen(sent.text, ScreeningPurpose.MESSAGE)
    print(f"\nscreening: {(time.process_time() - cpu) / len(messages) * 1e6:.1f} µs CPU a message")

    wall, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(messages), BATCH):
        await screen(sql_transactions, tenant_id, messages[start : start + BATCH])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    here, everywhere = cpu / len(messages) * 1e6, wall / len(messages) * 1e6
    print(f"whole batch: {here:.1f} µs CPU here, {everywhere:.1f} µs in all a message")
    print(f"{len(messages) / wall:.0f} messages/s with one consumer")


@pytest.mark.load
async def test_cost_of_previews(sql_transactions: Transactions, database: Database, tenant_id: UUID) -> None:
    """Of as many messages as one looks at, most of them with nothing found."""
    await register(database, tenant_id)
    members, groups = [new_id() for _ in range(MEMBERS)], [new_id() for _ in range(GROUPS)]
    texts = (*TALK, "祝大家新年快乐", "[微笑]")
    messages = [
        message(
            ADVERT if number % 200 == 0 else texts[number % len(texts)],
            members[number % MEMBERS],
            groups[number % GROUPS],
            NOW - timedelta(seconds=number),
        )
        for number in range(MOST_MESSAGES)
    ]
    for start in range(0, len(messages), BATCH):
        await screen(sql_transactions, tenant_id, messages[start : start + BATCH])
    policy, rules = RiskPolicy(flood_messages=2, copy_groups=2), default_rule_set().rules
    before = getrusage(RUSAGE_SELF).ru_maxrss
    async with sql_transactions(tenant_id) as uow:
        began = time.perf_counter()
        of_policy = await preview_risk_policy(uow, SCREENERS, policy, 30, NOW + timedelta(hours=1))
        between = time.perf_counter()
        of_rules = await preview_rules(uow, rules, None, 30, NOW + timedelta(hours=1))
        ended = time.perf_counter()
    assert of_policy.is_complete
    assert of_rules.is_complete
    grown = (getrusage(RUSAGE_SELF).ru_maxrss - before) / 1_024
    print(f"\n{of_policy.replay.messages} messages: policy {between - began:.2f} s, ", end="")
    print(f"rules {ended - between:.2f} s, {grown:.0f} MB more at most")


@pytest.mark.load
async def test_cost_of_counting_opinion(sql_transactions: Transactions, tenant_id: UUID) -> None:
    """What the watch on opinion adds to a message of a batch."""
    groups = [new_id() for _ in range(GROUPS)]
    count = counting_opinion(StoredClassifier.shipped(SENTIMENT), ComplaintWords.shipped(NORMALISER))
    batches = [
        [
            message(TALK[number % len(TALK)], group_id=groups[number % GROUPS], occurred_at=NOW)
            for number in range(BATCH)
        ]
        for _ in range(BATCHES)
    ]
    taken = []
    for batch in batches:
        decided = [
            Decided(it, Decision(it.activity_id, it.member_id, it.group_id, NOW, NOW, CLEAN, 1, 0))
            for it in batch
        ]
        wall, cpu = time.perf_counter(), time.process_time()
        async with sql_transactions(tenant_id) as uow:
            await count(uow, decided, RiskPolicy(), NOW)
        taken.append((time.process_time() - cpu, time.perf_counter() - wall))
    here, everywhere = (1e6 * sum(part) / len(taken[1:]) / BATCH for part in zip(*taken[1:], strict=True))
    print(f"\ncounting opinion: {here:.1f} µs CPU here, {everywhere:.1f} µs in all a message")
