"""Running security audits, acknowledging their reports, changing their policy."""

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.risk.audits import Audit, AuditPolicy
from quanzi.risk.v1 import audits_pb2


@strawberry.input(description="Input of `auditRun`.")
class AuditRunInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@payload("IDEMPOTENCY_KEY_REUSED")
class AuditRunPayload(Payload):
    audit: Audit | None = strawberry.field(description="The report.", default=None)


@strawberry.input(description="Input of `auditAcknowledge`.")
class AuditAcknowledgeInput:
    audit: strawberry.ID = strawberry.field(description="Which report.")
    note: str = strawberry.field(description="What was done about it, up to 500 characters.", default="")


@payload()
class AuditAcknowledgePayload(Payload):
    audit: Audit | None = strawberry.field(description="The report.", default=None)


@strawberry.input(description="Input of `auditPolicyUpdate`: the whole policy.")
class AuditPolicyUpdateInput:
    interval_days: int = strawberry.field(description="1 to 90.")
    lexicon_days: int = strawberry.field(description="1 to 366.")
    sample_texts: int = strawberry.field(description="10 to 5000.")
    overdue_cases: int = strawberry.field(description="1 to 10000.")
    read_factor: int = strawberry.field(description="2 to 100.")
    least_reads: int = strawberry.field(description="1 to 1000000.")
    expected_version: int = strawberry.field(description="The version that was read.")


@payload("STALE_VERSION")
class AuditPolicyUpdatePayload(Payload):
    policy: AuditPolicy | None = strawberry.field(description="The policy in force.", default=None)


@strawberry.type
class AuditMutations:
    @mutation("A security audit now (立即审计); the next scheduled one is an interval later.")
    async def audit_run(self, info: Info, input: Input[AuditRunInput]) -> AuditRunPayload | None:
        request = audits_pb2.RunAuditRequest(idempotency_key=input.idempotency_key)
        answer = await info.context.clients.audits.RunAudit(request)
        return AuditRunPayload(audit=Audit.of(answer.audit))

    @mutation("Somebody has read a report (确认审计报告); the first one stays.")
    async def audit_acknowledge(
        self, info: Info, input: Input[AuditAcknowledgeInput]
    ) -> AuditAcknowledgePayload | None:
        request = audits_pb2.AcknowledgeAuditRequest(
            audit_id=uuid_of(input.audit, "Audit", "audit"), note=input.note
        )
        answer = await info.context.clients.audits.AcknowledgeAudit(request)
        return AuditAcknowledgePayload(audit=Audit.of(answer.audit))

    @mutation("Replaces the policy of audits.")
    async def audit_policy_update(
        self, info: Info, input: Input[AuditPolicyUpdateInput]
    ) -> AuditPolicyUpdatePayload | None:
        policy = audits_pb2.AuditPolicy(
            interval_days=input.interval_days,
            lexicon_days=input.lexicon_days,
            sample_texts=input.sample_texts,
            overdue_cases=input.overdue_cases,
            read_factor=input.read_factor,
            least_reads=input.least_reads,
        )
        answer = await info.context.clients.audits.UpdateAuditPolicy(
            audits_pb2.UpdateAuditPolicyRequest(policy=policy, expected_version=input.expected_version)
        )
        return AuditPolicyUpdatePayload(policy=AuditPolicy.of(answer.policy))
