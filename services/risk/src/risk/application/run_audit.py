"""A security audit: look at what is kept, judge it, report, and go on to the next."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from chassis.ids import derived_id, new_id
from risk.application.audit_ports import AUDIT, AuditWording, Draw
from risk.application.open_cases import Opening, open_cases
from risk.application.ports import UnitOfWork
from risk.domain.audit import Audit, AuditCheck, AuditFacts, AuditSeverity, judge
from risk.domain.case import CaseKind, Evidence
from risk.domain.fraud_events import AuditCompleted
from risk.domain.masking import tells_of_somebody
from risk.domain.normal_form import Normaliser
from risk.domain.verdict import RiskCategory, Verdict

_BASELINE = timedelta(days=28)


async def run_audit(
    uow: UnitOfWork, normaliser: Normaliser, wording: AuditWording, requested_by: str, now: datetime
) -> Audit:
    """Of the time since the last one; its id is the seed of what it draws.

    What is critical becomes a case; the next one is an interval later.
    """
    policy = await uow.audit_policies.current()
    last = await uow.audits.last()
    since = last.completed_at if last else now - policy.interval
    audit_id = new_id()
    draw = Draw(policy.sample_texts, since, now, seed=audit_id)
    facts = await _facts(uow, normaliser, draw, now)
    audit = Audit(audit_id, since, now, requested_by, policy.version, judge(facts, policy, now))
    await uow.audits.add(audit)
    await uow.publish(AuditCompleted(audit), at=now)
    openings = [
        Opening(
            kind=CaseKind.SECURITY_FINDING,
            subject_id=derived_id(uow.tenant_id, "audit-finding", f"{audit.id}/{finding.check.name}"),
            group_id=None,
            member_id=None,
            category=RiskCategory.PERSONAL_DATA if finding.check in _OF_PERSONAL_DATA else None,
            evidence=Evidence(wording.advice(finding), Verdict.REVIEW),
        )
        for finding in audit.findings
        if finding.severity is AuditSeverity.CRITICAL
    ]
    await open_cases(uow, openings, now)
    await uow.timers.schedule(AUDIT, AUDIT, now + policy.interval)
    return audit


_OF_PERSONAL_DATA = (AuditCheck.UNMASKED_DATA, AuditCheck.ACCESS)


async def _facts(uow: UnitOfWork, normaliser: Normaliser, draw: Draw, now: datetime) -> AuditFacts:
    evidence = uow.audit_evidence
    open_cases_, overdue, oldest = await evidence.cases(now)
    texts = await evidence.sample(draw)
    return AuditFacts(
        lexicon_edited_at=await evidence.lexicon_edited_at(),
        open_cases=open_cases_,
        overdue_cases=overdue,
        oldest_due_at=oldest,
        scanned={table: len(stored) for table, stored in texts.items()},
        unmasked=await asyncio.to_thread(_unmasked, texts, normaliser),
        staff=await uow.staff.all(),
        returned=await evidence.returned(draw.since),
        reads=await evidence.reads(draw.since, draw.since - _BASELINE),
    )


def _unmasked(texts: Mapping[str, Sequence[str]], normaliser: Normaliser) -> dict[str, int]:
    """How many texts of each table tell personal data."""
    return {table: sum(tells_of_somebody(it, normaliser) for it in stored) for table, stored in texts.items()}
