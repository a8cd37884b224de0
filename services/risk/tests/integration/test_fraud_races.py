"""Two replicas at the same newcomers, names and reminders; what audits find, and who sees it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.tables import merged_subjects
from chassis.testbed.tenants import register
from risk.adapters import fraud_tables
from risk.adapters.fraud_wording import ChineseAuditWording, ChineseFraudWording
from risk.adapters.fraud_words import CachedNameBooks, naming, payment_talk
from risk.adapters.instructions import ChineseInstructions
from risk.application.block_members import block_member
from risk.application.case_ports import CaseListing
from risk.application.decide_cases import CaseDecision, decide_cases
from risk.application.end_staff_member import end_staff_member
from risk.application.ports import Transactions
from risk.application.put_staff_member import PutStaffMember, put_staff_member
from risk.application.run_audit import run_audit
from risk.application.screen_messages import screen_messages
from risk.application.suspect_members import Sighting, suspect_members
from risk.application.watch_payment_talk import remind_groups, watching_payment_talk
from risk.domain.audit import AuditCheck, AuditSeverity
from risk.domain.audit_policy import AuditPolicy
from risk.domain.blocklist import Block
from risk.domain.case import CaseKind, CaseOutcome
from risk.domain.decision import Message
from risk.domain.fraud_policy import FraudPolicy
from risk.domain.staff import StaffMember, StaffRole

from ..samples import NORMALISER, NOW, SPELLINGS, message
from .conftest import SCREENERS, screen

BOOKS = CachedNameBooks(naming(NORMALISER, SPELLINGS))
WORDING = ChineseFraudWording()
WATCH = watching_payment_talk(payment_talk(NORMALISER, SPELLINGS), WORDING)
HOUR = timedelta(hours=1)
OFFER = "私下转账给我更便宜"
PASSED, WARNING, CRITICAL = AuditSeverity
TABLES = (
    *(fraud_tables.staff, fraud_tables.payment_reminders, fraud_tables.blocked_members),
    *(fraud_tables.fraud_policies, fraud_tables.audit_policies, fraud_tables.data_reads),
    *(fraud_tables.audits, fraud_tables.audit_findings),
)


async def registered(transactions: Transactions, tenant_id: UUID, userid: str = "liming") -> StaffMember:
    command = PutStaffMember(userid, ("李明",), StaffRole.CUSTOMER_SERVICE, True)
    async with transactions(tenant_id) as uow:
        return await put_staff_member(uow, NORMALISER, command, NOW)


async def test_one_reminder_in_a_cooldown_however_many_ask(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    groups = [new_id() for _ in range(5)]

    async def remind(at: timedelta) -> None:
        async with sql_transactions(tenant_id) as uow:
            await remind_groups(uow, set(groups), WORDING.reminder(), NOW + at)

    ids = set()
    for at in (timedelta(), 6 * HOUR):
        await asyncio.gather(*(remind(at) for _ in range(8)))
        async with sql_transactions(tenant_id) as uow:
            reminders = (await uow.payment_reminders.page(PageRequest(100))).items
        assert len(reminders) == len(groups)
        assert {it.due_at for it in reminders} == {NOW + at}
        ids |= {it.id for it in reminders}
    assert len(ids) == 2 * len(groups)


async def test_newcomers_of_batches_that_race_are_cases_once(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    group, members = new_id(), [new_id() for _ in range(4)]
    batches = [[message(OFFER, member, group) for member in members] for _ in range(6)]

    async def watch(batch: Sequence[Message]) -> None:
        async with sql_transactions(tenant_id) as uow:
            await screen_messages(uow, SCREENERS, [WATCH], batch, NOW)

    await asyncio.gather(*map(watch, batches))
    async with database.session(tenant_id) as session:
        counted = text(
            "select count(*), count(distinct member_id), (select count(*) from payment_reminders) "
            "from cases where kind = 6"
        )
        assert tuple((await session.connection.execute(counted)).one()) == (4, 4, 1)
        due = text("select count(*) from outbox where type like '%payment_reminder%'")
        assert (await session.connection.execute(due)).scalar_one() == 1


async def test_a_name_seen_by_many_is_suspected_once(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    await registered(sql_transactions, tenant_id)
    seen = [Sighting(new_id(), new_id(), "李明客服", NOW) for _ in range(3)]

    async def look() -> None:
        async with sql_transactions(tenant_id) as uow:
            await suspect_members(uow, BOOKS, NORMALISER, WORDING, seen, NOW)

    await asyncio.gather(*(look() for _ in range(6)))
    async with database.session(tenant_id) as session:
        counted = text(
            "select (select count(*) from cases), "
            "(select count(*) from outbox where type like '%imitation_suspected%')"
        )
        assert tuple((await session.connection.execute(counted)).one()) == (3, 3)


async def test_somebody_registered_from_two_sides_is_one(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    await asyncio.gather(*(registered(sql_transactions, tenant_id) for _ in range(6)))
    async with database.session(tenant_id) as session:
        counted = text(
            "select (select count(*) from staff), (select count(*) from outbox where type like '%staff%')"
        )
        assert tuple((await session.connection.execute(counted)).one()) == (1, 1)


async def test_what_audits_find_in_the_tables(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    await register(database, tenant_id)
    staff = await registered(sql_transactions, tenant_id)
    await screen(sql_transactions, tenant_id, [message("做兼职的来"), message("打13800138000")])
    async with sql_transactions(tenant_id) as uow:
        await end_staff_member(uow, staff.id, NOW)
        [case, *_] = await uow.cases.hold_next(1, CaseKind.MESSAGE_REVIEW, "liming")
        decision = CaseDecision(case.id, CaseOutcome.FALSE_POSITIVE)
        await decide_cases(uow, ChineseInstructions(), "liming", [decision], NOW + HOUR)
        for day in range(10):
            rows = 100 if day else 5_000
            await uow.audit_evidence.count_reads("ann", rows, NOW - timedelta(days=day))
        audit = await run_audit(uow, NORMALISER, ChineseAuditWording(), "", NOW + 25 * HOUR)
    found = {it.check: it for it in audit.findings}
    assert found[AuditCheck.LEXICON_AGE].severity is WARNING
    assert (found[AuditCheck.OVERDUE_CASES].severity, found[AuditCheck.OVERDUE_CASES].figures["overdue"]) == (
        WARNING,
        1,
    )
    assert found[AuditCheck.UNMASKED_DATA].severity is PASSED
    assert found[AuditCheck.UNMASKED_DATA].figures["scanned"] >= 6
    assert (found[AuditCheck.STAFF_REGISTER].severity, found[AuditCheck.STAFF_REGISTER].about) == (
        CRITICAL,
        ("liming",),
    )
    assert (found[AuditCheck.ACCESS].severity, found[AuditCheck.ACCESS].about) == (CRITICAL, ("ann",))

    await screen(sql_transactions, tenant_id, [message("打13900139000")], NOW + 25 * HOUR)
    async with database.session(tenant_id) as session:
        leak = text("update message_texts set masked_text = '打13800138000' where masked_text like '打%'")
        assert (await session.connection.execute(leak)).rowcount == 2, "one in the time of the next audit"
    async with sql_transactions(tenant_id) as uow:
        again = await run_audit(uow, NORMALISER, ChineseAuditWording(), "", NOW + 26 * HOUR)
    finding = again.findings[AuditCheck.UNMASKED_DATA - 1]
    assert (finding.severity, finding.about, finding.figures["unmasked"]) == (CRITICAL, ("message_texts",), 1)


async def test_rows_are_seen_by_their_tenant_only(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    await registered(sql_transactions, tenant_id)
    async with sql_transactions(tenant_id) as uow:
        await remind_groups(uow, {new_id()}, WORDING.reminder(), NOW)
        await block_member(uow, Block(new_id(), "骗子", NOW, "boss"), NOW)
        await uow.fraud_policies.add(FraudPolicy(1), NOW)
        await uow.audit_policies.add(AuditPolicy(1), NOW)
        await uow.audit_evidence.count_reads("ann", 1, NOW)
        await run_audit(uow, NORMALISER, ChineseAuditWording(), "", NOW)

    async def filled(as_tenant: UUID) -> set[str]:
        async with database.session(as_tenant) as session:
            found = [await session.connection.execute(select(table)) for table in TABLES]
            return {table.name for table, rows in zip(TABLES, found, strict=True) if rows.all()}

    assert await filled(tenant_id) == {table.name for table in TABLES}
    assert await filled(new_id()) == set()
    block = {"member_id": new_id(), "reason": "", "blocked_at": NOW, "blocked_by": ""}
    stolen = insert(fraud_tables.blocked_members).values(tenant_id=tenant_id, **block)
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.session(new_id()) as session:
            await session.connection.execute(stolen)


async def test_who_is_another_member_too_is_no_newcomer(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    old, new, group = new_id(), new_id(), new_id()
    await screen(sql_transactions, tenant_id, [message("大家好", old, group, NOW - 30 * HOUR)])
    async with database.session(tenant_id) as session:
        merge = {"merge_id": new_id(), "subject_id": old, "merged_subject_id": new, "reversed": False}
        await session.connection.execute(insert(merged_subjects).values(tenant_id=tenant_id, **merge))
    async with sql_transactions(tenant_id) as uow:
        offers = [message(OFFER, new, group), message(OFFER, None, group)]
        await screen_messages(uow, SCREENERS, [WATCH], offers, NOW)
        [case] = (await uow.cases.page(PageRequest(10), CaseListing(kind=CaseKind.PAYMENT_TALK))).items
    assert case.member_id == offers[1].member_id
