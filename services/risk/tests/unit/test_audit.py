"""What audits make of facts, and the use cases around them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from risk.adapters.fraud_wording import ChineseAuditWording
from risk.application.acknowledge_audit import acknowledge_audit
from risk.application.audit_ports import AUDIT
from risk.application.run_audit import run_audit
from risk.application.update_audit_policy import update_audit_policy
from risk.domain.audit import AuditCheck, AuditFacts, AuditFinding, AuditSeverity, Reads, judge
from risk.domain.audit_policy import AuditPolicy
from risk.domain.case import CaseKind
from risk.domain.errors import AuditNotFound, InvalidPolicy, StaleVersion
from risk.domain.fraud_events import AuditCompleted
from risk.domain.identity_check import CheckStatus, IdentityCheck
from risk.domain.staff import StaffMember, StaffRole

from ..samples import NORMALISER, NOW
from .fakes import FakeUnitOfWork, Rows

PASSED, WARNING, CRITICAL = AuditSeverity
DAY = timedelta(days=1)
POLICY = AuditPolicy()
WORDING = ChineseAuditWording()
VERIFIED = IdentityCheck(CheckStatus.VERIFIED, NOW - DAY, "boss", NOW + DAY)
LIMING = StaffMember(new_id(), "liming", ("李明",), StaffRole.CUSTOMER_SERVICE, True, NOW, check=VERIFIED)
GOOD = AuditFacts(
    lexicon_edited_at=NOW - DAY,
    open_cases=3,
    overdue_cases=0,
    oldest_due_at=None,
    scanned={"cases": 10},
    unmasked={"cases": 0},
    staff=[LIMING],
    returned=[],
    reads=[Reads("ann", 600, 200.0)],
)


def finding(check: AuditCheck, **facts: Any) -> AuditFinding:
    return judge(replace(GOOD, **facts), POLICY, NOW)[check - 1]


def test_all_is_well() -> None:
    findings = judge(GOOD, POLICY, NOW)
    assert [it.check for it in findings] == list(AuditCheck)
    assert {it.severity for it in findings} == {PASSED}


@pytest.mark.parametrize(
    ("check", "facts", "severity", "about"),
    [
        (AuditCheck.LEXICON_AGE, {"lexicon_edited_at": NOW - 30 * DAY}, PASSED, ()),
        (AuditCheck.LEXICON_AGE, {"lexicon_edited_at": NOW - 31 * DAY}, WARNING, ()),
        (AuditCheck.LEXICON_AGE, {"lexicon_edited_at": None}, WARNING, ()),
        (AuditCheck.OVERDUE_CASES, {"overdue_cases": 1, "oldest_due_at": NOW - DAY}, WARNING, ()),
        (AuditCheck.OVERDUE_CASES, {"overdue_cases": 20, "oldest_due_at": NOW - DAY}, CRITICAL, ()),
        (AuditCheck.UNMASKED_DATA, {"unmasked": {"cases": 0, "labels": 1}}, CRITICAL, ("labels",)),
        (AuditCheck.STAFF_REGISTER, {"staff": [replace(LIMING, check=None)]}, WARNING, ("liming",)),
        (
            AuditCheck.STAFF_REGISTER,
            {"staff": [replace(LIMING, check=None, speaks_for_brand=False)]},
            PASSED,
            (),
        ),
        (AuditCheck.STAFF_REGISTER, {"staff": [replace(LIMING, left_at=NOW)]}, PASSED, ()),
        (AuditCheck.STAFF_REGISTER, {"returned": ["gone"]}, CRITICAL, ("gone",)),
        (AuditCheck.ACCESS, {"reads": [Reads("ann", 1_001, 200.0)]}, CRITICAL, ("ann",)),
        (AuditCheck.ACCESS, {"reads": [Reads("ann", 499, 1.0)]}, PASSED, ()),
        (AuditCheck.ACCESS, {"reads": [Reads("new", 500, 0.0)]}, CRITICAL, ("new",)),
    ],
)
def test_what_is_wrong_is_found(
    check: AuditCheck, facts: dict[str, Any], severity: AuditSeverity, about: tuple[str, ...]
) -> None:
    found = finding(check, **facts)
    assert (found.severity, found.about) == (severity, about)
    assert WORDING.advice(found)


@given(st.integers(0, 100), st.integers(0, 100))
def test_more_overdue_cases_are_never_better(fewer: int, more: int) -> None:
    fewer, more = sorted((fewer, more))
    severities = [finding(AuditCheck.OVERDUE_CASES, overdue_cases=it).severity for it in (fewer, more)]
    assert severities == sorted(severities)


def test_a_policy_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidPolicy) as refused:
        AuditPolicy(interval_days=0)
    assert refused.value.field == "policy.interval_days"


@pytest.fixture
def uow() -> FakeUnitOfWork:
    return FakeUnitOfWork(Rows(new_id()))


async def test_a_report_with_its_case_its_event_and_the_next_audit(uow: FakeUnitOfWork) -> None:
    uow.rows.of_fraud.texts = {"cases": ["今天很好", "打13800138000找我"], "labels": ["打138******00"]}
    await uow.audit_evidence.count_reads("ann", 20, NOW - 8 * DAY)
    await uow.audit_evidence.count_reads("ann", 2_000, NOW - DAY)
    audit = await run_audit(uow, NORMALISER, WORDING, "", NOW)
    assert (audit.severity, audit.from_at, audit.requested_by) == (CRITICAL, NOW - 7 * DAY, "")
    assert [it.severity for it in audit.findings] == [WARNING, PASSED, CRITICAL, PASSED, CRITICAL]
    assert audit.findings[2].figures == {"scanned": 3, "unmasked": 1}
    cases = list(uow.rows.of_cases.cases.values())
    assert {it.kind for it in cases} == {CaseKind.SECURITY_FINDING}
    assert len(cases) == 2
    assert all("请" in it.evidence.masked_text for it in cases)
    assert uow.rows.of(AuditCompleted) == [AuditCompleted(audit)]
    assert uow.rows.timers[AUDIT, AUDIT] == NOW + 7 * DAY

    again = await run_audit(uow, NORMALISER, WORDING, "boss", NOW + DAY)
    assert (again.from_at, again.requested_by) == (NOW, "boss")
    assert uow.rows.timers[AUDIT, AUDIT] == NOW + 8 * DAY


async def test_the_first_acknowledgement_stays(uow: FakeUnitOfWork) -> None:
    audit = await run_audit(uow, NORMALISER, WORDING, "", NOW)
    read = await acknowledge_audit(uow, audit.id, "boss", "已补充词库", NOW + DAY)
    assert await acknowledge_audit(uow, audit.id, "ann", "", NOW + 2 * DAY) == read
    assert (read.acknowledged_by, read.note) == ("boss", "已补充词库")
    with pytest.raises(AuditNotFound):
        await acknowledge_audit(uow, new_id(), "boss", "", NOW)


async def test_another_interval_moves_the_next_audit(uow: FakeUnitOfWork) -> None:
    await run_audit(uow, NORMALISER, WORDING, "", NOW)
    await update_audit_policy(uow, AuditPolicy(interval_days=1), 0, NOW + 3 * DAY)
    assert uow.rows.timers[AUDIT, AUDIT] == NOW + 3 * DAY
    with pytest.raises(StaleVersion):
        await update_audit_policy(uow, AuditPolicy(), 0, NOW)
