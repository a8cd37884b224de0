"""The watch on opinion as the others see it: through the running service."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.tenants import register
from chassis.testbed.waiting import until
from chassis.timestamps import timestamp
from quanzi.risk.v1 import opinions_pb2 as pb

from .door import FIRST, Door, activity, as_caller, refusal


async def listed(door: Door) -> list[pb.OpinionIncident]:
    request = pb.ListOpinionIncidentsRequest(page=FIRST)
    return list((await door.opinions.ListOpinionIncidents(request)).incidents)


@pytest.fixture
async def _judged_from_the_start(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    with as_caller(tenant_id):
        policy = (await door.opinions.GetOpinionPolicy(pb.GetOpinionPolicyRequest())).policy
        policy.learning_hours = 0
        await door.opinions.UpdateOpinionPolicy(pb.UpdateOpinionPolicyRequest(policy=policy))


@pytest.mark.usefixtures("_judged_from_the_start")
async def test_an_incident_from_messages_to_its_review(door: Door, tenant_id: UUID) -> None:
    group_id, before = new_id(), datetime.now(UTC) - timedelta(minutes=10)
    angry = [
        activity(
            f"质量太差了，用了{number}次就坏了，我要投诉",
            group_id=str(group_id),
            occurred_at=timestamp(before),
        )
        for number in range(40)
    ]
    await door.send(tenant_id, angry)
    with as_caller(tenant_id):
        found = await until(lambda: listed(door), lambda found: len(found) == 2, "two incidents")
        [it] = [it for it in found if it.group_id == str(group_id)]
        assert it.status == pb.OPINION_INCIDENT_STATUS_OPEN
        assert it.complaints == 40
        assert it.plan
        assert len(it.samples) == 5
        ask = pb.AcknowledgeOpinionIncidentRequest(incident_id=it.id)
        taken = (await door.opinions.AcknowledgeOpinionIncident(ask)).incident
        assert taken.acknowledged_by == "moderator-1"
        done = pb.CompleteOpinionPlanStepRequest(incident_id=it.id, number=1, note="已安抚")
        assert (await door.opinions.CompleteOpinionPlanStep(done)).incident.plan[0].done_by == "moderator-1"
        done.number = 99
        assert await refusal(door.opinions.CompleteOpinionPlanStep(done)) == ("PLAN_STEP_NOT_FOUND", "number")
        close = pb.CloseOpinionIncidentRequest(incident_id=it.id, cause="批次问题", measures="下架")
        closed = (await door.opinions.CloseOpinionIncident(close)).incident
        assert closed.status == pb.OPINION_INCIDENT_STATUS_CLOSED
        assert await refusal(door.opinions.AcknowledgeOpinionIncident(ask)) == (
            "OPINION_INCIDENT_CLOSED",
            "incident_id",
        )
        series = pb.GetOpinionSeriesRequest(
            group_id=str(group_id),
            since=timestamp(before - timedelta(minutes=5)),
            until=timestamp(before + timedelta(minutes=10)),
            step_minutes=5,
        )
        points = (await door.opinions.GetOpinionSeries(series)).points
        assert sum(point.complaints for point in points) == 40
        unknown = pb.AcknowledgeOpinionIncidentRequest(incident_id=str(new_id()))
        assert await refusal(door.opinions.AcknowledgeOpinionIncident(unknown)) == (
            "OPINION_INCIDENT_NOT_FOUND",
            "incident_id",
        )
        published = await until(
            lambda: door.published(tenant_id),
            lambda found: found["opinion_incident.closed"] == 1,
            "the closing",
        )
    assert published["opinion_incident.opened"] == 2
    assert published["opinion_incident.acknowledged"] == 1
    with as_caller(new_id()):
        assert await listed(door) == []
