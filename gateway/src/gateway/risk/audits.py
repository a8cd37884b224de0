"""Security audits and their policy as the graph shows them, and reading them."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.scalars import Int64
from gateway.values import by_number, moment, optional_moment
from quanzi.risk.v1 import audits_pb2


@strawberry.enum(description="What an audit looks at.")
class AuditCheck(Enum):
    LEXICON_AGE = strawberry.enum_value(audits_pb2.AUDIT_CHECK_LEXICON_AGE, description="词库更新")
    OVERDUE_CASES = strawberry.enum_value(audits_pb2.AUDIT_CHECK_OVERDUE_CASES, description="逾期案件")
    UNMASKED_DATA = strawberry.enum_value(audits_pb2.AUDIT_CHECK_UNMASKED_DATA, description="明文个人信息")
    STAFF_REGISTER = strawberry.enum_value(audits_pb2.AUDIT_CHECK_STAFF_REGISTER, description="员工名册")
    ACCESS = strawberry.enum_value(audits_pb2.AUDIT_CHECK_ACCESS, description="异常查阅")


@strawberry.enum(description="How bad a finding is.")
class AuditSeverity(Enum):
    PASSED = strawberry.enum_value(audits_pb2.AUDIT_SEVERITY_PASSED, description="通过")
    WARNING = strawberry.enum_value(audits_pb2.AUDIT_SEVERITY_WARNING, description="警告")
    CRITICAL = strawberry.enum_value(
        audits_pb2.AUDIT_SEVERITY_CRITICAL, description="严重: opened a case (风险案件)."
    )


AUDIT_CHECKS = by_number(AuditCheck)
AUDIT_SEVERITIES = by_number(AuditSeverity)


@strawberry.type(description="A number behind a finding.")
class AuditFigure:
    name: str = strawberry.field(description="Of what, in English.")
    value: Int64 = strawberry.field(description="How much.")


@strawberry.type(description="What one check of an audit came to.")
class AuditFinding:
    check: AuditCheck = strawberry.field(description="What was looked at.")
    severity: AuditSeverity = strawberry.field(description="How bad it is.")
    figures: list[AuditFigure] = strawberry.field(description="The numbers behind it.")
    about: list[str] = strawberry.field(description="Whom or what it is about: userids, tables.")
    advice: str = strawberry.field(description="What to do (处理建议).")

    @classmethod
    def of(cls, finding: audits_pb2.AuditFinding) -> Self:
        return cls(
            check=AUDIT_CHECKS[finding.check],
            severity=AUDIT_SEVERITIES[finding.severity],
            figures=[AuditFigure(name=it.name, value=Int64(it.value)) for it in finding.figures],
            about=list(finding.about),
            advice=finding.advice,
        )


@strawberry.type(description="A security audit and its report (安全审计).")
class Audit(Node):
    from_at: datetime = strawberry.field(description="Since when it looked.")
    completed_at: datetime = strawberry.field(description="Until when.")
    requested_by: str | None = strawberry.field(description="Who asked for it; null: the schedule.")
    severity: AuditSeverity = strawberry.field(description="As bad as its worst finding.")
    policy_version: int = strawberry.field(description="Version of the policy used.")
    findings: list[AuditFinding] = strawberry.field(description="One of each check.")
    acknowledged_at: datetime | None = strawberry.field(description="When somebody had read it.")
    acknowledged_by: str | None = strawberry.field(description="Who.")
    note: str | None = strawberry.field(description="What was done about it.")

    @classmethod
    def of(cls, audit: audits_pb2.Audit) -> Self:
        return cls(
            id=global_id("Audit", audit.id),
            from_at=moment(audit.from_at),
            completed_at=moment(audit.completed_at),
            requested_by=audit.requested_by or None,
            severity=AUDIT_SEVERITIES[audit.severity],
            policy_version=audit.policy_version,
            findings=[AuditFinding.of(finding) for finding in audit.findings],
            acknowledged_at=optional_moment(audit.acknowledged_at),
            acknowledged_by=audit.acknowledged_by or None,
            note=audit.note or None,
        )


@strawberry.type(description="Rules of audits; every change makes a new version.")
class AuditPolicy:
    version: int = strawberry.field(description="Counts changes.")
    interval_days: int = strawberry.field(description="Days between two audits.")
    lexicon_days: int = strawberry.field(description="A lexicon that nobody changed for longer is stale.")
    sample_texts: int = strawberry.field(
        description="So many texts of each table, drawn at random from the time of an audit, are searched "
        "for personal data."
    )
    overdue_cases: int = strawberry.field(description="So many overdue cases are critical.")
    read_factor: int = strawberry.field(
        description="A day with more than this multiple of somebody's usual reads is an anomaly."
    )
    least_reads: int = strawberry.field(description="Fewer reads a day are never an anomaly.")

    @classmethod
    def of(cls, policy: audits_pb2.AuditPolicy) -> Self:
        return cls(
            version=policy.version,
            interval_days=policy.interval_days,
            lexicon_days=policy.lexicon_days,
            sample_texts=policy.sample_texts,
            overdue_cases=policy.overdue_cases,
            read_factor=policy.read_factor,
            least_reads=policy.least_reads,
        )


@strawberry.type
class AuditQueries:
    @resolved("Security audits (安全审计), newest first.")
    async def audits(self, info: Info, first: First = 20, after: After = None) -> Connection[Audit] | None:
        request = audits_pb2.ListAuditsRequest(page=page(info, first, after))
        answer = await info.context.clients.audits.ListAudits(request)
        return connection(map(Audit.of, answer.audits), answer.page_info, after)

    @resolved("The policy of audits in force.")
    async def audit_policy(self, info: Info) -> AuditPolicy | None:
        answer = await info.context.clients.audits.GetAuditPolicy(audits_pb2.GetAuditPolicyRequest())
        return AuditPolicy.of(answer.policy)
