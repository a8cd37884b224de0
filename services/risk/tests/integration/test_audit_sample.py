"""What audits draw: any text of a time, each as likely, the same by the same seed, without reading all."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from risk.adapters import audit_evidence
from risk.application.audit_ports import Draw
from risk.application.ports import Transactions

from ..samples import NOW

WEEK = timedelta(days=7)
TABLE = "message_texts"
_WRITE = text("""
    insert into message_texts (tenant_id, decided_at, activity_id, member_id, group_id, masked_text)
    select :tenant_id, cast(:since as timestamptz) + power(random(), 3) * interval '7 days' * number / :count,
           gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), cast(number as text)
    from generate_series(1, :count) as number
""")


async def written(database: Database, tenant_id: UUID, count: int) -> None:
    """Texts that are numbers, most of them early in the week."""
    async with database.session(tenant_id) as session:
        parameters = {"tenant_id": tenant_id, "since": NOW - WEEK, "count": count}
        await session.connection.execute(_WRITE, parameters)


async def drawn(within: Transactions, tenant_id: UUID, most: int, seed: UUID) -> Sequence[str]:
    async with within(tenant_id) as uow:
        return (await uow.audit_evidence.sample(Draw(most, NOW - WEEK, NOW, seed)))[TABLE]


@pytest.mark.parametrize("read", [100_000, 100], ids=["all are read", "slices are read"])
async def test_each_text_of_the_time_is_as_likely(
    sql_transactions: Transactions,
    database: Database,
    tenant_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
    read: int,
) -> None:
    texts, most, draws = 400, 40, 120
    monkeypatch.setattr(audit_evidence, "_READ", read)
    await written(database, tenant_id, texts)
    counted: Counter[str] = Counter()
    for number in range(draws):
        sample = await drawn(sql_transactions, tenant_id, most, UUID(int=number))
        assert len(set(sample)) == most
        counted.update(sample)
    each = draws * most / texts
    spread = sum((counted[str(number)] - each) ** 2 for number in range(1, texts + 1)) / each
    assert spread < texts * 1.3, "chi-squared: that of chance is about as many as there are texts"
    again = await drawn(sql_transactions, tenant_id, most, UUID(int=draws - 1))
    assert again == sample
    assert again != await drawn(sql_transactions, tenant_id, most, UUID(int=draws))


async def test_what_is_older_or_of_others_is_not_drawn(
    sql_transactions: Transactions, database: Database, tenant_id: UUID
) -> None:
    await written(database, tenant_id, 30)
    async with sql_transactions(tenant_id) as uow:
        assert (await uow.audit_evidence.sample(Draw(9, NOW, NOW + WEEK, tenant_id)))[TABLE] == []
    assert await drawn(sql_transactions, new_id(), 9, tenant_id) == []
    assert len(await drawn(sql_transactions, tenant_id, 99, tenant_id)) == 30


@pytest.mark.load
async def test_cost_of_a_sample(sql_transactions: Transactions, database: Database, tenant_id: UUID) -> None:
    for _ in range(10):
        await written(database, tenant_id, 200_000)
    async with database.session(tenant_id) as session:
        await session.connection.execute(text("analyze message_texts"))
        draw = Draw(500, NOW - WEEK, NOW, seed=tenant_id)
        parameters = asdict(draw) | {"tenant_id": tenant_id, "read": audit_evidence._READ}
        explained = text("explain (analyze, costs off) " + audit_evidence._SAMPLES[TABLE].text)
        plan = (await session.connection.execute(explained, parameters)).scalars().all()
    print("\n" + "\n".join(plan))
    wall = time.perf_counter()
    assert len(await drawn(sql_transactions, tenant_id, 500, tenant_id)) == 500
    print(f"{time.perf_counter() - wall:.2f} s for all tables of 2,000,000 messages")
