"""Opinion incidents, series and policy as the graph shows them."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.segmentation.groups import Group
from gateway.segmentation.members import Member
from gateway.values import by_number, moment, optional, optional_moment
from quanzi.risk.v1 import opinions_pb2


@strawberry.enum(description="How grave an opinion incident (舆情事件) is.")
class OpinionSeverity(Enum):
    MODERATE = strawberry.enum_value(opinions_pb2.OPINION_SEVERITY_MODERATE, description="一般")
    SERIOUS = strawberry.enum_value(opinions_pb2.OPINION_SEVERITY_SERIOUS, description="较大")
    CRITICAL = strawberry.enum_value(opinions_pb2.OPINION_SEVERITY_CRITICAL, description="重大")


@strawberry.enum(description="What is unusual.")
class OpinionSignal(Enum):
    NEGATIVE_SHARE = strawberry.enum_value(
        opinions_pb2.OPINION_SIGNAL_NEGATIVE_SHARE, description="负面占比: the share of negative messages."
    )
    COMPLAINTS = strawberry.enum_value(
        opinions_pb2.OPINION_SIGNAL_COMPLAINTS, description="投诉量: the number of complaints."
    )


@strawberry.enum(description="States of an opinion incident.")
class OpinionIncidentStatus(Enum):
    OPEN = strawberry.enum_value(
        opinions_pb2.OPINION_INCIDENT_STATUS_OPEN, description="待响应: waits for somebody to take care."
    )
    ACKNOWLEDGED = strawberry.enum_value(
        opinions_pb2.OPINION_INCIDENT_STATUS_ACKNOWLEDGED, description="处理中: somebody takes care."
    )
    CLOSED = strawberry.enum_value(
        opinions_pb2.OPINION_INCIDENT_STATUS_CLOSED,
        description="已关闭: by a person with a review, or by itself after long calm.",
    )


@strawberry.enum(description="What happened in a step of an opinion incident.")
class OpinionStepKind(Enum):
    OPENED = strawberry.enum_value(opinions_pb2.OPINION_STEP_KIND_OPENED, description="发生")
    ROSE = strawberry.enum_value(opinions_pb2.OPINION_STEP_KIND_ROSE, description="加重")
    ESCALATED = strawberry.enum_value(
        opinions_pb2.OPINION_STEP_KIND_ESCALATED, description="超时未响应，上报"
    )
    ACKNOWLEDGED = strawberry.enum_value(opinions_pb2.OPINION_STEP_KIND_ACKNOWLEDGED, description="响应")
    TASK_DONE = strawberry.enum_value(opinions_pb2.OPINION_STEP_KIND_TASK_DONE, description="完成预案步骤")
    CLOSED = strawberry.enum_value(opinions_pb2.OPINION_STEP_KIND_CLOSED, description="关闭")
    REVIEWED = strawberry.enum_value(opinions_pb2.OPINION_STEP_KIND_REVIEWED, description="复盘")


@strawberry.enum(description="Who carries out a step of the emergency plan (应急预案).")
class OpinionOwnerRole(Enum):
    GROUP_OWNER = strawberry.enum_value(opinions_pb2.OPINION_OWNER_ROLE_GROUP_OWNER, description="群主")
    CUSTOMER_SERVICE = strawberry.enum_value(
        opinions_pb2.OPINION_OWNER_ROLE_CUSTOMER_SERVICE, description="客服"
    )
    OPERATIONS_LEAD = strawberry.enum_value(
        opinions_pb2.OPINION_OWNER_ROLE_OPERATIONS_LEAD, description="运营负责人"
    )
    PUBLIC_RELATIONS = strawberry.enum_value(
        opinions_pb2.OPINION_OWNER_ROLE_PUBLIC_RELATIONS, description="公关"
    )
    LEGAL = strawberry.enum_value(opinions_pb2.OPINION_OWNER_ROLE_LEGAL, description="法务")
    MANAGEMENT = strawberry.enum_value(opinions_pb2.OPINION_OWNER_ROLE_MANAGEMENT, description="管理层")


OPINION_SEVERITIES = by_number(OpinionSeverity)
OPINION_SIGNALS = by_number(OpinionSignal)
OPINION_STATUSES = by_number(OpinionIncidentStatus)
OPINION_STEP_KINDS = by_number(OpinionStepKind)
OPINION_ROLES = by_number(OpinionOwnerRole)


@strawberry.type(description="Something to do about an opinion incident.")
class OpinionPlanStep:
    number: int = strawberry.field(description="Counts from 1.")
    role: OpinionOwnerRole = strawberry.field(description="Who does it.")
    text: str = strawberry.field(description="What.")
    due_at: datetime = strawberry.field(description="Until when.")
    done_at: datetime | None = strawberry.field(description="When it was done.")
    done_by: str | None = strawberry.field(description="By whom.")

    @classmethod
    def of(cls, step: opinions_pb2.OpinionPlanStep) -> Self:
        return cls(
            number=step.number,
            role=OPINION_ROLES[step.role],
            text=step.text,
            due_at=moment(step.due_at),
            done_at=optional_moment(step.done_at),
            done_by=step.done_by or None,
        )


@strawberry.type(description="A message that shows what an opinion incident is about.")
class OpinionSample:
    activity_id: str = strawberry.field(description="Activity id of the message.")
    masked_text: str = strawberry.field(description="The text, personal data masked (脱敏).")
    negative: float = strawberry.field(description="Probability of being negative.")
    member_uuid: strawberry.Private[str]

    @resolved("Who wrote it.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.member_uuid)

    @classmethod
    def of(cls, sample: opinions_pb2.OpinionSample) -> Self:
        return cls(
            activity_id=sample.activity_id,
            masked_text=sample.masked_text,
            negative=sample.negative,
            member_uuid=sample.member_id,
        )


@strawberry.type(description="A step of the timeline of an opinion incident.")
class OpinionStep:
    number: int = strawberry.field(description="Counts up.")
    kind: OpinionStepKind = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When.")
    by: str | None = strawberry.field(description="Who; null: the system.")
    severity: OpinionSeverity = strawberry.field(description="Severity since then.")
    text: str | None = strawberry.field(description="Why, or the note.")

    @classmethod
    def of(cls, step: opinions_pb2.OpinionStep) -> Self:
        return cls(
            number=step.number,
            kind=OPINION_STEP_KINDS[step.kind],
            at=moment(step.at),
            by=step.by or None,
            severity=OPINION_SEVERITIES[step.severity],
            text=step.text or None,
        )


@strawberry.type(
    description="Unusually bad opinion in a group, or in all together (舆情事件); one at a time in each."
)
class OpinionIncident(Node):
    severity: OpinionSeverity = strawberry.field(description="By how unlikely and how much it is.")
    status: OpinionIncidentStatus = strawberry.field(description="State.")
    opened_at: datetime = strawberry.field(description="When it was noticed.")
    unusual_at: datetime = strawberry.field(description="When something was unusual last.")
    signal: OpinionSignal = strawberry.field(description="What is unusual.")
    surprise: float = strawberry.field(
        description="Decimal places of the odds that chance alone brings as much, at its worst."
    )
    messages: int = strawberry.field(description="Messages in the worst window,")
    negatives: int = strawberry.field(description="negative ones among them,")
    complaints: int = strawberry.field(description="complaints among them,")
    expected: float = strawberry.field(description="and how many of what is unusual would be usual.")
    acknowledge_by: datetime | None = strawberry.field(description="Until when somebody must acknowledge it.")
    escalations: int = strawberry.field(description="How often nobody acknowledged it in time.")
    acknowledged_at: datetime | None = strawberry.field(description="When somebody took care.")
    acknowledged_by: str | None = strawberry.field(description="Who.")
    closed_at: datetime | None = strawberry.field(description="When it ended.")
    closed_by: str | None = strawberry.field(description="Who ended or reviewed it; null: it closed itself.")
    cause: str | None = strawberry.field(description="Closing review (复盘): why.")
    measures: str | None = strawberry.field(description="Closing review: what was done about it.")
    plan: list[OpinionPlanStep] = strawberry.field(description="The emergency plan (应急预案).")
    samples: list[OpinionSample] = strawberry.field(description="Messages, the most negative first.")
    steps: list[OpinionStep] = strawberry.field(description="The timeline, in order.")
    group_uuid: strawberry.Private[str]

    @resolved("Where; null: in all groups together.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.group_uuid)

    @classmethod
    def of(cls, incident: opinions_pb2.OpinionIncident) -> Self:
        return cls(
            id=global_id("OpinionIncident", incident.id),
            severity=OPINION_SEVERITIES[incident.severity],
            status=OPINION_STATUSES[incident.status],
            opened_at=moment(incident.opened_at),
            unusual_at=moment(incident.unusual_at),
            signal=OPINION_SIGNALS[incident.signal],
            surprise=incident.surprise,
            messages=incident.messages,
            negatives=incident.negatives,
            complaints=incident.complaints,
            expected=incident.expected,
            acknowledge_by=optional_moment(incident.acknowledge_by),
            escalations=incident.escalations,
            acknowledged_at=optional_moment(incident.acknowledged_at),
            acknowledged_by=incident.acknowledged_by or None,
            closed_at=optional_moment(incident.closed_at),
            closed_by=incident.closed_by or None,
            cause=incident.cause or None,
            measures=incident.measures or None,
            plan=[OpinionPlanStep.of(step) for step in incident.plan],
            samples=[OpinionSample.of(sample) for sample in incident.samples],
            steps=[OpinionStep.of(step) for step in incident.steps],
            group_uuid=incident.group_id,
        )


@strawberry.type(description="What was said in a step of time, beside what is usual then (舆情走势).")
class OpinionPoint:
    at: datetime = strawberry.field(description="When the step begins.")
    messages: int = strawberry.field(description="Messages.")
    negatives: int = strawberry.field(description="Negative ones among them.")
    complaints: int = strawberry.field(description="Complaints among them.")
    negative_share: float | None = strawberry.field(description="0 to 1; null: nothing was said.")
    usual_messages: float = strawberry.field(description="How many messages are usual.")
    usual_negative_share: float | None = strawberry.field(description="Which share is usual.")
    usual_complaints: float = strawberry.field(description="How many complaints are usual.")
    threshold_negative_share: float | None = strawberry.field(
        description="The share from which on an incident opens; null: with so few messages none does."
    )
    threshold_complaints: int | None = strawberry.field(
        description="The complaints from which on an incident opens."
    )

    @classmethod
    def of(cls, point: opinions_pb2.OpinionPoint) -> Self:
        threshold = optional(point, "negatives_threshold")
        return cls(
            at=moment(point.at),
            messages=point.messages,
            negatives=point.negatives,
            complaints=point.complaints,
            negative_share=_share(point.negatives, point.messages),
            usual_messages=point.usual_messages,
            usual_negative_share=_share(point.usual_negatives, point.usual_messages),
            usual_complaints=point.usual_complaints,
            threshold_negative_share=None if threshold is None else _share(threshold, point.messages),
            threshold_complaints=optional(point, "complaints_threshold"),
        )


@strawberry.type(description="A line of an emergency plan: for incidents of its severity and graver ones.")
class OpinionPlanTask:
    severity: OpinionSeverity = strawberry.field(description="From this severity on.")
    role: OpinionOwnerRole = strawberry.field(description="Who does it.")
    text: str = strawberry.field(description="What.")
    minutes: int = strawberry.field(description="Due so long after the incident reached the severity.")

    @classmethod
    def of(cls, task: opinions_pb2.OpinionPlanTask) -> Self:
        severity, role = OPINION_SEVERITIES[task.severity], OPINION_ROLES[task.role]
        return cls(severity=severity, role=role, text=task.text, minutes=task.minutes)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
