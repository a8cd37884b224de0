"""OpinionService: translate, open one transaction, call one use case, translate back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from chassis.timestamps import moment
from quanzi.risk.v1 import opinions_pb2 as pb
from quanzi.risk.v1.opinions_pb2_grpc import OpinionServiceServicer
from risk.application.acknowledge_incident import acknowledge_incident
from risk.application.close_incident import close_incident
from risk.application.complete_plan_step import complete_plan_step
from risk.application.plot_opinion import Plot, plot_opinion
from risk.application.ports import Transactions, UnitOfWork
from risk.application.read_incidents import read_incidents
from risk.application.update_opinion_policy import update_opinion_policy
from risk.domain.opinion_counts import EVERYWHERE
from risk.domain.opinion_incident import Incident, IncidentStatus, Review
from risk.entrypoints.opinions_wire import (
    incident_to_wire,
    opinion_policy_of,
    opinion_policy_to_wire,
    points_to_wire,
)

Context = grpc.aio.ServicerContext[Any, Any]


class OpinionsRpc(OpinionServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def ListOpinionIncidents(
        self, request: pb.ListOpinionIncidentsRequest, context: Context
    ) -> pb.ListOpinionIncidentsResponse:
        statuses = [IncidentStatus(status) for status in request.statuses]
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.opinion_incidents.page(
                PageRequest.of(request.page), statuses, optional_id(request.group_id)
            )
            files = await read_incidents(uow, page.items)
        return pb.ListOpinionIncidentsResponse(
            incidents=[incident_to_wire(file) for file in files], page_info=page.info()
        )

    async def BatchGetOpinionIncidents(
        self, request: pb.BatchGetOpinionIncidentsRequest, context: Context
    ) -> pb.BatchGetOpinionIncidentsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.opinion_incidents.many([UUID(incident_id) for incident_id in request.ids])
            files = await read_incidents(uow, found)
        return pb.BatchGetOpinionIncidentsResponse(incidents=[incident_to_wire(file) for file in files])

    async def AcknowledgeOpinionIncident(
        self, request: pb.AcknowledgeOpinionIncidentRequest, context: Context
    ) -> pb.AcknowledgeOpinionIncidentResponse:
        identity = caller()
        async with self._transactions(identity.tenant_id) as uow:
            incident = await acknowledge_incident(
                uow, UUID(request.incident_id), identity.subject, self._clock()
            )
            return pb.AcknowledgeOpinionIncidentResponse(incident=await _to_wire(uow, incident))

    async def CompleteOpinionPlanStep(
        self, request: pb.CompleteOpinionPlanStepRequest, context: Context
    ) -> pb.CompleteOpinionPlanStepResponse:
        identity, incident_id = caller(), UUID(request.incident_id)
        async with self._transactions(identity.tenant_id) as uow:
            incident = await complete_plan_step(
                uow, incident_id, request.number, identity.subject, request.note, self._clock()
            )
            return pb.CompleteOpinionPlanStepResponse(incident=await _to_wire(uow, incident))

    async def CloseOpinionIncident(
        self, request: pb.CloseOpinionIncidentRequest, context: Context
    ) -> pb.CloseOpinionIncidentResponse:
        identity, review = caller(), Review(request.cause, request.measures)
        async with self._transactions(identity.tenant_id) as uow:
            incident = await close_incident(
                uow, UUID(request.incident_id), identity.subject, review, self._clock()
            )
            return pb.CloseOpinionIncidentResponse(incident=await _to_wire(uow, incident))

    async def GetOpinionSeries(
        self, request: pb.GetOpinionSeriesRequest, context: Context
    ) -> pb.GetOpinionSeriesResponse:
        scope_id = optional_id(request.group_id) or EVERYWHERE
        step = timedelta(minutes=request.step_minutes)
        plot = Plot(scope_id, moment(request.since), moment(request.until), step)
        async with self._transactions(caller().tenant_id) as uow:
            return pb.GetOpinionSeriesResponse(points=points_to_wire(await plot_opinion(uow, plot)))

    async def GetOpinionPolicy(
        self, request: pb.GetOpinionPolicyRequest, context: Context
    ) -> pb.GetOpinionPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            policy = await uow.opinion_policies.current()
        return pb.GetOpinionPolicyResponse(policy=opinion_policy_to_wire(policy))

    async def UpdateOpinionPolicy(
        self, request: pb.UpdateOpinionPolicyRequest, context: Context
    ) -> pb.UpdateOpinionPolicyResponse:
        policy = opinion_policy_of(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            updated = await update_opinion_policy(uow, policy, request.expected_version, self._clock())
        return pb.UpdateOpinionPolicyResponse(policy=opinion_policy_to_wire(updated))


async def _to_wire(uow: UnitOfWork, incident: Incident) -> pb.OpinionIncident:
    [file] = await read_incidents(uow, [incident])
    return incident_to_wire(file)
