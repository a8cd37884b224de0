"""Indicators and alerts as clients see them: the running service, its timers and its refusals."""

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.json_format import MessageToJson
from nats.js import JetStreamContext

from chassis.cloudevents import CloudEvent
from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.waiting import clear_of_midnight, eventually
from chassis.timestamps import timestamp
from quanzi.paging.v1.paging_pb2 import PageRequest
from quanzi.segmentation.v1 import alerts_pb2, groups_pb2
from quanzi.segmentation.v1 import indicators_pb2 as pb
from quanzi.segmentation.v1.alerts_pb2_grpc import AlertServiceStub
from quanzi.tenancy.v1.events_pb2 import TenantRegistered
from segmentation.domain.activity import ActivityKind as Kind

from ..samples import NOW, Act, Brand, days
from .door import Door, as_caller, publish, refusal
from .test_process import count

FIRST_TEN = PageRequest(first=10)


@pytest.fixture(autouse=True)
async def _one_day() -> None:
    """The process takes its day from the clock."""
    await clear_of_midnight("Asia/Shanghai")


def dates(first: int, last: int) -> dict[str, str]:
    """Days ago in Shanghai, as the fields of a request."""
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    return {
        "from_date": (today - timedelta(days=first)).isoformat(),
        "to_date": (today - timedelta(days=last)).isoformat(),
    }


async def told(door: Door, database: Database, jetstream: JetStreamContext, brand: Brand) -> None:
    """A group of twelve that has been there for ten days, and hardly speaks."""
    shift = NOW - datetime.now(UTC)  # the process lives now
    acts = [Act(Kind.JOINED, f"m{number}", shift + days(10)) for number in range(12)]
    acts += [Act(Kind.MESSAGE, "m1", shift + days(2)), Act(Kind.CLICK, "m1", shift + days(2))]
    await door.groups.RegisterGroup(groups_pb2.RegisterGroupRequest(external_reference="tea", name="茶友"))
    await publish(jetstream, brand, acts)
    await eventually(lambda: count(database, brand, "select count(*) from activities"), 14)


async def test_what_a_screen_asks_for(
    door: Door, jetstream: JetStreamContext, database: Database, brand: Brand
) -> None:
    group_ids = [str(brand.group())]
    with as_caller(brand):
        await told(door, database, jetstream, brand)
        asked = pb.BatchGetGroupIndicatorsRequest(group_ids=group_ids, **dates(6, 0), compare=True)
        [measured] = (await door.indicators.BatchGetGroupIndicators(asked)).groups
        assert (measured.from_date, measured.to_date) == tuple(dates(6, 0).values())
        messages, *_, invites = measured.indicators
        assert (messages.numerator, messages.denominator, messages.previous_value) == (1, 7, 0)
        assert messages.HasField("previous_value")
        assert not messages.HasField("change")
        assert not invites.HasField("value")
        assert invites.status == pb.INDICATOR_STATUS_UNKNOWN
        assert measured.at_risk_of_leaving

        tenant = await door.indicators.GetTenantIndicators(pb.GetTenantIndicatorsRequest(**dates(6, 0)))
        assert (tenant.groups, tenant.indicators.group_id) == (1, "")
        assert [it.numerator for it in tenant.indicators.indicators] == [
            it.numerator for it in measured.indicators
        ]
        series = pb.BatchGetIndicatorSeriesRequest(group_ids=group_ids, **dates(6, 0), grain=pb.GRAIN_DAY)
        points = (await door.indicators.BatchGetIndicatorSeries(series)).points
        assert [point.indicators[0].numerator for point in points] == [0, 0, 0, 0, 1, 0, 0]
        assert {point.from_date == point.to_date for point in points} == {True}

        cohorts = pb.GetCohortsRequest(group_ids=group_ids, **dates(10, 10), days=[7, 1])
        [cohort] = (await door.indicators.GetCohorts(cohorts)).cohorts
        assert (cohort.joined, [(it.day, it.rate) for it in cohort.cells]) == (12, [(1, 1.0), (7, 1.0)])
        funnel = await door.indicators.GetFunnel(pb.GetFunnelRequest(**dates(6, 0)))
        assert [(it.kind, it.members) for it in funnel.steps] == [(1, 0), (2, 0), (3, 0)]
        league = await door.indicators.GetLeague(
            pb.GetLeagueRequest(kind=pb.INDICATOR_KIND_MESSAGES_PER_DAY, **dates(6, 0), first=5)
        )
        assert (league.groups, [(it.rank, it.group_id) for it in league.rows]) == (1, [(1, group_ids[0])])
        assert league.rows[0].previous_rank == 1


async def test_thresholds_and_alerts(
    door: Door, jetstream: JetStreamContext, database: Database, brand: Brand
) -> None:
    """Alerts open as soon as the thresholds change; what is done to them is told."""
    alerts = AlertServiceStub(door.channel)
    with as_caller(brand):
        await told(door, database, jetstream, brand)
        policy = (await door.indicators.GetIndicatorPolicy(pb.GetIndicatorPolicyRequest())).policy
        assert (policy.version, policy.alert_window_days, len(policy.thresholds)) == (0, 7, 8)
        policy.alert_window_days = 0
        policy.risk_messages_per_member = 4
        update = pb.UpdateIndicatorPolicyRequest(policy=policy)
        saved = (await door.indicators.UpdateIndicatorPolicy(update)).policy
        assert (saved.version, saved.alert_window_days) == (1, 7)
        own = pb.GetIndicatorPolicyRequest(group_id=str(brand.group()))
        assert (await door.indicators.GetIndicatorPolicy(own)).policy == saved

        async def topics() -> set[tuple[int, int]]:
            found = await alerts.ListAlerts(alerts_pb2.ListAlertsRequest(page=FIRST_TEN))
            return {(it.kind, it.indicator) for it in found.alerts}

        await eventually(topics, {(1, 1), (1, 2), (2, 0)})
        at_risk = alerts_pb2.ListAlertsRequest(page=FIRST_TEN, kind=alerts_pb2.ALERT_KIND_AT_RISK_OF_LEAVING)
        [alert] = (await alerts.ListAlerts(at_risk)).alerts
        assert (alert.numerator, alert.denominator, alert.healthy_from) == (1, 12, 4)
        assert "流失" in alert.direction
        assert (alert.from_date, alert.to_date) == tuple(dates(7, 1).values())

        mine = alerts_pb2.AcknowledgeAlertRequest(id=alert.id, note="今晚开话题")
        acknowledged = (await alerts.AcknowledgeAlert(mine)).alert
        assert (acknowledged.status, acknowledged.acknowledged_by) == (2, "operator-1")
        until = timestamp(datetime.now(UTC) + timedelta(seconds=5))
        snoozed = (await alerts.SnoozeAlert(alerts_pb2.SnoozeAlertRequest(id=alert.id, until=until))).alert
        assert snoozed.status == alerts_pb2.ALERT_STATUS_SNOOZED

        async def status() -> int:
            [found] = (await alerts.BatchGetAlerts(alerts_pb2.BatchGetAlertsRequest(ids=[alert.id]))).alerts
            return found.status

        await eventually(status, alerts_pb2.ALERT_STATUS_OPEN)
        of_groups = alerts_pb2.BatchListGroupAlertsRequest(group_ids=[str(brand.group()), str(new_id())])
        assert len((await alerts.BatchListGroupAlerts(of_groups)).alerts) == 3

    async def published() -> dict[str, int]:
        subjects = f"quanzi.{brand.tenant_id}.segmentation.alert.>"
        info = await jetstream.stream_info("EVENTS", subjects_filter=subjects)
        return {name.split(".")[4]: total for name, total in (info.state.subjects or {}).items()}

    await eventually(published, {"opened": 3, "updated": 3})


async def test_refusals(door: Door, brand: Brand) -> None:
    alerts, indicators = AlertServiceStub(door.channel), door.indicators
    unknown, soon = str(new_id()), timestamp(datetime.now(UTC) + timedelta(days=1))
    with as_caller(brand):
        policy = (await indicators.GetIndicatorPolicy(pb.GetIndicatorPolicyRequest())).policy
        stale = pb.UpdateIndicatorPolicyRequest(policy=policy, expected_version=3)
        stale.policy.risk_minimum_members = 5
        few = pb.UpdateIndicatorPolicyRequest(policy=policy)
        del few.policy.thresholds[-1]
        twice = pb.UpdateIndicatorPolicyRequest(policy=policy)
        twice.policy.thresholds.append(policy.thresholds[0])
        long = {"from_date": "2025-01-01", "to_date": "2025-12-31"}
        calls: list[tuple[Awaitable[object], tuple[str, str | None]]] = [
            (indicators.UpdateIndicatorPolicy(stale), ("STALE_VERSION", "expected_version")),
            (indicators.UpdateIndicatorPolicy(few), ("INVALID_POLICY", "policy.thresholds")),
            (indicators.UpdateIndicatorPolicy(twice), ("INVALID_POLICY", "policy.thresholds")),
            (
                indicators.RemoveGroupIndicatorPolicy(pb.RemoveGroupIndicatorPolicyRequest(group_id=unknown)),
                ("GROUP_NOT_FOUND", "group_id"),
            ),
            (
                indicators.BatchGetIndicatorSeries(
                    pb.BatchGetIndicatorSeriesRequest(**long, grain=pb.GRAIN_DAY)
                ),
                ("INVALID_WINDOW", "to_date"),
            ),
            (
                indicators.GetCohorts(pb.GetCohortsRequest(from_date="2024-01-01", to_date="2025-12-31")),
                ("INVALID_WINDOW", "to_date"),
            ),
            (
                indicators.GetTenantIndicators(
                    pb.GetTenantIndicatorsRequest(from_date="2025-02-29", to_date="2025-03-01")
                ),
                ("INVALID_WINDOW", "from_date"),
            ),
            (
                indicators.GetTenantIndicators(
                    pb.GetTenantIndicatorsRequest(from_date="2025-03-01", to_date="9999-12-31")
                ),
                ("INVALID_WINDOW", "to_date"),
            ),
            (
                alerts.AcknowledgeAlert(alerts_pb2.AcknowledgeAlertRequest(id=unknown)),
                ("ALERT_NOT_FOUND", "id"),
            ),
            (
                alerts.SnoozeAlert(alerts_pb2.SnoozeAlertRequest(id=unknown, until=soon)),
                ("ALERT_NOT_FOUND", "id"),
            ),
            (
                alerts.ListAlerts(
                    alerts_pb2.ListAlertsRequest(page=PageRequest(first=5, after="bm9uc2Vuc2U"))
                ),
                ("INVALID_CURSOR", "after"),
            ),
        ]
        for call, expected in calls:
            assert await refusal(call) == expected
    with as_caller(brand, "moderator"):
        update = indicators.UpdateIndicatorPolicy(pb.UpdateIndicatorPolicyRequest(policy=policy))
        assert (await refusal(update))[0] == "NOT_ALLOWED"


async def test_a_tenant_moves_to_another_zone(
    door: Door, jetstream: JetStreamContext, database: Database, brand: Brand
) -> None:
    """Half past midnight in Shanghai is the day before in New York."""
    night = (datetime.now(UTC) - timedelta(days=3)).replace(hour=16, minute=30)
    with as_caller(brand):
        await publish(jetstream, brand, [Act(Kind.MESSAGE, "li", NOW - night)])
        await eventually(lambda: count(database, brand, "select count(*) from activities"), 1)
        asked = pb.BatchListDailyFactsRequest(group_ids=[str(brand.group())], **dates(10, 0))

        async def days_with_facts() -> list[tuple[str, int]]:
            facts = (await door.indicators.BatchListDailyFacts(asked)).facts
            return [(it.date, it.messages) for it in facts if it.messages]

        assert await days_with_facts() == [((night + timedelta(hours=8)).date().isoformat(), 1)]
        registered = TenantRegistered(
            tenant_id=str(brand.tenant_id),
            slug="brand",
            name="茶",
            time_zone="America/New_York",
            currency="CNY",
        )
        await jetstream.publish(*registration(brand, registered))
        await eventually(days_with_facts, [(night.date().isoformat(), 1)])


def registration(
    brand: Brand, registered: TenantRegistered
) -> tuple[str, bytes, float, None, dict[str, str]]:
    name = "quanzi.gateway.tenant.registered.v1"
    cloud_event = CloudEvent(
        id=str(new_id()),
        source="/gateway",
        type=name,
        subject=registered.tenant_id,
        time=datetime.now(UTC),
        schema=registered.DESCRIPTOR.full_name,
        partition_key=registered.tenant_id,
        sequence=1,
        tenant_id=brand.tenant_id,
        data=MessageToJson(registered).encode(),
    )
    subject = name.replace("quanzi.", f"quanzi.{brand.tenant_id}.", 1)
    return subject, cloud_event.data, 60.0, None, cloud_event.headers()
