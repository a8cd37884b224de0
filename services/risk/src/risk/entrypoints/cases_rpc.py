"""CaseService: translate, open one transaction, call one use case, translate back."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.risk.v1 import cases_pb2 as pb
from quanzi.risk.v1.cases_pb2_grpc import CaseServiceServicer
from risk.application.add_case_note import add_case_note
from risk.application.case_ports import CaseListing
from risk.application.claim_cases import claim_next_cases
from risk.application.decide_cases import decide_cases
from risk.application.persons import ids_of_person
from risk.application.ports import Instructions, Transactions
from risk.application.release_cases import release_cases
from risk.application.renew_case_leases import renew_case_leases
from risk.application.reopen_case import reopen_case
from risk.application.update_case_policy import update_case_policy
from risk.domain.case import CaseKind, CaseStatus
from risk.domain.masking import Hide
from risk.domain.verdict import RiskCategory
from risk.entrypoints.cases_wire import (
    case_policy_of,
    case_policy_to_wire,
    case_to_wire,
    decision_of,
    results_to_wire,
    step_to_wire,
)
from risk.enums import optional

Context = grpc.aio.ServicerContext[Any, Any]


class CasesRpc(CaseServiceServicer):
    def __init__(
        self, transactions: Transactions, instructions: Instructions, hide: Hide, clock: Clock
    ) -> None:
        self._transactions, self._instructions = transactions, instructions
        self._hide, self._clock = hide, clock

    async def ListCases(self, request: pb.ListCasesRequest, context: Context) -> pb.ListCasesResponse:
        listing = CaseListing(
            statuses=[CaseStatus(status) for status in request.statuses],
            kind=optional(CaseKind, request.kind),
            category=optional(RiskCategory, request.category),
            group_id=optional_id(request.group_id),
            reviewer=request.reviewer,
            overdue_at=self._clock() if request.overdue else None,
        )
        async with self._transactions(caller().tenant_id) as uow:
            listing = replace(listing, member_ids=await ids_of_person(uow, optional_id(request.member_id)))
            page = await uow.cases.page(PageRequest.of(request.page), listing)
            await uow.audit_evidence.count_reads(caller().subject, len(page.items), self._clock())
        return pb.ListCasesResponse(cases=[case_to_wire(case) for case in page.items], page_info=page.info())

    async def BatchGetCases(
        self, request: pb.BatchGetCasesRequest, context: Context
    ) -> pb.BatchGetCasesResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.cases.many([UUID(case_id) for case_id in request.ids])
            await uow.audit_evidence.count_reads(caller().subject, len(found), self._clock())
        return pb.BatchGetCasesResponse(cases=[case_to_wire(case) for case in found])

    async def BatchGetCaseSteps(
        self, request: pb.BatchGetCaseStepsRequest, context: Context
    ) -> pb.BatchGetCaseStepsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.cases.steps([UUID(case_id) for case_id in request.case_ids])
        return pb.BatchGetCaseStepsResponse(
            histories=[
                pb.CaseHistory(case_id=str(case_id), steps=[step_to_wire(step) for step in steps])
                for case_id, steps in found.items()
            ]
        )

    async def ClaimNextCases(
        self, request: pb.ClaimNextCasesRequest, context: Context
    ) -> pb.ClaimNextCasesResponse:
        now, identity = self._clock(), caller()
        kind = optional(CaseKind, request.kind)
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.ClaimNextCasesResponse:
                claimed = await claim_next_cases(uow, identity.subject, request.count, kind, now)
                return pb.ClaimNextCasesResponse(cases=[case_to_wire(case) for case in claimed])

            return await answer_once(
                uow.idempotency, "ClaimNextCases", request, pb.ClaimNextCasesResponse, compute
            )

    async def RenewCaseLeases(
        self, request: pb.RenewCaseLeasesRequest, context: Context
    ) -> pb.RenewCaseLeasesResponse:
        identity = caller()
        ids = [UUID(case_id) for case_id in request.case_ids]
        async with self._transactions(identity.tenant_id) as uow:
            results = await renew_case_leases(uow, identity.subject, ids, self._clock())
        return pb.RenewCaseLeasesResponse(results=results_to_wire(results))

    async def ReleaseCases(
        self, request: pb.ReleaseCasesRequest, context: Context
    ) -> pb.ReleaseCasesResponse:
        identity = caller()
        ids = [UUID(case_id) for case_id in request.case_ids]
        async with self._transactions(identity.tenant_id) as uow:
            results = await release_cases(uow, identity.subject, ids, self._clock())
        return pb.ReleaseCasesResponse(results=results_to_wire(results))

    async def DecideCases(self, request: pb.DecideCasesRequest, context: Context) -> pb.DecideCasesResponse:
        now, identity = self._clock(), caller()
        decisions = [decision_of(decision, self._hide) for decision in request.decisions]
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.DecideCasesResponse:
                results = await decide_cases(uow, self._instructions, identity.subject, decisions, now)
                return pb.DecideCasesResponse(results=results_to_wire(results))

            return await answer_once(uow.idempotency, "DecideCases", request, pb.DecideCasesResponse, compute)

    async def ReopenCase(self, request: pb.ReopenCaseRequest, context: Context) -> pb.ReopenCaseResponse:
        now, identity = self._clock(), caller()
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.ReopenCaseResponse:
                reason = self._hide(request.reason)
                case = await reopen_case(uow, UUID(request.case_id), identity.subject, reason, now)
                return pb.ReopenCaseResponse(case=case_to_wire(case))

            return await answer_once(uow.idempotency, "ReopenCase", request, pb.ReopenCaseResponse, compute)

    async def AddCaseNote(self, request: pb.AddCaseNoteRequest, context: Context) -> pb.AddCaseNoteResponse:
        now, identity = self._clock(), caller()
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.AddCaseNoteResponse:
                note = self._hide(request.text)
                case = await add_case_note(uow, UUID(request.case_id), identity.subject, note, now)
                return pb.AddCaseNoteResponse(case=case_to_wire(case))

            return await answer_once(uow.idempotency, "AddCaseNote", request, pb.AddCaseNoteResponse, compute)

    async def GetCasePolicy(
        self, request: pb.GetCasePolicyRequest, context: Context
    ) -> pb.GetCasePolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            return pb.GetCasePolicyResponse(policy=case_policy_to_wire(await uow.case_policies.current()))

    async def UpdateCasePolicy(
        self, request: pb.UpdateCasePolicyRequest, context: Context
    ) -> pb.UpdateCasePolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            policy = case_policy_of(request.policy, await uow.case_policies.current())
            updated = await update_case_policy(uow, policy, request.expected_version, self._clock())
        return pb.UpdateCasePolicyResponse(policy=case_policy_to_wire(updated))
