"""Labels, their series and evaluation sets as the messages of proto/quanzi/risk/v1."""

from chassis.timestamps import timestamp
from quanzi.risk.v1 import labels_pb2 as pb
from risk.application.label_ports import WordSuggestion
from risk.domain.agreement import Agreement
from risk.domain.evaluation import EvaluationResult, EvaluationSet
from risk.domain.quality import Quality
from risk.enums import number


def quality_to_wire(quality: Quality) -> pb.ScreeningQuality:
    return pb.ScreeningQuality(
        month=quality.month.isoformat(),
        category=number(quality.category),
        labels=quality.labels,
        accuracy=quality.accuracy,
        precision=quality.precision,
        recall=quality.recall,
        false_positive_rate=quality.false_positive_rate,
    )


def agreement_to_wire(agreement: Agreement) -> pb.ReviewerAgreement:
    return pb.ReviewerAgreement(
        month=agreement.month.isoformat(),
        category=number(agreement.category),
        pairs=agreement.pairs,
        agreement=agreement.agreement,
        kappa=agreement.kappa,
    )


def suggestion_to_wire(suggestion: WordSuggestion) -> pb.WordSuggestion:
    return pb.WordSuggestion(
        word=suggestion.word, false_alarms=suggestion.false_alarms, confirmed=suggestion.confirmed
    )


def set_to_wire(frozen: EvaluationSet) -> pb.EvaluationSet:
    return pb.EvaluationSet(
        id=str(frozen.id),
        name=frozen.name,
        from_at=timestamp(frozen.from_at),
        until_at=timestamp(frozen.until_at),
        frozen_at=timestamp(frozen.frozen_at),
        frozen_by=frozen.frozen_by,
        labels=frozen.labels,
        sha256=frozen.sha256,
    )


def result_to_wire(result: EvaluationResult) -> pb.EvaluationResult:
    return pb.EvaluationResult(
        set_id=str(result.set_id),
        lexicon_version=result.versions.lexicon,
        policy_version=result.versions.policy,
        model_version=result.versions.model,
        evaluated_at=timestamp(result.evaluated_at),
        true_positives=result.true_positives,
        false_positives=result.false_positives,
        false_negatives=result.false_negatives,
        true_negatives=result.true_negatives,
        accuracy=result.accuracy,
        precision=result.precision,
        recall=result.recall,
        false_positive_rate=result.false_positive_rate,
    )
