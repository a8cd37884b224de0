"""What is previewed happens: the same messages come to a fresh tenant where the other version is in force."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.testbed.events import hand
from chassis.testbed.tenants import register
from quanzi.segmentation.v1.events_pb2 import MemberMerged
from risk.adapters.classifier.shipped import StoredClassifier
from risk.adapters.default_rules import default_rule_set
from risk.adapters.screeners import CachedScreeners
from risk.adapters.unit_of_work import SqlUnitOfWork
from risk.application import read_past
from risk.application.ports import Listing, Transactions
from risk.application.preview_risk_policy import preview_risk_policy
from risk.application.preview_rules import preview_rules
from risk.application.screen_messages import screen_messages
from risk.application.update_risk_policy import update_risk_policy
from risk.application.update_rule_set import update_rule_set
from risk.domain.decision import Decision, Message
from risk.domain.policy import RiskPolicy
from risk.domain.rule_set import Rulebook
from risk.domain.rules import FlexibleRule, MandatoryRule, Rule
from risk.domain.verdict import Detector, RiskCategory, Verdict
from risk.entrypoints.merges import merges

from ..samples import ADVERT, DEFAULT_WORDS, NORMALISER, NOW, SPELLINGS
from ..unit.fakes import FakeTransactions

MERGES = merges(SqlUnitOfWork, lambda: NOW)
SCREENERS = CachedScreeners(NORMALISER, DEFAULT_WORDS, SPELLINGS, StoredClassifier.shipped())
DAYS, MINUTE = 2, timedelta(minutes=1)
MEMBERS = [new_id() for _ in range(4)]
MERGE = MemberMerged(member_id=str(MEMBERS[0]), merged_member_id=str(MEMBERS[1]), merge_id=str(new_id()))
TEXTS = (
    "今天的面膜很好用",
    "早",
    "新年快乐",
    "新年快乐，大家好",
    "[微笑][玫瑰]",
    "做兼职的来",
    "加我微信拿优惠",
    "这个价格太坑人了，垃圾东西",
    ADVERT,
    "限时特价进群领取，名额有限，先到先得",
    "限时特价进群领取，名额有限，先到先得，代发",
    "周末一起去公园散步吗，天气预报说是晴天",
)
Batches = Sequence[tuple[datetime, Sequence[Message]]]


def batches(seed: int) -> Batches:
    """Of few members in few groups, some in bursts, some late; when each was decided."""
    random = Random(seed)
    groups = [new_id() for _ in range(3)]
    at, said = NOW - timedelta(days=DAYS + 1), list[Message]()
    while at < NOW - 10 * MINUTE:
        at += random.choice((MINUTE / 20, MINUTE / 10, MINUTE, 20 * MINUTE, 60 * MINUTE))
        group_id = random.choice((*groups, None)) if random.random() < 0.1 else random.choice(groups)
        said.append(Message(new_id(), random.choice(MEMBERS), group_id, random.choice(TEXTS), at))
    late = set(random.sample(said, len(said) // 10))
    in_time = [it for it in said if it not in late]
    batches = []
    while in_time:
        batch, in_time = in_time[: (size := random.randint(1, 12))], in_time[size:]
        came = [it for it in late if it.occurred_at < batch[-1].occurred_at and random.random() < 0.5]
        late -= set(came)
        batches.append((batch[-1].occurred_at + timedelta(seconds=1), [*batch, *came]))
    return [*batches, (NOW, list(late))]


@pytest.fixture(params=["fake", "sql"])
async def transactions(request: pytest.FixtureRequest) -> Transactions:
    return FakeTransactions() if request.param == "fake" else request.getfixturevalue("sql_transactions")


async def tenant(
    transactions: Transactions,
    database: Database,
    policy: RiskPolicy,
    rules: Sequence[Rule] = (),
) -> UUID:
    """A fresh one with this policy, these rules if there are any, and two members that are one person."""
    tenant_id = new_id()
    await register(database, tenant_id)
    await hand(database, MERGES, tenant_id, MERGE, NOW)
    async with transactions(tenant_id) as uow:
        await update_risk_policy(uow, policy, 0, NOW - timedelta(days=30))
        if rules:
            await update_rule_set(uow, replace(default_rule_set(), rules=tuple(rules)), 0, "ann", NOW)
    return tenant_id


async def decided(transactions: Transactions, tenant_id: UUID, said: Batches) -> Mapping[UUID, Decision]:
    for at, batch in said:
        async with transactions(tenant_id) as uow:
            await screen_messages(uow, SCREENERS, [], batch, at)
    async with transactions(tenant_id) as uow:
        page = await uow.decisions.page(PageRequest(10_000), Listing(), Verdict.ALLOW)
    return {it.activity_id: it for it in page.items}


def changes(
    before: Mapping[UUID, Decision], after: Mapping[UUID, Decision], since: datetime
) -> Counter[tuple[Verdict, Verdict]]:
    pairs = [
        (it.screening.verdict, after[activity_id].screening.verdict)
        for activity_id, it in before.items()
        if it.occurred_at > since
    ]
    return Counter((was, became) for was, became in pairs if was is not became)


def behaviour(decisions: Mapping[UUID, Decision], since: datetime) -> Counter[str]:
    return Counter(
        finding.rule
        for it in decisions.values()
        for finding in it.screening.findings
        if it.occurred_at > since and finding.detector in (Detector.FLOODING, Detector.DUPLICATE)
    )


POLICIES = {
    "thresholds": RiskPolicy(classifier_review_per_mille=300, classifier_innocent_per_mille=100),
    "no classifier": RiskPolicy(
        classifier_innocent_per_mille=0, classifier_review_per_mille=1_000, classifier_block_per_mille=1_000
    ),
    "flooding": RiskPolicy(flood_messages=2, flood_window_seconds=300),
    "copies": RiskPolicy(copy_groups=2, copy_members=2, copy_window_minutes=600),
    "no texts": RiskPolicy(keep_texts_days=0),
}
PROPOSED = RiskPolicy(
    flood_messages=3,
    flood_window_seconds=1_200,
    copy_groups=2,
    copy_members=3,
    copy_window_minutes=180,
    classifier_review_per_mille=500,
)


@pytest.mark.parametrize("was", POLICIES)
async def test_a_policy_decides_what_was_previewed(
    sql_transactions: Transactions, database: Database, was: str
) -> None:
    await compared(sql_transactions, database, was, read_past.MOST_MESSAGES)


async def test_of_too_many_messages_the_newest_are_previewed(
    transactions: Transactions, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_past, "MOST_MESSAGES", 120)
    await compared(transactions, database, "flooding", 120)


async def compared(transactions: Transactions, database: Database, was: str, most: int) -> None:
    said = batches(seed=len(was))
    tenant_id = await tenant(transactions, database, POLICIES[was])
    before = await decided(transactions, tenant_id, said)
    async with transactions(tenant_id) as uow:
        preview = await preview_risk_policy(uow, SCREENERS, PROPOSED, DAYS, NOW)
    after = await decided(transactions, await tenant(transactions, database, PROPOSED), said)

    since = NOW - timedelta(days=DAYS)
    assert preview.is_complete == (most > len(before))
    if not preview.is_complete:
        oldest_read = sorted((it.decided_at for it in before.values()), reverse=True)[most]
        since = max(since, oldest_read + PROPOSED.copy_window)
    replay = preview.replay
    assert replay.messages == sum(it.occurred_at > since for it in before.values()) > 50
    assert replay.changes == changes(before, after, since)
    assert len(replay.changes) > 1
    assert replay.before == behaviour(before, since)
    assert replay.after == behaviour(after, since)
    for sample in replay.samples:
        assert sample.after is after[sample.activity_id].screening.verdict
        assert (sample.text == "") == (was == "no texts" and sample.before is Verdict.ALLOW)


RULES: Sequence[Rule] = (
    MandatoryRule("ads", "广告", (RiskCategory.ADVERT, RiskCategory.ABUSE), Verdict.REVIEW),
    FlexibleRule("holiday_greetings", "节日祝福", 1, ("新年快乐", "大家好")),
    FlexibleRule("stickers", "表情", 0, stickers=True),
    FlexibleRule("mornings", "早", 0, ("早",)),
)


def broken(decisions: Mapping[UUID, Decision], rules: Sequence[Rule], since: datetime) -> Counter[str]:
    """Messages in groups by the rule they break."""
    found = [
        Rulebook(tuple(rules)).broken(it.screening.findings)
        for it in decisions.values()
        if it.group_id is not None and it.occurred_at >= since
    ]
    return Counter(it[0].key for it in found if it is not None)


@pytest.mark.parametrize("most", [50_000, 120])
async def test_rules_are_broken_as_it_was_previewed(
    transactions: Transactions, database: Database, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(read_past, "MOST_MESSAGES", most)
    said, shipped = batches(seed=most), default_rule_set().rules
    tenant_id = await tenant(transactions, database, RiskPolicy())
    before = await decided(transactions, tenant_id, said)
    async with transactions(tenant_id) as uow:
        previewed = await preview_rules(uow, RULES, None, DAYS, NOW)
    after = await decided(transactions, await tenant(transactions, database, RiskPolicy(), RULES), said)

    since = NOW - timedelta(days=DAYS)
    assert previewed.is_complete == (most > len(before))
    if not previewed.is_complete:
        oldest_read = sorted((it.decided_at for it in before.values()), reverse=True)[most]
        # Midnight in Shanghai.
        since = (oldest_read + timedelta(hours=8)).replace(hour=16, minute=0, second=0, microsecond=0)
    preview = previewed.preview
    assert preview.before == broken(before, shipped, since)
    assert preview.after == broken(after, RULES, since)
    assert set(preview.after) == {"ads", "holiday_greetings", "stickers", "mornings"}


async def test_quotas_of_texts_no_longer_kept_are_those_of_the_rules_of_then(
    transactions: Transactions, database: Database
) -> None:
    """The number of messages may change all the same."""
    said = batches(seed=7)
    tenant_id = await tenant(transactions, database, RiskPolicy(keep_texts_days=0))
    await decided(transactions, tenant_id, said)
    rules = [
        replace(rule, daily_quota=0) if isinstance(rule, FlexibleRule) else rule
        for rule in default_rule_set().rules
    ]
    async with transactions(tenant_id) as uow:
        preview = (await preview_rules(uow, rules, None, DAYS, NOW)).preview
    after = await decided(transactions, await tenant(transactions, database, RiskPolicy(), rules), said)
    assert preview.after == broken(after, rules, NOW - timedelta(days=DAYS))
    assert preview.after["stickers"] > preview.before["stickers"]
