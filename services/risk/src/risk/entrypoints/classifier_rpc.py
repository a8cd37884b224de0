"""ClassifierService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.risk.v1 import classifier_pb2 as pb
from quanzi.risk.v1.classifier_pb2_grpc import ClassifierServiceServicer
from risk.application.activate_classifier import activate_classifier
from risk.application.ports import Screeners, Transactions
from risk.application.retrain_classifier import retrain_classifier
from risk.application.revert_classifier import revert_classifier
from risk.application.try_classifier import try_classifier
from risk.entrypoints.classifier_wire import model_to_wire, trial_to_wire

Context = grpc.aio.ServicerContext[Any, Any]


class ClassifierRpc(ClassifierServiceServicer):
    def __init__(self, transactions: Transactions, screeners: Screeners, clock: Clock) -> None:
        self._transactions, self._screeners, self._clock = transactions, screeners, clock

    async def RetrainClassifier(
        self, request: pb.RetrainClassifierRequest, context: Context
    ) -> pb.RetrainClassifierResponse:
        now, identity = self._clock(), caller()
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.RetrainClassifierResponse:
                model = await retrain_classifier(uow, optional_id(request.set_id), identity.subject, now)
                return pb.RetrainClassifierResponse(model=model_to_wire(model))

            return await answer_once(
                uow.idempotency, "RetrainClassifier", request, pb.RetrainClassifierResponse, compute
            )

    async def ListClassifierModels(
        self, request: pb.ListClassifierModelsRequest, context: Context
    ) -> pb.ListClassifierModelsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.classifier_models.page(PageRequest.of(request.page))
        return pb.ListClassifierModelsResponse(
            models=[model_to_wire(model) for model in page.items], page_info=page.info()
        )

    async def BatchGetClassifierModels(
        self, request: pb.BatchGetClassifierModelsRequest, context: Context
    ) -> pb.BatchGetClassifierModelsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            models = await uow.classifier_models.many([UUID(id_) for id_ in request.ids])
        return pb.BatchGetClassifierModelsResponse(models=[model_to_wire(model) for model in models])

    async def TryClassifier(
        self, request: pb.TryClassifierRequest, context: Context
    ) -> pb.TryClassifierResponse:
        model_id, now = optional_id(request.model_id), self._clock()
        async with self._transactions(caller().tenant_id) as uow:
            trial = await try_classifier(uow, self._screeners, model_id, request.days, now)
        return trial_to_wire(trial)

    async def ActivateClassifier(
        self, request: pb.ActivateClassifierRequest, context: Context
    ) -> pb.ActivateClassifierResponse:
        now, identity = self._clock(), caller()
        async with self._transactions(identity.tenant_id) as uow:
            model = await activate_classifier(uow, UUID(request.model_id), identity.subject, now)
        return pb.ActivateClassifierResponse(model=model_to_wire(model))

    async def RevertClassifier(
        self, request: pb.RevertClassifierRequest, context: Context
    ) -> pb.RevertClassifierResponse:
        async with self._transactions(caller().tenant_id) as uow:
            retired = await revert_classifier(uow, self._screeners, self._clock())
        return pb.RevertClassifierResponse(retired=model_to_wire(retired) if retired else None)
