"""Opinion incidents, series and policy on the wire."""

from collections.abc import Sequence

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.risk.v1 import opinions_pb2 as pb
from risk.application.read_incidents import IncidentFile
from risk.domain.opinion_incident import IncidentStep, Sample
from risk.domain.opinion_plan import OwnerRole, PlanStep, PlanTask, Severity
from risk.domain.opinion_policy import OpinionPolicy
from risk.domain.opinion_series import Point
from risk.enums import number


def incident_to_wire(file: IncidentFile) -> pb.OpinionIncident:
    incident, worst = file.incident, file.incident.worst
    return pb.OpinionIncident(
        id=str(incident.id),
        group_id=str(incident.group_id or ""),
        severity=number(incident.severity),
        status=number(incident.status),
        opened_at=timestamp(incident.opened_at),
        unusual_at=timestamp(incident.unusual_at),
        signal=number(worst.signal),
        surprise=worst.surprise,
        messages=int(worst.seen.messages),
        negatives=int(worst.seen.negatives),
        complaints=int(worst.seen.complaints),
        expected=worst.expected,
        acknowledge_by=optional_timestamp(incident.acknowledge_by),
        escalations=incident.escalations,
        acknowledged_at=optional_timestamp(incident.acknowledged_at),
        acknowledged_by=incident.acknowledged_by,
        closed_at=optional_timestamp(incident.closed_at),
        closed_by=incident.closed_by,
        cause=incident.review.cause if incident.review else "",
        measures=incident.review.measures if incident.review else "",
        plan=map(_plan_step_to_wire, incident.plan),
        samples=map(_sample_to_wire, file.samples),
        steps=map(_step_to_wire, file.steps),
    )


def _plan_step_to_wire(step: PlanStep) -> pb.OpinionPlanStep:
    return pb.OpinionPlanStep(
        number=step.number,
        role=number(step.role),
        text=step.text,
        due_at=timestamp(step.due_at),
        done_at=optional_timestamp(step.done_at),
        done_by=step.done_by,
    )


def _sample_to_wire(sample: Sample) -> pb.OpinionSample:
    return pb.OpinionSample(
        activity_id=str(sample.activity_id),
        member_id=str(sample.member_id),
        masked_text=sample.masked_text,
        negative=sample.negative,
    )


def _step_to_wire(step: IncidentStep) -> pb.OpinionStep:
    return pb.OpinionStep(
        number=step.number,
        kind=number(step.kind),
        at=timestamp(step.at),
        by=step.by,
        severity=number(step.severity),
        text=step.text,
    )


def points_to_wire(points: Sequence[Point]) -> list[pb.OpinionPoint]:
    return [
        pb.OpinionPoint(
            at=timestamp(point.at),
            messages=int(point.seen.messages),
            negatives=int(point.seen.negatives),
            complaints=int(point.seen.complaints),
            usual_messages=point.usual.messages,
            usual_negatives=point.usual.negatives,
            usual_complaints=point.usual.complaints,
            negatives_threshold=point.negatives_threshold,
            complaints_threshold=point.complaints_threshold,
        )
        for point in points
    ]


def opinion_policy_to_wire(policy: OpinionPolicy) -> pb.OpinionPolicy:
    return pb.OpinionPolicy(
        version=policy.version,
        negative_from_percent=policy.negative_from_percent,
        short_window_minutes=policy.short_window_minutes,
        long_window_minutes=policy.long_window_minutes,
        minimum_messages=policy.minimum_messages,
        minimum_complaints=policy.minimum_complaints,
        minimum_lift_percent=policy.minimum_lift_percent,
        learning_hours=policy.learning_hours,
        moderate_surprise=policy.moderate_surprise,
        serious_surprise=policy.serious_surprise,
        critical_surprise=policy.critical_surprise,
        serious_messages=policy.serious_messages,
        critical_messages=policy.critical_messages,
        acknowledge_minutes=policy.acknowledge_minutes,
        calm_minutes=policy.calm_minutes,
        keep_counts_days=policy.keep_counts_days,
        plan=[
            pb.OpinionPlanTask(
                severity=number(task.severity), role=number(task.role), text=task.text, minutes=task.minutes
            )
            for task in policy.plan
        ],
    )


def opinion_policy_of(message: pb.OpinionPolicy) -> OpinionPolicy:
    """Raises InvalidPolicy."""
    return OpinionPolicy(
        negative_from_percent=message.negative_from_percent,
        short_window_minutes=message.short_window_minutes,
        long_window_minutes=message.long_window_minutes,
        minimum_messages=message.minimum_messages,
        minimum_complaints=message.minimum_complaints,
        minimum_lift_percent=message.minimum_lift_percent,
        learning_hours=message.learning_hours,
        moderate_surprise=message.moderate_surprise,
        serious_surprise=message.serious_surprise,
        critical_surprise=message.critical_surprise,
        serious_messages=message.serious_messages,
        critical_messages=message.critical_messages,
        acknowledge_minutes=message.acknowledge_minutes,
        calm_minutes=message.calm_minutes,
        keep_counts_days=message.keep_counts_days,
        plan=tuple(
            PlanTask(Severity(task.severity), OwnerRole(task.role), task.text, task.minutes)
            for task in message.plan
        ),
    )
