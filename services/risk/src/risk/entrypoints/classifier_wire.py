"""A tenant's own models as the messages of classifier.proto."""

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.risk.v1 import classifier_pb2 as pb
from risk.application.try_classifier import ClassifierTrial
from risk.domain.classifier_model import ClassifierModel, Figures
from risk.entrypoints.replay_wire import changes_to_wire, samples_to_wire
from risk.enums import number


def model_to_wire(model: ClassifierModel) -> pb.ClassifierModel:
    outcome = model.outcome
    return pb.ClassifierModel(
        id=str(model.id),
        state=number(model.state),
        requested_by=model.requested_by,
        requested_at=timestamp(model.requested_at),
        set_id=str(model.set_id or ""),
        risky_labels=outcome.risky if outcome else 0,
        innocent_labels=outcome.innocent if outcome else 0,
        measured=_figures(outcome.measured) if outcome else None,
        in_force=_figures(outcome.in_force) if outcome else None,
        failure=number(model.failure),
        finished_at=optional_timestamp(model.finished_at),
        activated_at=optional_timestamp(model.activated_at),
        activated_by=model.activated_by,
    )


def _figures(figures: Figures) -> pb.ClassifierFigures:
    tally = figures.tally
    return pb.ClassifierFigures(
        version=figures.version,
        true_positives=tally.true_positives,
        false_positives=tally.false_positives,
        false_negatives=tally.false_negatives,
        true_negatives=tally.true_negatives,
        accuracy=figures.accuracy,
        precision=tally.precision,
        recall=tally.recall,
        false_positive_rate=tally.false_positive_rate,
    )


def trial_to_wire(trial: ClassifierTrial) -> pb.TryClassifierResponse:
    return pb.TryClassifierResponse(
        messages=trial.replay.messages,
        complete=trial.is_complete,
        changes=changes_to_wire(trial.replay),
        samples=samples_to_wire(trial.replay),
    )
