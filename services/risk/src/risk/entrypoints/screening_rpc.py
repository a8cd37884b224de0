"""ScreeningService: translate, open one transaction, call one use case, translate back."""

from typing import Any

import grpc

from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.risk.v1 import screening_pb2 as pb
from quanzi.risk.v1.screening_pb2_grpc import ScreeningServiceServicer
from risk.application.persons import ids_of_person
from risk.application.ports import Listing, Screeners, Transactions
from risk.application.screen_texts import screen_texts
from risk.domain.verdict import ScreeningPurpose, Verdict
from risk.entrypoints.wire import decision_to_wire, screening_to_wire
from risk.enums import optional

Context = grpc.aio.ServicerContext[Any, Any]


class ScreeningRpc(ScreeningServiceServicer):
    def __init__(self, transactions: Transactions, screeners: Screeners) -> None:
        self._transactions, self._screeners = transactions, screeners

    async def ScreenTexts(self, request: pb.ScreenTextsRequest, context: Context) -> pb.ScreenTextsResponse:
        purpose = ScreeningPurpose(request.purpose)
        async with self._transactions(caller().tenant_id) as uow:
            screened = await screen_texts(uow, self._screeners, request.texts, purpose)
        return pb.ScreenTextsResponse(
            decisions=[
                screening_to_wire(
                    screening,
                    screened.lexicon_version,
                    screened.policy_version,
                    screened.model_version,
                    text,
                )
                for screening, text in zip(screened.screenings, request.texts, strict=True)
            ]
        )

    async def ListDecisions(
        self, request: pb.ListDecisionsRequest, context: Context
    ) -> pb.ListDecisionsResponse:
        at_least = optional(Verdict, request.at_least) or Verdict.ALLOW
        async with self._transactions(caller().tenant_id) as uow:
            member_ids = await ids_of_person(uow, optional_id(request.member_id))
            listing = Listing(optional_id(request.group_id), member_ids)
            page = await uow.decisions.page(PageRequest.of(request.page), listing, at_least)
        return pb.ListDecisionsResponse(
            decisions=[decision_to_wire(decision) for decision in page.items], page_info=page.info()
        )
