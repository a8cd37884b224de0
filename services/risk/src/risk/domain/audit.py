"""A security audit (安全审计): facts of what the service keeps, judged by the policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from risk.domain.audit_policy import AuditPolicy
from risk.domain.staff import StaffMember


class AuditCheck(IntEnum):
    """What an audit looks at, the numbers of the contract."""

    LEXICON_AGE = 1
    OVERDUE_CASES = 2
    UNMASKED_DATA = 3
    STAFF_REGISTER = 4
    ACCESS = 5


class AuditSeverity(IntEnum):
    """How bad it is, the numbers of the contract."""

    PASSED = 1
    WARNING = 2
    CRITICAL = 3


_PASSED, _WARNING, _CRITICAL = AuditSeverity


@dataclass(frozen=True, slots=True)
class Reads:
    """How many cases, labels and members' rows somebody read on the busiest day, and usually before."""

    subject: str
    busiest_day: int
    usual_day: float


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """`scanned` and `unmasked` count texts by table; `returned` are userids that acted after leaving."""

    lexicon_edited_at: datetime | None
    open_cases: int
    overdue_cases: int
    oldest_due_at: datetime | None
    scanned: Mapping[str, int]
    unmasked: Mapping[str, int]
    staff: Sequence[StaffMember]
    returned: Sequence[str]
    reads: Sequence[Reads]


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """What one check came to, with the numbers behind it, and whom or what it is `about`."""

    check: AuditCheck
    severity: AuditSeverity
    figures: Mapping[str, int]
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """One report. `requested_by` is empty for the schedule; findings are one of each check, in order."""

    id: UUID
    from_at: datetime
    completed_at: datetime
    requested_by: str
    policy_version: int
    findings: tuple[AuditFinding, ...]
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    note: str = ""

    @property
    def severity(self) -> AuditSeverity:
        return max(finding.severity for finding in self.findings)

    def acknowledge(self, by: str, note: str, now: datetime) -> "Audit":
        """Who was first stays."""
        if self.acknowledged_at is not None:
            return self
        return replace(self, acknowledged_at=now, acknowledged_by=by, note=note)


def judge(facts: AuditFacts, policy: AuditPolicy, now: datetime) -> tuple[AuditFinding, ...]:
    """One finding of each check, in order."""
    return (
        _lexicon(facts, policy, now),
        _cases(facts, policy, now),
        _data(facts),
        _staff(facts, now),
        _access(facts, policy),
    )


def _lexicon(facts: AuditFacts, policy: AuditPolicy, now: datetime) -> AuditFinding:
    """A lexicon that was never changed is that of the product: worth a warning, whatever its age."""
    edited = facts.lexicon_edited_at
    figures = {"limit_days": policy.lexicon_days} | ({"age_days": (now - edited).days} if edited else {})
    fresh = edited is not None and (now - edited).days <= policy.lexicon_days
    return AuditFinding(AuditCheck.LEXICON_AGE, _PASSED if fresh else _WARNING, figures)


def _cases(facts: AuditFacts, policy: AuditPolicy, now: datetime) -> AuditFinding:
    overdue, oldest = facts.overdue_cases, facts.oldest_due_at
    hours = int((now - oldest).total_seconds() // 3600) if overdue and oldest else 0
    severity = _PASSED if not overdue else _CRITICAL if overdue >= policy.overdue_cases else _WARNING
    figures = {"open": facts.open_cases, "overdue": overdue, "oldest_hours": hours}
    return AuditFinding(AuditCheck.OVERDUE_CASES, severity, figures)


def _data(facts: AuditFacts) -> AuditFinding:
    unmasked = sum(facts.unmasked.values())
    figures = {"scanned": sum(facts.scanned.values()), "unmasked": unmasked}
    tables = tuple(sorted(table for table, count in facts.unmasked.items() if count))
    return AuditFinding(AuditCheck.UNMASKED_DATA, _CRITICAL if unmasked else _PASSED, figures, tables)


def _staff(facts: AuditFacts, now: datetime) -> AuditFinding:
    """Who has left and still acts is critical; who speaks for the brand unverified is worth a warning."""
    active = [it for it in facts.staff if it.is_active]
    unverified = [it.userid for it in active if it.speaks_for_brand and not it.is_verified(now)]
    figures = {"active": len(active), "unverified": len(unverified), "returned": len(facts.returned)}
    severity = _CRITICAL if facts.returned else _WARNING if unverified else _PASSED
    about = tuple(sorted(facts.returned or unverified))
    return AuditFinding(AuditCheck.STAFF_REGISTER, severity, figures, about)


def _access(facts: AuditFacts, policy: AuditPolicy) -> AuditFinding:
    """Everybody is measured by what they usually read; who never read before, by the least alone."""
    excessive = [
        it
        for it in facts.reads
        if it.busiest_day >= policy.least_reads and it.busiest_day > policy.read_factor * it.usual_day
    ]
    busiest = max((it.busiest_day for it in facts.reads), default=0)
    figures = {"readers": len(facts.reads), "excessive": len(excessive), "busiest_day": busiest}
    about = tuple(sorted(it.subject for it in excessive))
    return AuditFinding(AuditCheck.ACCESS, _CRITICAL if excessive else _PASSED, figures, about)
