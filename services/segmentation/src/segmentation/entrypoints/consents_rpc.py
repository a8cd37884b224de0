"""ConsentService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.paging import PageRequest
from quanzi.segmentation.v1.consents_pb2 import (
    BatchListConsentRecordsRequest,
    BatchListConsentRecordsResponse,
    BatchListConsentsRequest,
    BatchListConsentsResponse,
    GetConsentPolicyRequest,
    GetConsentPolicyResponse,
    MemberConsentRecords,
    RecordConsentsRequest,
    RecordConsentsResponse,
    UpdateConsentPolicyRequest,
    UpdateConsentPolicyResponse,
)
from quanzi.segmentation.v1.consents_pb2_grpc import ConsentServiceServicer
from segmentation.application.ports import Transactions
from segmentation.application.record_consents import RecordConsents, record_consents
from segmentation.application.update_consent_policy import update_consent_policy
from segmentation.domain.consents import consents_of
from segmentation.entrypoints.consents_wire import (
    consent_to_wire,
    policy_from_wire,
    policy_to_wire,
    record_to_wire,
    rejection_to_wire,
    row_from_wire,
)

Context = grpc.aio.ServicerContext[Any, Any]


class ConsentsRpc(ConsentServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def RecordConsents(self, request: RecordConsentsRequest, _: Context) -> RecordConsentsResponse:
        who = caller()
        command = RecordConsents(list(map(row_from_wire, request.rows)), who.subject)
        async with self._transactions(who.tenant_id) as uow:
            rejections = await record_consents(uow, command, self._clock())
        return RecordConsentsResponse(
            accepted=len(request.rows) - len(rejections), rejections=map(rejection_to_wire, rejections)
        )

    async def BatchListConsents(
        self, request: BatchListConsentsRequest, _: Context
    ) -> BatchListConsentsResponse:
        member_ids = [UUID(it) for it in request.member_ids]
        async with self._transactions(caller().tenant_id) as uow:
            policy = await uow.consent_policies.in_force()
            holding = await uow.consents.holding(member_ids)
        return BatchListConsentsResponse(
            consents=[
                consent_to_wire(consent)
                for member_id in member_ids
                for consent in consents_of(member_id, policy, holding)
            ]
        )

    async def BatchListConsentRecords(
        self, request: BatchListConsentRecordsRequest, _: Context
    ) -> BatchListConsentRecordsResponse:
        wanted = PageRequest.of(request.page)
        member_ids = [UUID(it) for it in request.member_ids]
        async with self._transactions(caller().tenant_id) as uow:
            pages = await uow.consents.of_members(member_ids, wanted, request.purpose or None)
        return BatchListConsentRecordsResponse(
            members=[
                MemberConsentRecords(
                    member_id=str(member_id), records=map(record_to_wire, page.items), page_info=page.info()
                )
                for member_id, page in pages.items()
            ]
        )

    async def GetConsentPolicy(self, _: GetConsentPolicyRequest, __: Context) -> GetConsentPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            return GetConsentPolicyResponse(policy=policy_to_wire(await uow.consent_policies.in_force()))

    async def UpdateConsentPolicy(
        self, request: UpdateConsentPolicyRequest, _: Context
    ) -> UpdateConsentPolicyResponse:
        proposed = policy_from_wire(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            policy = await update_consent_policy(uow, proposed, request.expected_version, self._clock())
        return UpdateConsentPolicyResponse(policy=policy_to_wire(policy))
