from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.application import redecide_due_tiers
from segmentation.application.assign_tiers import TIER_DUE
from segmentation.application.record_activities import record_activities
from segmentation.application.redecide_due_tiers import redecide_due_tiers as redecide
from segmentation.application.register_group import RegisterGroup, register_group
from segmentation.application.update_tier_policy import update_tier_policy as update
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.errors import CurrencyMismatch, StaleVersion
from segmentation.domain.events import (
    GroupRegistered,
    MemberJoinedGroup,
    MemberLeftGroup,
    MemberTierChanged,
    TierPolicyUpdated,
)
from segmentation.domain.policy import Tier, TierPolicy

from ..samples import NOW, Act, Brand, days
from .fakes import FakeUnitOfWork, Memory

BRAND = Brand()
THREE_MESSAGES = tuple(Act(Kind.MESSAGE, "li", days(ago)) for ago in (1, 2, 3))


async def test_a_batch_publishes_moves_and_one_tier_change_per_member() -> None:
    memory = Memory()
    acts = [Act(Kind.JOINED, "li", days(9), invited_by="wang"), *THREE_MESSAGES, Act(Kind.LEFT, "li")]
    await record_activities(FakeUnitOfWork(memory), BRAND.columns(*acts), NOW)

    li, tea = BRAND.member("li"), BRAND.group()
    joined, left, changed = memory.events
    assert joined == MemberJoinedGroup(li, tea, NOW - days(9), BRAND.member("wang"))
    assert left == MemberLeftGroup(li, tea, NOW)
    assert isinstance(changed, MemberTierChanged)
    assert (changed.assignment.tier, changed.assignment.previous_tier) == (Tier.ACTIVE, None)
    assert changed.group_ids == []


async def test_known_activities_do_nothing() -> None:
    memory = Memory()
    for _ in range(2):
        await record_activities(FakeUnitOfWork(memory), BRAND.columns(*THREE_MESSAGES), NOW)
    assert len(memory.events) == 1


async def test_the_next_decision_is_timed() -> None:
    memory = Memory()
    await record_activities(FakeUnitOfWork(memory), BRAND.columns(*THREE_MESSAGES), NOW)
    [wake_at] = [at for (kind, _), at in memory.timers.items() if kind == TIER_DUE]
    due_at = NOW + days(4)
    assert wake_at == due_at.replace(minute=0, second=0, microsecond=0)

    memory.timers.clear()
    assert await redecide(FakeUnitOfWork(memory), wake_at - timedelta(minutes=30)) == 0
    assert list(memory.timers.values()) == [due_at]
    assert await redecide(FakeUnitOfWork(memory), due_at) == 1
    assert memory.tiers[BRAND.member("li")][0].tier is Tier.PROSPECT
    assert await redecide(FakeUnitOfWork(memory), due_at) == 0


async def test_what_is_due_beyond_one_batch_comes_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    acts = [Act(Kind.MESSAGE, name, days(1)) for name in ("li", "wang", "zhao")]
    await record_activities(FakeUnitOfWork(memory), BRAND.columns(*acts), NOW)
    monkeypatch.setattr(redecide_due_tiers, "BATCH", 2)
    memory.timers.clear()
    later = NOW + days(40)
    assert await redecide(FakeUnitOfWork(memory), later) == 2
    [again] = memory.timers.values()
    assert again <= later
    assert await redecide(FakeUnitOfWork(memory), later) == 1


async def test_a_new_policy_decides_everybody_anew() -> None:
    memory = Memory()
    acts = [replace(act, member=name) for name in ("a", "b", "c", "d", "e") for act in THREE_MESSAGES]
    acts = [replace(act, source_id=str(number)) for number, act in enumerate(acts)]
    await record_activities(FakeUnitOfWork(memory), BRAND.columns(*acts), NOW)
    wanted = replace(TierPolicy(), active_interactions=4)

    policy, changed = await update(FakeUnitOfWork(memory), wanted, 0, NOW)

    assert (policy.version, changed) == (1, 5)
    assert memory.events[-1] == TierPolicyUpdated(1, 5)
    assert await update(FakeUnitOfWork(memory), wanted, 0, NOW) == (policy, 0)
    with pytest.raises(StaleVersion):
        await update(FakeUnitOfWork(memory), replace(wanted, active_interactions=5), 0, NOW)


async def test_an_order_in_another_currency_is_refused() -> None:
    columns = BRAND.columns(*THREE_MESSAGES)
    columns.currencies.add("USD")
    with pytest.raises(CurrencyMismatch):
        await record_activities(FakeUnitOfWork(Memory()), columns, NOW)


async def test_a_group_is_announced_once() -> None:
    memory = Memory()
    command = RegisterGroup(BRAND.group(), "tea", "茶友", "staff-1")
    for _ in range(2):
        await register_group(FakeUnitOfWork(memory), command, NOW)
    assert memory.events == [GroupRegistered(BRAND.group(), "tea", "茶友")]


ACTS = st.lists(
    st.builds(
        Act,
        st.sampled_from(Kind),
        st.sampled_from(["li", "wang"]),
        st.integers(0, 45).map(days),
        order=st.sampled_from(["o-1", "o-2"]),
        amount_minor=st.integers(0, 600_000),
    ),
    max_size=12,
)


@given(ACTS, st.randoms(), st.integers(1, 4))
async def test_the_order_of_arrival_does_not_matter(acts: list[Act], random: object, batches: int) -> None:
    together, apart = Memory(), Memory()
    await record_activities(FakeUnitOfWork(together), BRAND.columns(*acts), NOW)
    random.shuffle(acts)  # type: ignore[attr-defined]
    for start in range(batches):
        await record_activities(FakeUnitOfWork(apart), BRAND.columns(*acts[start::batches]), NOW)
    for member_id in together.members():
        assert apart.tiers[member_id][0].tier is together.tiers[member_id][0].tier
        assert apart.tiers[member_id][1] == together.tiers[member_id][1]
