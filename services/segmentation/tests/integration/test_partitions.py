"""Months of activities: carried over, isolated, made ahead, dropped; an id counts once in all of them."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from nats.js import JetStreamContext
from sqlalchemy.exc import ProgrammingError

from chassis.database import Database, transactions
from chassis.ids import new_id
from chassis.migrations import upgrade
from chassis.provision import provision
from chassis.testbed import tenants
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from chassis.testbed.processes import ServiceProcess
from chassis.testbed.waiting import clear_of_midnight, eventually
from segmentation.adapters.partitions import Partitions
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.retention import Retention, month_of
from segmentation.domain.timeline import Happening, TimelineKind

from ..samples import NOW, Act, Brand, days
from .conftest import NOBODY
from .door import publish

SERVICE = Path(__file__).parents[2]
FIRST_PARENTS = ("activities", "tier_assignments")
PARENTS = (*FIRST_PARENTS, "timeline_entries")


async def record(within: Transactions, brand: Brand, *acts: Act, now: datetime = NOW) -> None:
    async with within(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), now)


def asked(url: str, statement: str, *parameters: object) -> list[Any]:
    """By an administrator, whom no policy holds."""
    with psycopg.connect(url, options="-c search_path=segmentation -c timezone=UTC") as connection:
        cursor = connection.execute(statement, parameters)  # type: ignore[arg-type]
        return [row[0] if len(row) == 1 else row for row in cursor] if cursor.description else []


def partitions(stored: ServiceDatabase, parent: str = "activities") -> list[str]:
    statement = "select relid::text from pg_partition_tree(%s) where isleaf order by 1"
    return [name.partition("_20")[2] or name for name in asked(stored.admin_url, statement, parent)]


def month(ahead: int, at: datetime | None = None) -> str:
    this = at or datetime.now(UTC)
    months = 12 * this.year + this.month - 1 + ahead
    return f"{months // 12 % 100}_{months % 12 + 1:02}"


@pytest.fixture(autouse=True)
async def _one_day() -> None:
    """And so one month: partitions are made by the clock."""
    await clear_of_midnight()


@pytest.fixture
def own(service_database: DatabaseFactory) -> Iterator[ServiceDatabase]:
    """A database of its own, for tests that drop tables."""
    with service_database("segmentation") as stored:
        yield stored


def go_back_to(revision: str, own: ServiceDatabase) -> None:
    """Empty, as it was then."""
    password = own.server.role_password
    asked(own.admin_url, "drop schema segmentation cascade")
    passwords = {"segmentation_owner": password, "segmentation_app": password}
    provision(own.admin_url, ["segmentation"], passwords)
    upgrade(SERVICE, own.owner_url, revision)


def test_what_was_there_before_is_carried_over(own: ServiceDatabase) -> None:
    go_back_to("0001", own)
    asked(
        own.admin_url,
        """insert into activities (tenant_id, activity_id, kind, member_id, occurred_at, source, amount_minor)
           select md5('tenant ' || mod(n, 2))::uuid, md5('act ' || n)::uuid, 3,
               md5('member ' || mod(n, 9))::uuid, now() - n * interval '1 day', 'test', n
           from generate_series(-1, 1200) as n""",
    )
    asked(
        own.admin_url,
        """insert into tier_assignments
           select tenant_id, member_id, activity_id, 1, null, occurred_at, '{}' from activities""",
    )
    everything = [f"select to_jsonb(it)::text from {parent} it order by 1" for parent in FIRST_PARENTS]  # noqa: S608
    before = [asked(own.admin_url, statement) for statement in everything]

    upgrade(SERVICE, own.owner_url, "0002")

    assert [asked(own.admin_url, statement) for statement in everything] == before
    matching = "select count(*) from activities join activity_ids using (tenant_id, activity_id, occurred_at)"
    assert asked(own.admin_url, matching) == [1202]
    assert asked(own.admin_url, "select count(*) from activities_history") != [0]
    upgrade(SERVICE, own.owner_url)


@pytest.mark.parametrize("months_kept", [None, 6])
def test_the_timeline_is_carried_over_as_far_back_as_activities_are_kept(
    own: ServiceDatabase, months_kept: int | None
) -> None:
    go_back_to("0012", own)
    if months_kept:
        ends = month_of(datetime.now(UTC), -months_kept), month_of(datetime.now(UTC), 3)
        asked(own.admin_url, "select arrange_months(%s, %s)", *ends)
    asked(
        own.admin_url,
        """insert into timeline_entries
               (tenant_id, entry_id, member_id, kind, occurred_at, subject_id, state)
           select md5('tenant ' || mod(n, 2))::uuid, md5('entry ' || n)::uuid,
               md5('member ' || mod(n, 9))::uuid, 5, now() - n * interval '1 day', n, 'QUEUED'
           from generate_series(0, 1200) as n""",
    )
    kept = "select to_jsonb(it)::text from timeline_entries it where occurred_at >= kept_since() order by 1"
    before = asked(own.admin_url, kept)

    upgrade(SERVICE, own.owner_url)

    assert asked(own.admin_url, "select to_jsonb(it)::text from timeline_entries it order by 1") == before
    assert len(before) > 150 if months_kept else len(before) == 1201
    assert [it.removeprefix("timeline_entries") for it in partitions(own, "timeline_entries")] == [
        it.removeprefix("activities") for it in partitions(own)
    ]


def test_there_are_months_ahead_and_no_gaps(stored: ServiceDatabase) -> None:
    for parent in PARENTS:
        expected = [month(ahead, stored.migrated_at) for ahead in range(-24, 4)]
        assert partitions(stored, parent) == [*expected, f"{parent}_history"]


async def test_partitions_are_reached_through_their_parent_only(
    in_transaction: Transactions, database: Database, stored: ServiceDatabase, brand: Brand
) -> None:
    await record(in_transaction, brand, Act(Kind.MESSAGE, "li"))
    for parent in PARENTS:
        partition = f"{parent}_20{month(0)}"
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.session(brand.tenant_id) as session:
                await session.connection.exec_driver_sql(f"select from {partition}")
        closed = """select bool_and(relrowsecurity and relforcerowsecurity and relacl is null)
                    from pg_partition_tree(%s) join pg_class on oid = relid where isleaf"""
        assert asked(stored.admin_url, closed, parent) == [True]
        assert asked(stored.owner_url, f"select count(*) from {partition}") == [0]  # noqa: S608


async def test_an_id_counts_once_whatever_time_a_repeat_names(
    in_transaction: Transactions, stored: ServiceDatabase, brand: Brand
) -> None:
    act = Act(Kind.ORDER_PAID, "li", days(1), order="o-1", amount_minor=100)
    again = [replace(act, ago=days(ago)) for ago in (2, 40, 400, 4_000)]
    await record(in_transaction, brand, act, act)
    for repeat in again:
        await record(in_transaction, brand, repeat, act)
    await asyncio.gather(*(record(in_transaction, brand, repeat) for repeat in again))

    of_brand = "select {} from {} where tenant_id = %s"
    times = of_brand.format("occurred_at", "activities")
    assert asked(stored.admin_url, times, brand.tenant_id) == [act.occurred_at]
    spent = of_brand.format("orders, net_spend_minor", "daily_facts")
    assert asked(stored.admin_url, spent, brand.tenant_id) == [(1, 100)]


async def test_of_repeats_in_one_batch_the_earliest_counts(
    in_transaction: Transactions, stored: ServiceDatabase, brand: Brand
) -> None:
    act = Act(Kind.MESSAGE, "li", days(1))
    await record(in_transaction, brand, act, replace(act, ago=days(33)), replace(act, ago=days(2)))
    times = "select occurred_at from activities where tenant_id = %s"
    assert asked(stored.admin_url, times, brand.tenant_id) == [NOW - days(33)]


async def test_old_months_are_dropped_and_coming_ones_made(own: ServiceDatabase) -> None:
    """For all tenants at once, by a process that has none; what is summed up stays."""
    database = Database.connect(own.url, "segmentation", pool_size=4)
    within = transactions(database, SqlUnitOfWork)
    brands = [Brand(), Brand()]
    now = datetime.now(UTC)
    ages = (0, 100, 500, 3_000)

    async def tell(brand: Brand, at: datetime) -> None:
        ticket = Happening(new_id(), brand.member("li"), TimelineKind.TICKET, at, "t", "QUEUED")
        async with within(brand.tenant_id) as uow:
            await uow.timeline.add([ticket])

    for brand in brands:
        await tenants.register(database, brand.tenant_id)
        for ago in ages:
            bought = Act(Kind.ORDER_PAID, "li", NOW - now + days(ago), order=f"o-{ago}", amount_minor=ago + 1)
            await record(within, brand, bought, now=now - days(ago))
            await tell(brand, now - days(ago))

    async def arrange(months: int | None, at: datetime) -> None:
        # twice at once, as two replicas would
        of_a_replica = Partitions(database, Retention(months), lambda: at)
        await asyncio.gather(of_a_replica.arrange(), of_a_replica.arrange())

    def left() -> list[list[Any]]:
        tables = ("activities", "activity_ids", "timeline_entries", "orders", "tier_assignments")
        return [asked(own.admin_url, f"select count(*) from {table}") for table in tables]  # noqa: S608

    await arrange(None, now + timedelta(days=62))
    assert partitions(own)[-2] >= month(4)
    assert left()[:4] == [[8], [8], [8], [8]]
    await arrange(12, now)
    assert partitions(own)[0] == month(-12)
    assert left()[:4] == [[4], [4], [4], [8]]
    await tell(brands[0], now - days(3_000))  # of no month that is kept
    assert left()[2] == [4]
    assert asked(own.admin_url, "select sum(orders) from daily_facts") == [8]
    await arrange(18, now)  # longer again: the months that were dropped come back, empty
    assert (partitions(own)[0], left()[:2]) == (month(-18), [[4], [4]])
    await arrange(None, now)
    assert partitions(own)[-1] == "activities_history"
    for brand in brands:
        await record(within, brand, Act(Kind.MESSAGE, "li", NOW - now + days(3_000)), now=now)
    await database.dispose()


async def test_stays_outlive_the_activities_they_come_from(own: ServiceDatabase) -> None:
    database = Database.connect(own.url, "segmentation", pool_size=2)
    within, brand, now = transactions(database, SqlUnitOfWork), Brand(), datetime.now(UTC)
    await tenants.register(database, brand.tenant_id)

    def act(kind: Kind, ago: float, invited_by: str | None = None) -> Act:
        return Act(kind, "li", NOW - now + days(ago), invited_by=invited_by)

    moves = [(Kind.JOINED, 900), (Kind.LEFT, 800), (Kind.JOINED, 700), (Kind.MESSAGE, 3), (Kind.LEFT, 2)]
    acts = [act(kind, ago, "wang" if kind is Kind.JOINED else None) for kind, ago in moves]
    await record(within, brand, *acts[:3], now=now)
    stays = """select joined_at, left_at, join_recorded, invited_by_id is not null
               from memberships order by joined_at"""

    await Partitions(database, Retention(6), lambda: now).arrange()
    assert asked(own.admin_url, "select count(*) from activities") == [0]
    await record(within, brand, *acts[3:], now=now)

    [first, second] = asked(own.admin_url, stays)
    assert first == (now - days(900), now - days(800), True, True)
    assert second == (now - days(700), now - days(2), True, True)
    await database.dispose()


async def test_what_is_too_old_goes_to_the_dead_letters(
    process: Callable[..., ServiceProcess], own: ServiceDatabase, jetstream: JetStreamContext
) -> None:
    database = Database.connect(own.url, "segmentation", pool_size=1)
    brand, now = Brand(), datetime.now(UTC)
    await tenants.register(database, brand.tenant_id)
    process("segmentation", own.url, NOBODY | {"QUANZI_ACTIVITY_RETENTION_MONTHS": "6"})
    acts = [Act(Kind.MESSAGE, "li", NOW - now + days(ago)) for ago in (0, 1, 300)]
    await publish(jetstream, brand, acts)

    async def settled() -> tuple[Sequence[object], int]:
        subjects = f"quanzi.{brand.tenant_id}.deadletter.>"
        info = await jetstream.stream_info("DEADLETTERS", subjects_filter=subjects)
        recorded = asked(own.admin_url, "select count(*) from activities")
        return recorded, sum((info.state.subjects or {}).values())

    await eventually(settled, ([2], 1))
    subject = f"quanzi.{brand.tenant_id}.deadletter.>"
    letter = await jetstream.get_last_msg("DEADLETTERS", subject)
    assert "TOO_OLD" in str(letter.headers)
    await database.dispose()
