"""A tenant's own classifier as the graph shows it, and reading it."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id, uuid_of
from gateway.risk.lexicon import VerdictChange, VerdictSample
from gateway.values import by_number, moment, optional, optional_moment
from quanzi.risk.v1 import classifier_pb2


@strawberry.enum(description="Where a model stands.")
class ClassifierState(Enum):
    TRAINING = strawberry.enum_value(
        classifier_pb2.CLASSIFIER_STATE_TRAINING, description="训练中: it waits, or is being trained."
    )
    TRAINED = strawberry.enum_value(
        classifier_pb2.CLASSIFIER_STATE_TRAINED, description="待启用: measured, never in force."
    )
    ACTIVE = strawberry.enum_value(classifier_pb2.CLASSIFIER_STATE_ACTIVE, description="使用中: it judges.")
    RETIRED = strawberry.enum_value(
        classifier_pb2.CLASSIFIER_STATE_RETIRED, description="已停用: was in force, may be again."
    )
    FAILED = strawberry.enum_value(classifier_pb2.CLASSIFIER_STATE_FAILED, description="训练失败.")


@strawberry.enum(description="Why there is no model.")
class ClassifierFailure(Enum):
    TOO_FEW_LABELS = strawberry.enum_value(
        classifier_pb2.CLASSIFIER_FAILURE_TOO_FEW_LABELS,
        description="Labels were withdrawn or frozen meanwhile.",
    )
    GAVE_UP = strawberry.enum_value(
        classifier_pb2.CLASSIFIER_FAILURE_GAVE_UP, description="Several attempts came to nothing."
    )


CLASSIFIER_STATES = by_number(ClassifierState)
CLASSIFIER_FAILURES = by_number(ClassifierFailure)


@strawberry.type(
    description="How right words, patterns and a model are together on texts the model never learnt from."
)
class ClassifierFigures:
    version: str | None = strawberry.field(description="Of the model; null: none was asked.")
    true_positives: int = strawberry.field(description="Risky and flagged.")
    false_positives: int = strawberry.field(description="Harmless and flagged.")
    false_negatives: int = strawberry.field(description="Risky and allowed.")
    true_negatives: int = strawberry.field(description="Harmless and allowed.")
    accuracy: float = strawberry.field(description="准确率, 0 to 1.")
    precision: float | None = strawberry.field(description="精确率; null when nothing was flagged.")
    recall: float | None = strawberry.field(description="召回率; null when nothing was risky.")
    false_positive_rate: float | None = strawberry.field(
        description="误报率; null when nothing was harmless."
    )

    @classmethod
    def of(cls, figures: classifier_pb2.ClassifierFigures) -> Self:
        return cls(
            version=figures.version or None,
            true_positives=figures.true_positives,
            false_positives=figures.false_positives,
            false_negatives=figures.false_negatives,
            true_negatives=figures.true_negatives,
            accuracy=figures.accuracy,
            precision=optional(figures, "precision"),
            recall=optional(figures, "recall"),
            false_positive_rate=optional(figures, "false_positive_rate"),
        )


@strawberry.type(description="The shipped classifier, moved to where your labels are right (自有风险模型).")
class ClassifierModel(Node):
    state: ClassifierState = strawberry.field(description="Where it stands.")
    requested_by: str = strawberry.field(description="Who asked for it.")
    requested_at: datetime = strawberry.field(description="When.")
    evaluation_set: strawberry.ID | None = strawberry.field(
        description="The frozen set it is measured by; null: a fifth of the texts, never learnt from."
    )
    risky_labels: int = strawberry.field(description="Risky texts it learnt from.")
    innocent_labels: int = strawberry.field(description="Harmless texts it learnt from.")
    measured: ClassifierFigures | None = strawberry.field(description="How right it is; null: not trained.")
    in_force: ClassifierFigures | None = strawberry.field(
        description="How right the model was that was in force then, on the same texts."
    )
    failure: ClassifierFailure | None = strawberry.field(description="Why there is no model.")
    finished_at: datetime | None = strawberry.field(description="When it was trained, or failed.")
    activated_at: datetime | None = strawberry.field(description="When it came into force last.")
    activated_by: str | None = strawberry.field(description="Who put it in force.")

    @classmethod
    def of(cls, model: classifier_pb2.ClassifierModel) -> Self:
        return cls(
            id=global_id("ClassifierModel", model.id),
            state=CLASSIFIER_STATES[model.state],
            requested_by=model.requested_by,
            requested_at=moment(model.requested_at),
            evaluation_set=global_id("EvaluationSet", model.set_id) if model.set_id else None,
            risky_labels=model.risky_labels,
            innocent_labels=model.innocent_labels,
            measured=ClassifierFigures.of(model.measured) if model.HasField("measured") else None,
            in_force=ClassifierFigures.of(model.in_force) if model.HasField("in_force") else None,
            failure=CLASSIFIER_FAILURES.get(model.failure),
            finished_at=optional_moment(model.finished_at),
            activated_at=optional_moment(model.activated_at),
            activated_by=model.activated_by or None,
        )


@strawberry.type(description="What another model would have decided about past messages (模型试运行).")
class ClassifierTrial:
    messages: int = strawberry.field(description="Messages looked at: the newest, at most 20,000.")
    complete: bool = strawberry.field(description="No message of these days was left out.")
    changes: list[VerdictChange] = strawberry.field(
        description="Verdicts that would change, by kind; before: by the model in force."
    )
    samples: list[VerdictSample] = strawberry.field(description="Up to 20 of them, newest first.")

    @classmethod
    def of(cls, trial: classifier_pb2.TryClassifierResponse) -> Self:
        return cls(
            messages=trial.messages,
            complete=trial.complete,
            changes=[VerdictChange.of(change) for change in trial.changes],
            samples=[VerdictSample.of(sample) for sample in trial.samples],
        )


@strawberry.type
class ClassifierQueries:
    @resolved("Your own models (自有风险模型), newest first. None of them active: the shipped one judges.")
    async def classifier_models(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[ClassifierModel] | None:
        request = classifier_pb2.ListClassifierModelsRequest(page=page(info, first, after))
        answer = await info.context.clients.classifier.ListClassifierModels(request)
        return connection(map(ClassifierModel.of, answer.models), answer.page_info, after)

    @resolved("What another model would have decided about past messages (启用前试运行); nothing is stored.")
    async def classifier_trial(
        self,
        info: Info,
        classifier_model: Annotated[
            strawberry.ID | None, strawberry.argument(description="Which; null: the shipped one.")
        ] = None,
        days: Annotated[int, strawberry.argument(description="Messages of so many days, 1 to 366.")] = 30,
    ) -> ClassifierTrial | None:
        uuid = uuid_of(classifier_model, "ClassifierModel", "classifierModel") if classifier_model else ""
        request = classifier_pb2.TryClassifierRequest(model_id=uuid, days=days)
        answer = await info.context.clients.classifier.TryClassifier(request)
        return ClassifierTrial.of(answer)
