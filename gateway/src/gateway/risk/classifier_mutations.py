"""Asking for a model of one's own, and choosing which one judges."""

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.risk.classifier import ClassifierModel
from quanzi.risk.v1 import classifier_pb2


@strawberry.input(description="Input of `classifierRetrain`.")
class ClassifierRetrainInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    evaluation_set: strawberry.ID | None = strawberry.field(
        description="The frozen set to measure it by; absent: the newest, or a fifth of the texts.",
        default=None,
    )


@payload("IDEMPOTENCY_KEY_REUSED", "TOO_FEW_LABELS", "CLASSIFIER_TRAINING_UNDER_WAY", set_id="evaluationSet")
class ClassifierRetrainPayload(Payload):
    model: ClassifierModel | None = strawberry.field(
        description="It is trained soon: ask for it by its id.", default=None
    )


@strawberry.input(description="Input of `classifierActivate`.")
class ClassifierActivateInput:
    classifier_model: strawberry.ID = strawberry.field(description="The model.")


@payload("CLASSIFIER_MODEL_NOT_TRAINED", "CLASSIFIER_TOO_INACCURATE", model_id="classifierModel")
class ClassifierActivatePayload(Payload):
    model: ClassifierModel | None = strawberry.field(
        description="The model, measured beside the one before.", default=None
    )


@payload()
class ClassifierRevertPayload(Payload):
    retired: ClassifierModel | None = strawberry.field(
        description="The model in force until now; null: the shipped one was.", default=None
    )


@strawberry.type
class ClassifierMutations:
    @mutation(
        "Asks for a model that learns from your closed cases (训练自有模型); one at a time, in minutes."
    )
    async def classifier_retrain(
        self, info: Info, input: Input[ClassifierRetrainInput]
    ) -> ClassifierRetrainPayload | None:
        chosen = input.evaluation_set
        request = classifier_pb2.RetrainClassifierRequest(
            idempotency_key=input.idempotency_key,
            set_id=uuid_of(chosen, "EvaluationSet", "evaluationSet") if chosen else "",
        )
        answer = await info.context.clients.classifier.RetrainClassifier(request)
        return ClassifierRetrainPayload(model=ClassifierModel.of(answer.model))

    @mutation("Puts a model in force (启用模型), everywhere within seconds.")
    async def classifier_activate(
        self, info: Info, input: Input[ClassifierActivateInput]
    ) -> ClassifierActivatePayload | None:
        model_id = uuid_of(input.classifier_model, "ClassifierModel", "classifierModel")
        request = classifier_pb2.ActivateClassifierRequest(model_id=model_id)
        answer = await info.context.clients.classifier.ActivateClassifier(request)
        return ClassifierActivatePayload(model=ClassifierModel.of(answer.model))

    @mutation("Puts the shipped model in force (恢复随产品提供的模型), everywhere within seconds.")
    async def classifier_revert(self, info: Info) -> ClassifierRevertPayload | None:
        answer = await info.context.clients.classifier.RevertClassifier(
            classifier_pb2.RevertClassifierRequest()
        )
        retired = ClassifierModel.of(answer.retired) if answer.HasField("retired") else None
        return ClassifierRevertPayload(retired=retired)
