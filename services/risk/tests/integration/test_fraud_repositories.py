"""What the use cases of fraud and audits rely on, asked of the fake and of PostgreSQL alike."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import derived_id, new_id
from chassis.paging import PageRequest
from chassis.testbed.tenants import register
from risk.adapters.fraud_wording import ChineseAuditWording, ChineseFraudWording
from risk.adapters.instructions import ChineseInstructions
from risk.application.acknowledge_audit import acknowledge_audit
from risk.application.case_ports import CaseListing
from risk.application.decide_cases import CaseDecision, decide_cases
from risk.application.freeze_labels import freeze_labels
from risk.application.measure_screening import measure_screening
from risk.application.open_cases import Opening, open_cases
from risk.application.ports import Transactions
from risk.application.reopen_case import reopen_case
from risk.application.run_audit import run_audit
from risk.application.watch_payment_talk import remind_groups
from risk.domain.audit import Reads
from risk.domain.audit_policy import AuditPolicy
from risk.domain.blocklist import Block
from risk.domain.case import CaseKind, CaseOutcome, Evidence
from risk.domain.errors import AuditNotFound, NoLabels, ReminderNotFound, StaleVersion
from risk.domain.fraud_policy import FraudPolicy
from risk.domain.identity_check import CheckMove
from risk.domain.staff import StaffMember, StaffRole
from risk.domain.verdict import RiskCategory, Verdict

from ..samples import NORMALISER, NOW, message
from ..unit.case_fakes import NOTHING_DRAWN
from ..unit.fakes import FakeTransactions
from .conftest import screen

ALL = PageRequest(100, count_total=True)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TEXT = ChineseFraudWording().reminder()
WORDING = ChineseAuditWording()


@pytest.fixture(params=["fake", "sql"])
async def transactions(request: pytest.FixtureRequest, database: Database, tenant_id: UUID) -> Transactions:
    await register(database, tenant_id)
    if request.param == "fake":
        return FakeTransactions()
    sql: Transactions = request.getfixturevalue("sql_transactions")
    return sql


def member(tenant_id: UUID, userid: str, registered_after: timedelta = timedelta()) -> StaffMember:
    staff_id = derived_id(tenant_id, "staff", userid)
    return StaffMember(staff_id, userid, ("李明", "小明"), StaffRole.MODERATOR, True, NOW + registered_after)


async def test_the_register(transactions: Transactions, tenant_id: UUID) -> None:
    first, second = member(tenant_id, "a"), member(tenant_id, "b", HOUR)
    async with transactions(tenant_id) as uow:
        assert await uow.staff.hold(first.id) is None
        await uow.staff.put(second)
        await uow.staff.put(first)
    checked = first.check_identity(CheckMove.REQUEST, "boss", NOW, NOW + DAY)
    checked = checked.check_identity(CheckMove.SUBMIT, "a", NOW, NOW + DAY)
    checked = checked.check_identity(CheckMove.VERIFY, "boss", NOW, NOW + DAY)
    gone = second.leave(NOW + DAY)
    async with transactions(tenant_id) as uow:
        await uow.staff.put(checked)
        await uow.staff.put(gone)
    async with transactions(tenant_id) as uow:
        assert await uow.staff.hold(first.id) == checked
        assert await uow.staff.all() == [checked, gone]
        assert await uow.staff.many([second.id, new_id()]) == [gone]
        page = await uow.staff.page(ALL, with_left=False)
        assert (page.items, page.total_count) == ([checked], 1)
        start = await uow.staff.page(PageRequest(1), with_left=True)
        rest = await uow.staff.page(PageRequest(1, start.keys[0]), with_left=True)
        assert ([*start.items, *rest.items], rest.has_next_page) == ([checked, gone], False)


async def test_reminders_and_their_cooldown(transactions: Transactions, tenant_id: UUID) -> None:
    group, other = new_id(), new_id()
    async with transactions(tenant_id) as uow:
        await remind_groups(uow, {group}, TEXT, NOW)
        await remind_groups(uow, {group, other}, TEXT, NOW + 6 * HOUR - timedelta(seconds=1))
    async with transactions(tenant_id) as uow:
        newest, oldest = (await uow.payment_reminders.page(ALL)).items
        assert (newest.group_id, oldest.group_id, oldest.due_at) == (other, group, NOW)
        delivered = await uow.payment_reminders.deliver(oldest.id, NOW + HOUR)
        assert delivered == replace(oldest, delivered_at=NOW + HOUR)
        assert await uow.payment_reminders.deliver(oldest.id, NOW + 2 * HOUR) == delivered
    async with transactions(tenant_id) as uow:
        await remind_groups(uow, {group}, TEXT, NOW + 6 * HOUR)
    async with transactions(tenant_id) as uow:
        newest, _ = (await uow.payment_reminders.page(ALL)).items
        assert (newest.group_id, newest.delivered_at) == (group, None)
        with pytest.raises(ReminderNotFound):
            await uow.payment_reminders.deliver(oldest.id, NOW)


async def test_the_blocklist(transactions: Transactions, tenant_id: UUID) -> None:
    for_good = Block(new_id(), "骗子", NOW, "boss")
    short = Block(new_id(), "广告", NOW + HOUR, "boss", NOW + DAY)
    async with transactions(tenant_id) as uow:
        await uow.blocklist.put(for_good)
        await uow.blocklist.put(replace(short, reason="?"))
        await uow.blocklist.put(short)
    async with transactions(tenant_id) as uow:
        ids = [for_good.member_id, short.member_id, new_id()]
        assert await uow.blocklist.among(ids, NOW) == {it.member_id: it for it in (for_good, short)}
        assert await uow.blocklist.among(ids, NOW + DAY) == {for_good.member_id: for_good}
        assert (await uow.blocklist.page(ALL, NOW)).items == [short, for_good]
        assert (await uow.blocklist.page(ALL, NOW + DAY)).items == [for_good]
        assert await uow.blocklist.remove(short.member_id, NOW + DAY) is None
        assert await uow.blocklist.remove(for_good.member_id, NOW) == for_good
        assert await uow.blocklist.remove(for_good.member_id, NOW) is None


async def test_first_words(transactions: Transactions, tenant_id: UUID) -> None:
    who, where = new_id(), new_id()
    said = [message("早", who, where, NOW - 2 * HOUR), message("晚", who, where), message("早", who)]
    await screen(transactions, tenant_id, said)
    async with transactions(tenant_id) as uow:
        asked = {(who, where), (new_id(), where)}
        assert await uow.first_words.of(asked) == {(who, where): NOW - 2 * HOUR}


async def test_policies(transactions: Transactions, tenant_id: UUID) -> None:
    async with transactions(tenant_id) as uow:
        assert await uow.fraud_policies.current() == FraudPolicy()
        assert await uow.audit_policies.current() == AuditPolicy()
        await uow.fraud_policies.add(FraudPolicy(1, 48, 12, 30), NOW)
        await uow.audit_policies.add(AuditPolicy(1, 1, 2, 30, 4, 5, 6), NOW)
        assert await uow.fraud_policies.current() == FraudPolicy(1, 48, 12, 30)
        assert await uow.audit_policies.current() == AuditPolicy(1, 1, 2, 30, 4, 5, 6)
    for policies in ("fraud_policies", "audit_policies"):
        async with transactions(tenant_id) as uow:
            stored = getattr(uow, policies)
            current = await stored.current()
            with pytest.raises(StaleVersion):
                await stored.add(current, NOW)


async def test_audits_with_their_findings(transactions: Transactions, tenant_id: UUID) -> None:
    async with transactions(tenant_id) as uow:
        assert await uow.audits.last() is None
        first = await run_audit(uow, NORMALISER, WORDING, "", NOW)
        second = await run_audit(uow, NORMALISER, WORDING, "boss", NOW + DAY)
    async with transactions(tenant_id) as uow:
        assert await uow.audits.last() == second
        assert (await uow.audits.page(ALL)).items == [second, first]
        assert await uow.audits.many([first.id, new_id()]) == [first]
        read = await acknowledge_audit(uow, first.id, "boss", "好", NOW + DAY)
    async with transactions(tenant_id) as uow:
        assert await uow.audits.hold(first.id) == read
        with pytest.raises(AuditNotFound):
            await uow.audits.hold(new_id())


async def test_outcomes_of_suspicions_count_for_fraud_and_keep_no_name(
    transactions: Transactions, tenant_id: UUID
) -> None:
    """Two of three names that were judged are imitations; one waits, and a blocked member is no name."""
    names = [Evidence("李明客服", Verdict.REVIEW)] * 4
    openings = [
        Opening(CaseKind.FRAUD_SUSPICION, new_id(), new_id(), new_id(), RiskCategory.FRAUD, evidence)
        for evidence in [*names, Evidence("", Verdict.BLOCK)]
    ]
    confirmed, harmless = CaseOutcome.CONFIRMED_RISK, CaseOutcome.FALSE_POSITIVE
    async with transactions(tenant_id) as uow:
        every = replace(NOTHING_DRAWN, version=1, second_look_percent=100, minimum_sample=3)
        await uow.case_policies.add(every, NOW)
        cases = await open_cases(uow, openings, NOW)
        decisions = [
            CaseDecision(case.id, outcome)
            for case, outcome in zip(cases[1:], (confirmed, confirmed, harmless, confirmed), strict=True)
        ]
        await decide_cases(uow, ChineseInstructions(), "ann", decisions, NOW)

    async def measured() -> list[tuple[RiskCategory | None, int, float | None, float | None]]:
        async with transactions(tenant_id) as uow:
            found = await measure_screening(uow, NOW.date(), NOW.date())
        return [(it.category, it.labels, it.precision, it.recall) for it in found]

    whole, fraud = None, RiskCategory.FRAUD
    assert await measured() == [(whole, 0, None, None), (fraud, 3, pytest.approx(2 / 3), None)]
    async with transactions(tenant_id) as uow:
        assert (await uow.cases.page(ALL, CaseListing(kind=CaseKind.SECOND_LOOK))).items == []
        with pytest.raises(NoLabels):
            await freeze_labels(uow, "十一月", NOW, NOW + HOUR, "ann", NOW)
        await reopen_case(uow, cases[3].id, "ann", "看错了", NOW)
    assert await measured() == [(whole, 0, None, None), (fraud, 2, None, None)]


async def test_reads_are_counted_by_day(transactions: Transactions, tenant_id: UUID) -> None:
    async with transactions(tenant_id) as uow:
        for subject, rows, at in (
            *(("ann", 10, NOW - 10 * DAY), ("ann", 30, NOW - 9 * DAY)),
            *(("ann", 5, NOW), ("ann", 5, NOW), ("ann", 3, NOW - DAY), ("ann", 0, NOW - 2 * DAY)),
            *(("bob", 7, NOW - 9 * DAY), ("cat", 1, NOW), ("cat", 100, NOW - 40 * DAY)),
        ):
            await uow.audit_evidence.count_reads(subject, rows, at)
    async with transactions(tenant_id) as uow:
        found = await uow.audit_evidence.reads(NOW - 7 * DAY, NOW - 35 * DAY)
    assert found == [Reads("ann", 10, 20.0), Reads("cat", 1, 0.0)]
