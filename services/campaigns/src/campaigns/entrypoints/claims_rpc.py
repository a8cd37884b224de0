"""ClaimService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from campaigns.application.claim_item import ClaimItem, claim_item
from campaigns.application.confirm_refund import ConfirmRefund, confirm_refund
from campaigns.application.fulfil_claim import fulfil_claim
from campaigns.application.pay_claims import PayClaim, pay_claim
from campaigns.application.ports import Transactions
from campaigns.domain.errors import PaymentMismatch
from campaigns.entrypoints.wire import claim_to_wire
from campaigns.enums import CLAIM_STATUSES
from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.campaigns.v1.claims_pb2 import (
    BatchGetClaimsRequest,
    BatchGetClaimsResponse,
    ClaimItemRequest,
    ClaimItemResponse,
    ConfirmRefundRequest,
    ConfirmRefundResponse,
    FulfilClaimRequest,
    FulfilClaimResponse,
    ListClaimsRequest,
    ListClaimsResponse,
    PayClaimRequest,
    PayClaimResponse,
)
from quanzi.campaigns.v1.claims_pb2_grpc import ClaimServiceServicer

Context = grpc.aio.ServicerContext[Any, Any]


class ClaimsRpc(ClaimServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def ClaimItem(self, request: ClaimItemRequest, _: Context) -> ClaimItemResponse:
        command = ClaimItem(UUID(request.campaign_id), UUID(request.member_id), request.quantity)
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> ClaimItemResponse:
                return ClaimItemResponse(claim=claim_to_wire(await claim_item(uow, command, self._clock())))

            return await answer_once(uow.idempotency, "ClaimItem", request, ClaimItemResponse, compute)

    async def PayClaim(self, request: PayClaimRequest, _: Context) -> PayClaimResponse:
        """A payment that does not match is recorded like any other; the caller is told after the commit."""
        command = PayClaim(
            UUID(request.claim_id), request.payment_reference, request.amount_minor, request.currency
        )
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> PayClaimResponse:
                return PayClaimResponse(claim=claim_to_wire(await pay_claim(uow, command, self._clock())))

            response = await answer_once(uow.idempotency, "PayClaim", request, PayClaimResponse, compute)
        due = response.claim.amount_minor, response.claim.currency
        if due != (command.amount_minor, command.currency):
            raise PaymentMismatch(*due)
        return response

    async def FulfilClaim(self, request: FulfilClaimRequest, _: Context) -> FulfilClaimResponse:
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> FulfilClaimResponse:
                claim = await fulfil_claim(uow, UUID(request.claim_id), self._clock())
                return FulfilClaimResponse(claim=claim_to_wire(claim))

            return await answer_once(uow.idempotency, "FulfilClaim", request, FulfilClaimResponse, compute)

    async def ConfirmRefund(self, request: ConfirmRefundRequest, _: Context) -> ConfirmRefundResponse:
        command = ConfirmRefund(UUID(request.claim_id), request.refund_reference)
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> ConfirmRefundResponse:
                claim = await confirm_refund(uow, command, self._clock())
                return ConfirmRefundResponse(claim=claim_to_wire(claim))

            return await answer_once(
                uow.idempotency, "ConfirmRefund", request, ConfirmRefundResponse, compute
            )

    async def BatchGetClaims(self, request: BatchGetClaimsRequest, _: Context) -> BatchGetClaimsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.claims.many([UUID(claim_id) for claim_id in request.ids])
        return BatchGetClaimsResponse(claims=[claim_to_wire(claim) for claim in found])

    async def ListClaims(self, request: ListClaimsRequest, _: Context) -> ListClaimsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.claims.page(
                PageRequest.of(request.page),
                optional_id(request.campaign_id),
                optional_id(request.member_id),
                CLAIM_STATUSES.optional(request.status),
            )
        return ListClaimsResponse(
            claims=[claim_to_wire(claim) for claim in page.items],
            page_info=page.info(),
        )
