"""Tags by keyword rules and by hand, what staff says of them, and how right the rules are."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from chassis.consumer import Received
from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from segmentation.adapters.keyword_matcher import KeywordMatcher
from segmentation.application.delete_tag_rule import delete_tag_rule
from segmentation.application.judge_tag import JudgeTag, judge_tag
from segmentation.application.measure_tags import measure_tags
from segmentation.application.merge_members import MergeMembers, merge_members
from segmentation.application.ports import Transactions
from segmentation.application.reverse_merge import reverse_merge
from segmentation.application.save_tag_rule import SaveTagRule, save_tag_rule
from segmentation.application.sweep_tags import sweep_tags
from segmentation.application.tag_member import TagMember, tag_member
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.errors import MemberNotFound, StaleVersion, TagNotFound, TagRuleNotFound
from segmentation.domain.member import TagSource
from segmentation.domain.retention import Retention
from segmentation.domain.tags import Keywords, TagJudgement, TagRule
from segmentation.entrypoints.consumers import activities_handler
from segmentation.entrypoints.keyword_hits import KeywordReader

from ..samples import NOW, Act, Brand
from .door import message
from .test_recording import record, rows

NewBrand = Callable[[], Awaitable[Brand]]


class Group:
    """A replica that hears what is said in the groups of a brand."""

    def __init__(self, within: Transactions, brand: Brand) -> None:
        self._within, self._brand = within, brand
        self._handle = activities_handler(lambda: NOW, Retention(24), KeywordReader(KeywordMatcher))

    async def says(self, member: str, *texts: str) -> Sequence[Received]:
        batch = []
        for text in texts:
            carried = message(self._brand, Act(Kind.MESSAGE, member))
            carried.text = text
            batch.append(Received(carried.activity_id, "", self._brand.tenant_id, NOW, None, carried))
        await self.hears(batch)
        return batch

    async def hears(self, batch: Sequence[Received]) -> None:
        async with self._within(self._brand.tenant_id) as uow:
            await self._handle(uow, batch)


async def rule(within: Transactions, brand: Brand, name: str, *words: str, enabled: bool = True) -> TagRule:
    command = SaveTagRule(None, 0, name, Keywords(words), enabled)
    async with within(brand.tenant_id) as uow:
        return await save_tag_rule(uow, command, NOW)


async def judge(
    within: Transactions, brand: Brand, member: str, name: str, judgement: TagJudgement, at: datetime = NOW
) -> None:
    async with within(brand.tenant_id) as uow:
        await judge_tag(uow, JudgeTag(brand.member(member), name, judgement, "agent-1"), at)


async def tags(within: Transactions, brand: Brand, member: str) -> dict[str, TagSource]:
    async with within(brand.tenant_id) as uow:
        [found] = await uow.members.by_ids([brand.member(member)], NOW)
    return {tag.name: tag.source for tag in found.tags}


async def told(database: Database, brand: Brand) -> int:
    return (await rows(database, brand, "select count(*) from outbox where type like '%tags_changed%'"))[0][0]


async def test_a_keyword_sets_the_tag_once(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    group = Group(in_transaction, brand)
    await group.says("li", "有没有无糖的茶")
    assert await tags(in_transaction, brand, "li") == {}, "before the rule, and not kept"
    set_by = await rule(in_transaction, brand, "控糖", "无糖", "Sugar Free")
    await rule(in_transaction, brand, "糖友", "糖", enabled=False)

    heard = await group.says("li", "要ＳＵＧＡＲ free的", "无糖")
    await group.hears(heard)
    await group.says("wang", "加糖")

    assert await tags(in_transaction, brand, "li") == {"控糖": TagSource.RULE}
    assert await tags(in_transaction, brand, "wang") == {}
    assert await told(database, brand) == 1
    async with in_transaction(brand.tenant_id) as uow:
        [li] = await uow.members.by_ids([brand.member("li")], NOW)
        assert li.tags[0].rule_id == set_by.id
        assert [(it.name, it.members) for it in await uow.tags.counts(10)] == [("控糖", 1)]
    columns = await rows(database, brand, "select string_agg(to_jsonb(a)::text, '') from activities a")
    assert "糖" not in columns[0][0], "no text is kept"


async def test_a_change_of_rules_holds_in_all_replicas(in_transaction: Transactions, brand: Brand) -> None:
    one, other = Group(in_transaction, brand), Group(in_transaction, brand)
    first = await rule(in_transaction, brand, "宝妈", "奶粉")
    await one.says("a", "奶粉")
    await other.says("b", "奶粉")
    command = SaveTagRule(first.id, 1, "宝妈", Keywords(("尿布",)), enabled=True)
    async with in_transaction(brand.tenant_id) as uow:
        changed = await save_tag_rule(uow, command, NOW)
    await one.says("c", "奶粉")
    await other.says("d", "尿布")

    assert [bool(await tags(in_transaction, brand, name)) for name in "abcd"] == [True, True, False, True]
    assert changed.version == 2
    async with in_transaction(brand.tenant_id) as uow:
        assert await save_tag_rule(uow, command, NOW) == changed, "the same again"
        with pytest.raises(StaleVersion):
            await save_tag_rule(uow, SaveTagRule(first.id, 1, "妈", Keywords(("尿布",)), enabled=True), NOW)
        with pytest.raises(TagRuleNotFound):
            await save_tag_rule(uow, SaveTagRule(new_id(), 1, "妈", Keywords(("尿布",)), enabled=True), NOW)
        page = await uow.tag_rules.page(PageRequest(5))
    assert page.items == [changed]


async def test_a_rejected_tag_is_not_set_again(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    group = Group(in_transaction, brand)
    await rule(in_transaction, brand, "宝妈", "奶粉")
    await rule(in_transaction, brand, "宝妈", "尿布")
    await group.says("li", "奶粉")

    for _ in range(2):
        await judge(in_transaction, brand, "li", "宝妈", TagJudgement.REJECTED)
        await group.says("li", "奶粉", "尿布")
    assert await tags(in_transaction, brand, "li") == {}
    assert await told(database, brand) == 2, "set once, removed once"
    with pytest.raises(TagNotFound):
        await judge(in_transaction, brand, "li", "宝妈", TagJudgement.CONFIRMED)
    with pytest.raises(MemberNotFound):
        await judge(in_transaction, brand, "nobody", "宝妈", TagJudgement.CONFIRMED)
    async with in_transaction(brand.tenant_id) as uow:
        await tag_member(uow, TagMember(brand.member("li"), ["宝妈"], []), NOW)
    assert await tags(in_transaction, brand, "li") == {"宝妈": TagSource.MANUAL}, "staff may"
    with pytest.raises(TagNotFound):
        await judge(in_transaction, brand, "li", "宝妈", TagJudgement.CONFIRMED)


async def test_a_deleted_rule_takes_its_tags_along(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    """But not those that somebody confirmed; a renamed one likewise."""
    group = Group(in_transaction, brand)
    gone, renamed = [await rule(in_transaction, brand, name, name) for name in ("甲", "乙")]
    for member in ("li", "wang"):
        await group.says(member, "甲乙")
    for name in ("甲", "乙"):
        await judge(in_transaction, brand, "wang", name, TagJudgement.CONFIRMED)

    async with in_transaction(brand.tenant_id) as uow:
        await delete_tag_rule(uow, gone.id, NOW)
        await delete_tag_rule(uow, gone.id, NOW)
        await save_tag_rule(uow, SaveTagRule(renamed.id, 1, "丙", Keywords(("乙",)), enabled=True), NOW)
    await group.says("chen", "甲乙")
    due = await rows(database, brand, "select key from timers where kind = 'tag-sweep'")
    assert {UUID(key) for (key,) in due} == {gone.id, renamed.id}
    for rule_id in (gone.id, renamed.id):
        async with in_transaction(brand.tenant_id) as uow:
            await sweep_tags(uow, rule_id, NOW)

    assert set(await tags(in_transaction, brand, "li")) == set()
    assert set(await tags(in_transaction, brand, "wang")) == {"甲", "乙"}
    assert set(await tags(in_transaction, brand, "chen")) == {"丙"}


async def test_a_rule_deleted_while_messages_pass_leaves_no_tag(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    rules = [await rule(in_transaction, brand, f"t{number}", "茶") for number in range(6)]
    group = Group(in_transaction, brand)

    async def delete(rule_id: UUID) -> None:
        async with in_transaction(brand.tenant_id) as uow:
            await delete_tag_rule(uow, rule_id, NOW)
        async with in_transaction(brand.tenant_id) as uow:
            await sweep_tags(uow, rule_id, NOW)

    deleting = (delete(it.id) for it in rules)
    await asyncio.gather(*(group.says(f"m{number}", "茶") for number in range(6)), *deleting)
    assert await rows(database, brand, "select count(*) from member_tags") == [(0,)]


async def test_accuracy_in_a_window(in_transaction: Transactions, brand: Brand) -> None:
    group = Group(in_transaction, brand)
    one, two = [await rule(in_transaction, brand, name, name) for name in ("甲", "乙")]
    for number in range(4):
        await group.says(f"m{number}", "甲", "乙")
    for number, judgement in enumerate((1, 1, 2)):
        await judge(in_transaction, brand, f"m{number}", "甲", TagJudgement(judgement))
    await judge(in_transaction, brand, "m0", "乙", TagJudgement.REJECTED, at=NOW - timedelta(days=2))
    await judge(
        in_transaction, brand, "m1", "乙", TagJudgement.CONFIRMED, at=datetime(2026, 3, 1, 15, 59, tzinfo=UTC)
    )
    await judge(
        in_transaction, brand, "m2", "乙", TagJudgement.REJECTED, at=datetime(2026, 3, 1, 16, tzinfo=UTC)
    )

    async with in_transaction(brand.tenant_id) as uow:
        overall, first, second = await measure_tags(uow, date(2026, 3, 2), date(2026, 3, 2))
        [nothing] = await measure_tags(uow, date(2026, 1, 1), date(2026, 1, 2))
    assert (second.rule_id, second.confirmed, second.rejected, second.unjudged) == (one.id, 2, 1, 1)
    assert (first.rule_id, first.confirmed, first.rejected, first.unjudged) == (two.id, 0, 1, 1)
    assert second.accuracy == pytest.approx(2 / 3)
    assert (overall.rule_id, overall.accuracy) == (None, 0.5)
    assert nothing.accuracy is None


async def test_tags_of_a_merged_member(in_transaction: Transactions, brand: Brand) -> None:
    """What the merged one says tags the one that goes on, and is its own again when they are separated."""
    group = Group(in_transaction, brand)
    await rule(in_transaction, brand, "控糖", "无糖")
    await rule(in_transaction, brand, "宝妈", "奶粉")
    await record(in_transaction, brand, [Act(Kind.MESSAGE, "li"), Act(Kind.MESSAGE, "lily")])
    await group.says("li", "奶粉")
    async with in_transaction(brand.tenant_id) as uow:
        command = MergeMembers(brand.member("li"), brand.member("lily"), "同一人", "operator-1")
        merge = await merge_members(uow, command, NOW)
    await group.says("lily", "无糖", "奶粉")
    assert await tags(in_transaction, brand, "li") == {"控糖": TagSource.RULE, "宝妈": TagSource.RULE}
    async with in_transaction(brand.tenant_id) as uow:
        assert {it.name: it.members for it in await uow.tags.counts(10)} == {"控糖": 1, "宝妈": 1}
        await reverse_merge(uow, merge.id, "operator-1", NOW)
    assert set(await tags(in_transaction, brand, "li")) == {"宝妈"}
    assert set(await tags(in_transaction, brand, "lily")) == {"宝妈", "控糖"}


async def test_a_tenant_is_not_tagged_by_rules_of_another(
    in_transaction: Transactions, brand: Brand, new_brand: NewBrand
) -> None:
    other = await new_brand()
    foreign = await rule(in_transaction, other, "控糖", "无糖")
    await Group(in_transaction, brand).says("li", "无糖")
    assert await tags(in_transaction, brand, "li") == {}
    async with in_transaction(brand.tenant_id) as uow:
        assert not (await uow.tag_rules.page(PageRequest(5))).items
        assert not await uow.tag_rules.delete(foreign.id)
        assert await uow.tag_rules.version() == 0
