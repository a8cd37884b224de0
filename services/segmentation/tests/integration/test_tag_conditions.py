"""Tags that are there while a condition holds."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from segmentation.application.create_segment import CreateSegment, create_segment
from segmentation.application.delete_tag_rule import delete_tag_rule
from segmentation.application.fill_segments import fill_segments
from segmentation.application.judge_tag import JudgeTag, judge_tag
from segmentation.application.merge_members import MergeMembers, merge_members
from segmentation.application.ports import Transactions
from segmentation.application.refresh_due_segments import refresh_due_segments
from segmentation.application.reverse_merge import reverse_merge
from segmentation.application.save_tag_rule import SaveTagRule, save_tag_rule
from segmentation.application.sweep_tags import sweep_tags
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.conditions import (
    ActivitiesTest,
    AllOf,
    Condition,
    IntRange,
    OrderMeasure,
    OrdersTest,
    TagTest,
)
from segmentation.domain.errors import InvalidCondition, InvalidTagRule
from segmentation.domain.tags import Keywords, TagJudgement, TagRule

from ..samples import NOW, Act, Brand, days
from .test_recording import record, rows
from .test_tags import tags, told

NewBrand = Callable[[], Awaitable[Brand]]


def spoke(within_days: int = 7, least: int = 2) -> Condition:
    return ActivitiesTest((), within_days, None, IntRange(min=least))


async def settle(
    within: Transactions, brand: Brand, now: datetime = NOW, rule_id: UUID | None = None
) -> None:
    """What timers do, until there is nothing left to do."""
    for work in (fill_segments, refresh_due_segments):
        again: bool | int = True
        while again:
            async with within(brand.tenant_id) as uow:
                again = await work(uow, now)
    if rule_id:
        async with within(brand.tenant_id) as uow:
            await sweep_tags(uow, rule_id, now)


async def saved(
    within: Transactions,
    brand: Brand,
    when: Condition | Keywords,
    current: TagRule | None = None,
    name: str = "常客",
) -> TagRule:
    command = SaveTagRule(
        current.id if current else None, current.version if current else 0, name, when, enabled=True
    )
    async with within(brand.tenant_id) as uow:
        rule = await save_tag_rule(uow, command, NOW)
    await settle(within, brand, rule_id=rule.id)
    return rule


async def tagged(within: Transactions, brand: Brand, *members: str) -> set[str]:
    return {member for member in members if "常客" in await tags(within, brand, member)}


async def test_the_tag_is_there_while_the_condition_holds(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    await record(in_transaction, brand, [Act(Kind.MESSAGE, "li", days(1)), Act(Kind.LIKE, "li", days(6.5))])
    await record(in_transaction, brand, [Act(Kind.MESSAGE, "wang", days(1)), Act(Kind.LEFT, "chen", days(1))])

    rule = await saved(in_transaction, brand, spoke())
    assert await tagged(in_transaction, brand, "li", "wang", "chen") == {"li"}
    await record(in_transaction, brand, [Act(Kind.CLICK, "wang", days(0.1))])
    assert await tagged(in_transaction, brand, "li", "wang", "chen") == {"li", "wang"}
    await settle(in_transaction, brand, NOW + days(1))
    assert await tagged(in_transaction, brand, "li", "wang", "chen") == {"wang"}, "by time alone"

    assert await told(database, brand) == 3
    async with in_transaction(brand.tenant_id) as uow:
        [wang] = await uow.members.by_ids([brand.member("wang")], NOW)
        assert wang.tags[0].rule_id == rule.id
        assert (await uow.tag_rules.page(PageRequest(2))).items == [rule]
        assert not await uow.segment_members.of_members([wang.id]), "a rule is no segment"
        assert not (await uow.segments.page(PageRequest(2))).items
    events = await rows(database, brand, "select count(*) from outbox where type like '%.segment.%'")
    assert events == [(0,)]


async def test_another_condition_moves_the_tag(in_transaction: Transactions, brand: Brand) -> None:
    await record(
        in_transaction,
        brand,
        [
            Act(Kind.MESSAGE, "li", days(1)),
            Act(Kind.MESSAGE, "li", days(2)),
            Act(Kind.MESSAGE, "wang", days(20)),
            Act(Kind.ORDER_PAID, "wang", days(3), order="o-1", amount_minor=5),
        ],
    )
    rule = await saved(in_transaction, brand, spoke())
    assert await tagged(in_transaction, brand, "li", "wang") == {"li"}
    bought = OrdersTest(OrderMeasure.COUNT, 0, IntRange(min=1))
    rule = await saved(in_transaction, brand, bought, rule)
    assert await tagged(in_transaction, brand, "li", "wang") == {"wang"}
    await saved(in_transaction, brand, bought, rule, name="买家")
    assert set(await tags(in_transaction, brand, "wang")) == {"买家"}
    async with in_transaction(brand.tenant_id) as uow:
        await delete_tag_rule(uow, rule.id, NOW)
    await settle(in_transaction, brand, rule_id=rule.id)
    assert not await tags(in_transaction, brand, "wang")


async def test_a_rejected_tag_stays_away(in_transaction: Transactions, brand: Brand) -> None:
    acts = [Act(Kind.MESSAGE, "li", days(1)), Act(Kind.MESSAGE, "li", days(2))]
    await record(in_transaction, brand, acts)
    rule = await saved(in_transaction, brand, spoke())
    async with in_transaction(brand.tenant_id) as uow:
        await judge_tag(uow, JudgeTag(brand.member("li"), "常客", TagJudgement.REJECTED, "agent-1"), NOW)
    await settle(in_transaction, brand, NOW + days(30))
    await record(in_transaction, brand, [Act(Kind.MESSAGE, "li", days(number / 9)) for number in range(3)])
    await saved(in_transaction, brand, spoke(30, 1), rule)
    assert not await tagged(in_transaction, brand, "li")


async def test_segments_look_at_the_tags_of_rules(in_transaction: Transactions, brand: Brand) -> None:
    async with in_transaction(brand.tenant_id) as uow:
        segment = await create_segment(uow, CreateSegment("常客", TagTest("常客")), NOW)
    await settle(in_transaction, brand)
    await record(in_transaction, brand, [Act(Kind.MESSAGE, "li", days(1))])
    await saved(in_transaction, brand, spoke())
    await record(in_transaction, brand, [Act(Kind.MESSAGE, "li", days(0.5))])
    await settle(in_transaction, brand)
    async with in_transaction(brand.tenant_id) as uow:
        [entered] = await uow.segment_members.of_members([brand.member("li")])
    assert entered.segment_id == segment.id


async def test_of_merged_members_it_is_decided_anew(in_transaction: Transactions, brand: Brand) -> None:
    await record(in_transaction, brand, [Act(Kind.MESSAGE, name, days(1)) for name in ("li", "lily")])
    await record(in_transaction, brand, [Act(Kind.MESSAGE, "lily", days(2))])
    await saved(in_transaction, brand, spoke(least=2))
    assert await tagged(in_transaction, brand, "li", "lily") == {"lily"}
    async with in_transaction(brand.tenant_id) as uow:
        command = MergeMembers(brand.member("li"), brand.member("lily"), "同一人", "operator-1")
        merge = await merge_members(uow, command, NOW)
    await settle(in_transaction, brand)
    assert await tagged(in_transaction, brand, "li") == {"li"}
    async with in_transaction(brand.tenant_id) as uow:
        await reverse_merge(uow, merge.id, "operator-1", NOW)
    await settle(in_transaction, brand)
    assert await tagged(in_transaction, brand, "li", "lily") == {"lily"}


async def test_what_cannot_work_is_refused(
    in_transaction: Transactions, brand: Brand, new_brand: NewBrand
) -> None:
    refused: list[tuple[type[Exception], str, Condition | Keywords]] = [
        (InvalidTagRule, "condition", AllOf((spoke(), TagTest("老客")))),
        (InvalidCondition, "condition.activities.count", ActivitiesTest((), 7, None, IntRange())),
        (InvalidTagRule, "keywords.words", Keywords(("茶", " "))),
    ]
    for refusal, field, when in refused:
        with pytest.raises(refusal) as raised:
            await saved(in_transaction, brand, when)
        assert raised.value.field == field  # type: ignore[attr-defined]
    other = await new_brand()
    async with in_transaction(other.tenant_id) as uow:
        await delete_tag_rule(uow, new_id(), NOW)
