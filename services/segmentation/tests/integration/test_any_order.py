"""Whatever order and batches activities come in, and however often: the same state as in order."""

from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database
from segmentation.application.ports import Transactions
from segmentation.application.recompute_tiers import recompute_tiers
from segmentation.application.record_activities import record_activities
from segmentation.domain.activity import ORDERS
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.policy import DEFAULT_PRECEDENCE, Tier, TierPolicy

from ..samples import NOW, Act, Brand, days

NewBrand = Callable[[], Awaitable[Brand]]

MOVES = [Kind.JOINED, Kind.LEFT]
ACTS = st.lists(
    st.builds(
        lambda kind, member, ago, group, order, amount: Act(
            kind,
            member,
            days(ago / 4),
            group=group,
            order=f"{member}-{order}" if kind in ORDERS else None,
            amount_minor=amount if kind in ORDERS else 0,
            invited_by="chen" if kind is Kind.JOINED and amount else None,
            name=f"{member} {ago}",
        ),
        st.sampled_from([*Kind, *MOVES, *MOVES, *ORDERS, *ORDERS]),
        st.sampled_from(["li", "wang"]),
        st.integers(0, 45 * 4),
        st.sampled_from(["tea", "wine"]),
        st.integers(0, 2),
        st.integers(0, 6).map(lambda tens: tens * 100_000),
    ),
    min_size=2,
    max_size=20,
    unique_by=lambda act: (act.kind, act.member, act.ago),  # what ids decide differs between tenants
)
STATE = (
    "select external_reference, display_name, first_seen_at, last_seen_at from members",
    """select m.external_reference, group_id, joined_at, left_at, join_recorded, invited_by_id
       from memberships join members m using (member_id)""",
    """select reference, m.external_reference, group_id, paid_at, paid_minor, refunded_minor
       from orders join members m using (member_id)""",
    """select m.external_reference, tier, due_at, joined_at, paid_orders
       from member_tiers join members m using (member_id)""",
    """select group_id, local_date, messages, interactions, clicks, shares, orders, net_spend_minor
       from daily_facts""",
)
DUE = "select m.external_reference, due_at from member_tiers join members m using (member_id)"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=ACTS,
    seed=st.integers(0, 2**16),
    batches=st.integers(1, 6),
    precedence=st.permutations(DEFAULT_PRECEDENCE),
)
async def test_any_order_is_as_good_as_the_right_one(
    in_transaction: Transactions,
    database: Database,
    new_brand: NewBrand,
    acts: list[Act],
    seed: int,
    batches: int,
    precedence: list[Tier],
) -> None:
    """Before the recomputation a member may be looked at too early again, never too late."""
    in_order, shuffled = await new_brand(), await new_brand()
    for brand in (in_order, shuffled):
        async with in_transaction(brand.tenant_id) as uow:
            await uow.policies.add_tiers(TierPolicy(version=1, precedence=tuple(precedence)), NOW)
    await record(in_transaction, in_order, sorted(acts, key=lambda act: act.occurred_at))
    random = Random(seed)
    arriving = random.sample([*acts, *random.sample(acts, len(acts) // 2)], len(acts) + len(acts) // 2)
    for start in range(batches):
        await record(in_transaction, shuffled, arriving[start::batches])

    expected, found = [dict(await rows(database, brand, DUE)) for brand in (in_order, shuffled)]
    assert all(due_at is None or found[member] <= due_at for member, due_at in expected.items())
    for brand in (in_order, shuffled):
        async with in_transaction(brand.tenant_id) as uow:
            assert (await recompute_tiers(uow, NOW)).changed == 0
    assert await state(database, shuffled) == await state(database, in_order)


async def record(within: Transactions, brand: Brand, acts: Sequence[Act]) -> None:
    if acts:
        async with within(brand.tenant_id) as uow:
            await record_activities(uow, brand.columns(*acts), NOW)


async def state(database: Database, brand: Brand) -> list[Any]:
    """With the ids of the tenant, and the order of rows, made comparable between tenants."""
    names = {brand.group(name): name for name in ("tea", "wine")} | {brand.member("chen"): "chen"}
    return [
        sorted(
            (
                tuple(names.get(value, value) for value in row)
                for row in await rows(database, brand, statement)
            ),
            key=repr,
        )
        for statement in STATE
    ]


async def rows(database: Database, brand: Brand, statement: str) -> list[Any]:
    async with database.session(brand.tenant_id) as session:
        return [tuple(row) for row in await session.connection.execute(text(statement))]
