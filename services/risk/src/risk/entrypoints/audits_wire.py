"""Audits and their policy as the messages of proto/quanzi/risk/v1, and back."""

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.risk.v1 import audits_pb2 as pb
from risk.application.audit_ports import AuditWording
from risk.domain.audit import Audit, AuditFinding
from risk.domain.audit_policy import AuditPolicy
from risk.enums import number


def audit_to_wire(audit: Audit, wording: AuditWording) -> pb.Audit:
    return pb.Audit(
        id=str(audit.id),
        from_at=timestamp(audit.from_at),
        completed_at=timestamp(audit.completed_at),
        requested_by=audit.requested_by,
        severity=number(audit.severity),
        policy_version=audit.policy_version,
        findings=[_finding_to_wire(finding, wording) for finding in audit.findings],
        acknowledged_at=optional_timestamp(audit.acknowledged_at),
        acknowledged_by=audit.acknowledged_by,
        note=audit.note,
    )


def _finding_to_wire(finding: AuditFinding, wording: AuditWording) -> pb.AuditFinding:
    return pb.AuditFinding(
        check=number(finding.check),
        severity=number(finding.severity),
        figures=[pb.AuditFigure(name=name, value=value) for name, value in sorted(finding.figures.items())],
        about=finding.about,
        advice=wording.advice(finding),
    )


def audit_policy_to_wire(policy: AuditPolicy) -> pb.AuditPolicy:
    return pb.AuditPolicy(
        version=policy.version,
        interval_days=policy.interval_days,
        lexicon_days=policy.lexicon_days,
        sample_texts=policy.sample_texts,
        overdue_cases=policy.overdue_cases,
        read_factor=policy.read_factor,
        least_reads=policy.least_reads,
    )


def audit_policy_of(message: pb.AuditPolicy) -> AuditPolicy:
    """Raises InvalidPolicy."""
    return AuditPolicy(
        interval_days=message.interval_days,
        lexicon_days=message.lexicon_days,
        sample_texts=message.sample_texts,
        overdue_cases=message.overdue_cases,
        read_factor=message.read_factor,
        least_reads=message.least_reads,
    )
