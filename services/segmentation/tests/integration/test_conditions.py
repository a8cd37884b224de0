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
    AnyOf,
    Condition,
    MemberHistory,
    ProfileField,
    ProfileTest,
    TagTest,
    TextMatch,
    holds,
)
from segmentation.domain.consents import ConsentState, Said
from segmentation.domain.policy import RfmCuts, TierPolicy

from ..samples import NOW, Act, Brand, days
from ..unit.conditions import NAMES, acts, conditions_of, history_of
from ..unit.fakes import FakeUnitOfWork, Memory
from .consenting import said, tell

NewBrand = Callable[[], Awaitable[Brand]]
POLICY = TierPolicy(
    rfm_window_days=9,
    cuts=RfmCuts(recency_days=(20, 6, 2, 0), frequency=(1, 2, 2, 4), monetary_minor=(0, 5, 10, 30)),
)


SAYINGS = st.tuples(
    st.sampled_from(["marketing", "profiling"]),
    st.sampled_from([ConsentState.GIVEN, ConsentState.WITHDRAWN]),
    st.integers(0, 3),
)


class Judged(NamedTuple):
    holds: bool
    due_at: datetime | None


async def judged(
    database: Database,
    brand: Brand,
    condition: Condition,
    now: datetime,
    among: str = EVERYBODY,
    *,
    singly: bool = False,
) -> Mapping[UUID, Judged]:
    compiled = compile_conditions([condition], POLICY, among, timed=True, singly=singly)
    [holds_now], [due_at] = compiled.holds, compiled.due_at
    statement = text(f"select m.member_id, {holds_now}, {due_at} from members m {compiled.joins}")  # noqa: S608
    parameters = compiled.parameters(now)
    if among == CHOSEN:
        parameters["member_ids"] = [brand.member(name) for name in NAMES]
    async with database.session(brand.tenant_id) as session:
        rows = await session.connection.execute(statement, parameters)
        return {member_id: Judged(*judgement) for member_id, *judgement in rows}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    consents = {name: data.draw(st.lists(SAYINGS, max_size=4)) for name in seen}
    async with in_transaction(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*story), NOW)
        for name in seen:
            await uow.tags.set_manually(brand.member(name), sorted(tags[name]), [], NOW)
        members = await uow.members.by_ids([brand.member(name) for name in seen], NOW)
    rows = [said(name, state, ago, purpose) for name in seen for purpose, state, ago in consents[name]]
    assert not rows or await tell(in_transaction, brand, *rows) == []
    memory = Memory()
    await record_activities(FakeUnitOfWork(memory), brand.columns(*story), NOW)
    histories = {
        member.id: replace(
            history_of(memory, member.id),
            external_reference=member.external_reference,
            display_name=member.display_name,
            tier=member.tier.tier if member.tier else None,
            tags=tags[member.external_reference],
            consents={
                purpose: [
                    Said(NOW - days(ago), state)
                    for of, state, ago in consents[member.external_reference]
                    if of == purpose
                ]
                for purpose in ("marketing", "profiling")
            },
        )
        for member in members
    }

    for now in (NOW, NOW + days(1), NOW + days(3) + timedelta(microseconds=1)):
        everybody = await judged(database, brand, condition, now)
        assert await judged(database, brand, condition, now, CHOSEN) == everybody
        assert await judged(database, brand, condition, now, CHOSEN, singly=True) == everybody
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
    answers = await judged(database, brand, AnyOf((TagTest(name), profile)), NOW)
    assert [it.holds for it in answers.values()] == [False]
