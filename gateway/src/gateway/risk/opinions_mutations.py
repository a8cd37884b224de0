"""What people do about opinion incidents."""

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import Input, Payload, mutation, payload
from gateway.risk.opinions import OpinionIncident, OpinionOwnerRole, OpinionSeverity
from gateway.risk.opinions_policy import OpinionPolicy
from gateway.values import number
from quanzi.risk.v1 import opinions_pb2

_INCIDENT = "The incident as it is now."


@strawberry.input(description="Input of `opinionIncidentAcknowledge`.")
class OpinionIncidentAcknowledgeInput:
    opinion_incident: strawberry.ID = strawberry.field(description="The incident.")


@payload("OPINION_INCIDENT_CLOSED", incident_id="opinionIncident")
class OpinionIncidentAcknowledgePayload(Payload):
    incident: OpinionIncident | None = strawberry.field(description=_INCIDENT, default=None)


@strawberry.input(description="Input of `opinionPlanStepComplete`.")
class OpinionPlanStepCompleteInput:
    opinion_incident: strawberry.ID = strawberry.field(description="The incident.")
    number: int = strawberry.field(description="Which step of its plan.")
    note: str = strawberry.field(description="What was done, up to 500 characters.", default="")


@payload("OPINION_INCIDENT_CLOSED", incident_id="opinionIncident")
class OpinionPlanStepCompletePayload(Payload):
    incident: OpinionIncident | None = strawberry.field(description=_INCIDENT, default=None)


@strawberry.input(description="Input of `opinionIncidentClose`.")
class OpinionIncidentCloseInput:
    opinion_incident: strawberry.ID = strawberry.field(description="The incident.")
    cause: str = strawberry.field(description="Why it happened, 1 to 1000 characters.")
    measures: str = strawberry.field(description="What was done about it, 1 to 1000 characters.")


@payload("OPINION_INCIDENT_CLOSED", incident_id="opinionIncident")
class OpinionIncidentClosePayload(Payload):
    incident: OpinionIncident | None = strawberry.field(description=_INCIDENT, default=None)


@strawberry.input(description="A line of an emergency plan.")
class OpinionPlanTaskInput:
    severity: OpinionSeverity = strawberry.field(description="From this severity on.")
    role: OpinionOwnerRole = strawberry.field(description="Who does it.")
    text: str = strawberry.field(description="What, 1 to 200 characters.")
    minutes: int = strawberry.field(description="Due so long after the incident reached the severity.")


@strawberry.input(description="Input of `opinionPolicyUpdate`.")
class OpinionPolicyUpdateInput:
    negative_from_percent: int = strawberry.field(description="50 to 99.")
    short_window_minutes: int = strawberry.field(description="5 to 60.")
    long_window_minutes: int = strawberry.field(description="30 to 720.")
    minimum_messages: int = strawberry.field(description="5 to 1000.")
    minimum_complaints: int = strawberry.field(description="2 to 1000.")
    minimum_lift_percent: int = strawberry.field(description="1 to 100.")
    learning_hours: int = strawberry.field(description="0 to 672.")
    moderate_surprise: int = strawberry.field(description="2 to 100.")
    serious_surprise: int = strawberry.field(description="2 to 200.")
    critical_surprise: int = strawberry.field(description="2 to 300.")
    serious_messages: int = strawberry.field(description="1 to 10000.")
    critical_messages: int = strawberry.field(description="1 to 100000.")
    acknowledge_minutes: int = strawberry.field(description="1 to 1440.")
    calm_minutes: int = strawberry.field(description="10 to 1440.")
    keep_counts_days: int = strawberry.field(description="7 to 366.")
    plan: list[OpinionPlanTaskInput] = strawberry.field(
        description="Up to 30 lines; empty: the plan that comes with the product."
    )
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class OpinionPolicyUpdatePayload(Payload):
    policy: OpinionPolicy | None = strawberry.field(description="The new policy.", default=None)


@strawberry.type
class OpinionMutations:
    @mutation("Takes care of an opinion incident (响应舆情); the first to do so is kept.")
    async def opinion_incident_acknowledge(
        self, info: Info, input: Input[OpinionIncidentAcknowledgeInput]
    ) -> OpinionIncidentAcknowledgePayload | None:
        request = opinions_pb2.AcknowledgeOpinionIncidentRequest(incident_id=_uuid(input.opinion_incident))
        answer = await info.context.clients.opinions.AcknowledgeOpinionIncident(request)
        return OpinionIncidentAcknowledgePayload(incident=OpinionIncident.of(answer.incident))

    @mutation("Tells that a step of the emergency plan was carried out (完成预案步骤).")
    async def opinion_plan_step_complete(
        self, info: Info, input: Input[OpinionPlanStepCompleteInput]
    ) -> OpinionPlanStepCompletePayload | None:
        request = opinions_pb2.CompleteOpinionPlanStepRequest(
            incident_id=_uuid(input.opinion_incident), number=input.number, note=input.note
        )
        answer = await info.context.clients.opinions.CompleteOpinionPlanStep(request)
        return OpinionPlanStepCompletePayload(incident=OpinionIncident.of(answer.incident))

    @mutation("Ends an opinion incident with its review (关闭并复盘), or reviews one that closed itself.")
    async def opinion_incident_close(
        self, info: Info, input: Input[OpinionIncidentCloseInput]
    ) -> OpinionIncidentClosePayload | None:
        request = opinions_pb2.CloseOpinionIncidentRequest(
            incident_id=_uuid(input.opinion_incident), cause=input.cause, measures=input.measures
        )
        answer = await info.context.clients.opinions.CloseOpinionIncident(request)
        return OpinionIncidentClosePayload(incident=OpinionIncident.of(answer.incident))

    @mutation("Replaces the policy of the watch on opinion.")
    async def opinion_policy_update(
        self, info: Info, input: Input[OpinionPolicyUpdateInput]
    ) -> OpinionPolicyUpdatePayload | None:
        policy = opinions_pb2.OpinionPolicy(
            negative_from_percent=input.negative_from_percent,
            short_window_minutes=input.short_window_minutes,
            long_window_minutes=input.long_window_minutes,
            minimum_messages=input.minimum_messages,
            minimum_complaints=input.minimum_complaints,
            minimum_lift_percent=input.minimum_lift_percent,
            learning_hours=input.learning_hours,
            moderate_surprise=input.moderate_surprise,
            serious_surprise=input.serious_surprise,
            critical_surprise=input.critical_surprise,
            serious_messages=input.serious_messages,
            critical_messages=input.critical_messages,
            acknowledge_minutes=input.acknowledge_minutes,
            calm_minutes=input.calm_minutes,
            keep_counts_days=input.keep_counts_days,
            plan=[
                opinions_pb2.OpinionPlanTask(
                    severity=number(task.severity),
                    role=number(task.role),
                    text=task.text,
                    minutes=task.minutes,
                )
                for task in input.plan
            ],
        )
        answer = await info.context.clients.opinions.UpdateOpinionPolicy(
            opinions_pb2.UpdateOpinionPolicyRequest(policy=policy, expected_version=input.expected_version)
        )
        return OpinionPolicyUpdatePayload(policy=OpinionPolicy.of(answer.policy))


def _uuid(incident: strawberry.ID) -> str:
    return uuid_of(incident, "OpinionIncident", "opinionIncident")
