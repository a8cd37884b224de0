"""AuditService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.paging import PageRequest
from quanzi.risk.v1 import audits_pb2 as pb
from quanzi.risk.v1.audits_pb2_grpc import AuditServiceServicer
from risk.application.acknowledge_audit import acknowledge_audit
from risk.application.audit_ports import AuditWording
from risk.application.ports import Transactions
from risk.application.run_audit import run_audit
from risk.application.update_audit_policy import update_audit_policy
from risk.domain.masking import masked
from risk.domain.normal_form import Normaliser
from risk.entrypoints.audits_wire import audit_policy_of, audit_policy_to_wire, audit_to_wire

Context = grpc.aio.ServicerContext[Any, Any]


class AuditsRpc(AuditServiceServicer):
    def __init__(
        self, transactions: Transactions, normaliser: Normaliser, wording: AuditWording, clock: Clock
    ) -> None:
        self._transactions, self._normaliser = transactions, normaliser
        self._wording, self._clock = wording, clock

    async def ListAudits(self, request: pb.ListAuditsRequest, context: Context) -> pb.ListAuditsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.audits.page(PageRequest.of(request.page))
        audits = [audit_to_wire(audit, self._wording) for audit in page.items]
        return pb.ListAuditsResponse(audits=audits, page_info=page.info())

    async def BatchGetAudits(
        self, request: pb.BatchGetAuditsRequest, context: Context
    ) -> pb.BatchGetAuditsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.audits.many([UUID(audit_id) for audit_id in request.ids])
        return pb.BatchGetAuditsResponse(audits=[audit_to_wire(audit, self._wording) for audit in found])

    async def RunAudit(self, request: pb.RunAuditRequest, context: Context) -> pb.RunAuditResponse:
        now, identity = self._clock(), caller()
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.RunAuditResponse:
                audit = await run_audit(uow, self._normaliser, self._wording, identity.subject, now)
                return pb.RunAuditResponse(audit=audit_to_wire(audit, self._wording))

            return await answer_once(uow.idempotency, "RunAudit", request, pb.RunAuditResponse, compute)

    async def AcknowledgeAudit(
        self, request: pb.AcknowledgeAuditRequest, context: Context
    ) -> pb.AcknowledgeAuditResponse:
        identity, note = caller(), masked(request.note, self._normaliser)
        async with self._transactions(identity.tenant_id) as uow:
            audit = await acknowledge_audit(
                uow, UUID(request.audit_id), identity.subject, note, self._clock()
            )
        return pb.AcknowledgeAuditResponse(audit=audit_to_wire(audit, self._wording))

    async def GetAuditPolicy(
        self, request: pb.GetAuditPolicyRequest, context: Context
    ) -> pb.GetAuditPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            policy = await uow.audit_policies.current()
        return pb.GetAuditPolicyResponse(policy=audit_policy_to_wire(policy))

    async def UpdateAuditPolicy(
        self, request: pb.UpdateAuditPolicyRequest, context: Context
    ) -> pb.UpdateAuditPolicyResponse:
        policy = audit_policy_of(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            updated = await update_audit_policy(uow, policy, request.expected_version, self._clock())
        return pb.UpdateAuditPolicyResponse(policy=audit_policy_to_wire(updated))
