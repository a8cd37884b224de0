"""What closed cases teach, as the graph shows it: quality, agreement, suggestions, evaluation sets."""

from datetime import date, datetime
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import global_id
from gateway.risk.types import RISK_CATEGORIES, RiskCategory
from gateway.values import moment, optional
from quanzi.risk.v1 import labels_pb2


@strawberry.type(
    description="How right screening was about the messages of a month (审核质量). Accuracy and precision of "
    "`FRAUD` count the names that were suspected as well."
)
class ScreeningQuality:
    month: date = strawberry.field(description="First day of the month, local.")
    category: RiskCategory | None = strawberry.field(description="Null: of all categories together.")
    labels: int = strawberry.field(description="Labels behind the rates.")
    accuracy: float | None = strawberry.field(description="准确率, 0 to 1; null when unknown.")
    precision: float | None = strawberry.field(description="精确率, 0 to 1; null when unknown.")
    recall: float | None = strawberry.field(description="召回率, 0 to 1; null when unknown.")
    false_positive_rate: float | None = strawberry.field(description="误报率, 0 to 1; null when unknown.")

    @classmethod
    def of(cls, quality: labels_pb2.ScreeningQuality) -> Self:
        return cls(
            month=date.fromisoformat(quality.month),
            category=RISK_CATEGORIES.get(quality.category),
            labels=quality.labels,
            accuracy=optional(quality, "accuracy"),
            precision=optional(quality, "precision"),
            recall=optional(quality, "recall"),
            false_positive_rate=optional(quality, "false_positive_rate"),
        )


@strawberry.type(description="How far two reviewers agree about the same cases of a month (复核一致性).")
class ReviewerAgreement:
    month: date = strawberry.field(description="First day of the month of the second judgement, local.")
    category: RiskCategory | None = strawberry.field(description="Null: which category, or none.")
    pairs: int = strawberry.field(description="Cases judged twice.")
    agreement: float | None = strawberry.field(description="Share of equal judgements; null when unknown.")
    kappa: float | None = strawberry.field(description="Cohen's kappa; null when unknown.")

    @classmethod
    def of(cls, agreement: labels_pb2.ReviewerAgreement) -> Self:
        return cls(
            month=date.fromisoformat(agreement.month),
            category=RISK_CATEGORIES.get(agreement.category),
            pairs=agreement.pairs,
            agreement=optional(agreement, "agreement"),
            kappa=optional(agreement, "kappa"),
        )


@strawberry.type(
    description="A word that hit harmless messages: a candidate for the allow-list (白名单建议)."
)
class WordSuggestion:
    word: str = strawberry.field(description="The word.")
    false_alarms: int = strawberry.field(description="Closed cases that it hit wrongly.")
    confirmed: int = strawberry.field(description="Closed cases that it hit rightly.")

    @classmethod
    def of(cls, suggestion: labels_pb2.WordSuggestion) -> Self:
        return cls(word=suggestion.word, false_alarms=suggestion.false_alarms, confirmed=suggestion.confirmed)


@strawberry.type(description="How certain versions of screening judge a frozen set: risky or not.")
class EvaluationResult:
    lexicon_version: int = strawberry.field(description="Version of the lexicon.")
    policy_version: int = strawberry.field(description="Version of the policy.")
    model_version: str | None = strawberry.field(description="Version of the classifier, if it was asked.")
    evaluated_at: datetime = strawberry.field(description="When it was measured.")
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
    def of(cls, result: labels_pb2.EvaluationResult) -> Self:
        return cls(
            lexicon_version=result.lexicon_version,
            policy_version=result.policy_version,
            model_version=result.model_version or None,
            evaluated_at=moment(result.evaluated_at),
            true_positives=result.true_positives,
            false_positives=result.false_positives,
            false_negatives=result.false_negatives,
            true_negatives=result.true_negatives,
            accuracy=result.accuracy,
            precision=optional(result, "precision"),
            recall=optional(result, "recall"),
            false_positive_rate=optional(result, "false_positive_rate"),
        )


@strawberry.type(description="Labels of a period, frozen for ever (评测集).")
class EvaluationSet:
    id: strawberry.ID = strawberry.field(description="Global id, `gid://quanzi/EvaluationSet/<uuid>`.")
    name: str = strawberry.field(description="Its name, of this set alone.")
    from_at: datetime = strawberry.field(description="Labels decided from then on,")
    until_at: datetime = strawberry.field(description="until before then.")
    frozen_at: datetime = strawberry.field(description="When it was frozen.")
    frozen_by: str = strawberry.field(description="Who froze it.")
    labels: int = strawberry.field(description="How many.")
    sha256: str = strawberry.field(description="SHA-256 of its JSONL, hexadecimal.")
    uuid: strawberry.Private[str]

    @resolved("What was measured by it, newest first.")
    async def results(self, info: Info) -> list[EvaluationResult] | None:
        return await info.context.loaders.risk.evaluation_results.load(self.uuid)

    @classmethod
    def of(cls, frozen: labels_pb2.EvaluationSet) -> Self:
        return cls(
            id=global_id("EvaluationSet", frozen.id),
            name=frozen.name,
            from_at=moment(frozen.from_at),
            until_at=moment(frozen.until_at),
            frozen_at=moment(frozen.frozen_at),
            frozen_by=frozen.frozen_by,
            labels=frozen.labels,
            sha256=frozen.sha256,
            uuid=frozen.id,
        )


@strawberry.type(description="A piece of an evaluation set.")
class EvaluationSetPiece:
    jsonl: str = strawberry.field(
        description="Up to 2,000 lines `{source, text, label, category}`; empty: there are no more."
    )
    next: int = strawberry.field(description="`after` of the next piece.")
