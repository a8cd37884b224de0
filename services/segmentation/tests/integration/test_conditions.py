"""Conditions in SQL are those of domain/conditions.py: whom they hold for, and until when at least."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database
from segmentation.adapters.conditions import CHOSEN, EVERYBODY, compile_conditions
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.conditions import (
    ActivitiesTest,
    AllOf,
    AnyOf,
    Condition,
    GroupTest,
    IntRange,
    MemberHistory,
    Not,
    OrderMeasure,
    OrdersTest,
    ProfileField,
    ProfileTest,
    RfmDimension,
    RfmTest,
    SeenTest,
    Sight,
    TagTest,
    TextMatch,
    TierTest,
    holds,
)
from segmentation.domain.policy import RfmCuts, Tier, TierPolicy

from ..samples import NOW, Act, Brand, days
from ..unit.conditions import history_of
from ..unit.fakes import FakeUnitOfWork, Memory

NewBrand = Callable[[], Awaitable[Brand]]
NAMES = ("li", "wang", "zhao")
WINDOWS = (1, 2, 7, 30)
POLICY = TierPolicy(
    rfm_window_days=9,
    cuts=RfmCuts(recency_days=(20, 6, 2, 0), frequency=(1, 2, 2, 4), monetary_minor=(0, 5, 10, 30)),
)


class Judged(NamedTuple):
    holds: bool
    due_at: datetime | None


async def judged(
    database: Database, brand: Brand, condition: Condition, now: datetime, among: str
) -> Mapping[UUID, Judged]:
    compiled = compile_conditions([condition], POLICY, among, timed=True)
    [holds_now], [due_at] = compiled.holds, compiled.due_at
    statement = text(f"select m.member_id, {holds_now}, {due_at} from members m {compiled.joins}")  # noqa: S608
    parameters = compiled.parameters(now)
    if among == CHOSEN:
        parameters["member_ids"] = [brand.member(name) for name in NAMES]
    async with database.session(brand.tenant_id) as session:
        rows = await session.connection.execute(statement, parameters)
        return {member_id: Judged(*judgement) for member_id, *judgement in rows}


ranges = st.one_of(
    st.builds(IntRange, min=st.integers(0, 5)),
    st.builds(IntRange, max=st.integers(0, 5)),
    st.builds(lambda low, more: IntRange(low, low + more), st.integers(0, 4), st.integers(0, 3)),
)
scores = st.builds(
    lambda ends: IntRange(min(ends), max(ends)), st.tuples(st.integers(1, 5), st.integers(1, 5))
)


def leaves_of(brand: Brand) -> st.SearchStrategy[Condition]:
    groups = st.sampled_from([brand.group(name) for name in ("tea", "silk", "nowhere")])
    kinds = st.lists(st.sampled_from([Kind.MESSAGE, Kind.CLICK, Kind.ORDER_PAID, Kind.JOINED]), max_size=2)
    return st.one_of(
        st.builds(
            ProfileTest,
            st.sampled_from(ProfileField),
            st.sampled_from(TextMatch),
            st.sampled_from(["li", "l", "%", "李", "i"]),
        ),
        st.builds(TagTest, st.sampled_from(["vip", "tea's", "none"])),
        st.builds(TierTest, st.lists(st.sampled_from(Tier), min_size=1, max_size=3).map(tuple)),
        st.builds(RfmTest, st.sampled_from(RfmDimension), scores),
        st.builds(OrdersTest, st.sampled_from(OrderMeasure), st.sampled_from((0, *WINDOWS)), ranges),
        st.builds(ActivitiesTest, kinds.map(tuple), st.sampled_from(WINDOWS), st.none() | groups, ranges),
        st.builds(GroupTest, st.lists(groups, min_size=1, max_size=2).map(tuple)),
        st.builds(SeenTest, st.sampled_from(Sight), ranges),
    )


def conditions_of(brand: Brand) -> st.SearchStrategy[Condition]:
    return st.recursive(
        leaves_of(brand),
        lambda inner: st.one_of(
            st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Not, inner),
        ),
        max_leaves=6,
    )


# Around whole days, and up to two days in the future.
agos = st.builds(
    lambda whole, beside: timedelta(days=whole, microseconds=beside),
    st.integers(-2, 32),
    st.sampled_from([-1, 0, 1, 3_600_000_000]),
)
acts = st.one_of(
    st.builds(
        Act,
        st.sampled_from([Kind.MESSAGE, Kind.CLICK, Kind.JOINED, Kind.LEFT]),
        st.sampled_from(NAMES),
        agos,
        st.sampled_from(["tea", "silk"]),
        name=st.sampled_from(["", "李", "li"]),
    ),
    st.builds(
        Act,
        st.sampled_from([Kind.ORDER_PAID, Kind.ORDER_PAID, Kind.ORDER_REFUNDED]),
        st.sampled_from(NAMES),
        agos,
        st.just("tea"),
        st.sampled_from(["o-1", "o-2", "o-3", "o-4"]),
        st.sampled_from([1, 3, 5, 12]),
    ),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), story=st.lists(acts, min_size=1, max_size=12))
async def test_truth_and_due_are_those_of_the_domain(
    in_transaction: Transactions,
    database: Database,
    new_brand: NewBrand,
    data: st.DataObject,
    story: list[Act],
) -> None:
    brand = await new_brand()
    condition = data.draw(conditions_of(brand))
    tags = {name: data.draw(st.sets(st.sampled_from(["vip", "tea's"]))) for name in NAMES}
    seen = {act.member for act in story}
    async with in_transaction(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*story), NOW)
        for name in seen:
            await uow.members.tag(brand.member(name), sorted(tags[name]), [], NOW)
        members = await uow.members.by_ids([brand.member(name) for name in seen], NOW)
    memory = Memory()
    await record_activities(FakeUnitOfWork(memory), brand.columns(*story), NOW)
    histories = {
        member.id: replace(
            history_of(memory, member.id),
            external_reference=member.external_reference,
            display_name=member.display_name,
            tier=member.tier.tier if member.tier else None,
            tags=tags[member.external_reference],
        )
        for member in members
    }

    for now in (NOW, NOW + days(1), NOW + days(3) + timedelta(microseconds=1)):
        everybody = await judged(database, brand, condition, now, EVERYBODY)
        assert await judged(database, brand, condition, now, CHOSEN) == everybody
        assert everybody.keys() == histories.keys()
        for member_id, member in histories.items():
            true, due_at = everybody[member_id]
            assert true == holds(condition, member, POLICY, now)
            assert due_at is None or due_at > now
            assert not [at for at in _changes(condition, member, now) if due_at is None or at < due_at]


def _changes(condition: Condition, member: MemberHistory, now: datetime) -> list[datetime]:
    """Moments after now at which the truth is another one: it changes whole days after something happened."""
    moments = [
        member.first_seen_at,
        member.last_seen_at,
        *(payment.paid_at for payment in member.payments),
        *(done.occurred_at for done in member.activities),
    ]
    critical = {at + days(number) for at in moments for number in range(32)}
    before = holds(condition, member, POLICY, now)
    return [at for at in critical if at > now and holds(condition, member, POLICY, at) is not before]


@pytest.mark.parametrize("name", ["' or true --", "%", ":now", "\\"])
async def test_values_are_never_part_of_the_statement(
    in_transaction: Transactions, database: Database, brand: Brand, name: str
) -> None:
    async with in_transaction(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(Act(Kind.MESSAGE, "li", name="李")), NOW)
    profile = ProfileTest(ProfileField.DISPLAY_NAME, TextMatch.STARTS_WITH, name)
    answers = await judged(database, brand, AnyOf((TagTest(name), profile)), NOW, EVERYBODY)
    assert [it.holds for it in answers.values()] == [False]
