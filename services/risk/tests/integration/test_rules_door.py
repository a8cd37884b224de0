"""Rules as their callers see them: a real process, real gRPC, real activities."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.tenants import register
from chassis.testbed.waiting import clear_of_midnight, eventually
from chassis.timer_loop import TimerLoop
from quanzi.inbound.v1.activity_pb2 import ACTIVITY_KIND_LIKE, ACTIVITY_KIND_ORDER_PAID, ACTIVITY_KIND_UGC
from quanzi.risk.v1 import rules_pb2 as pb
from quanzi.risk.v1 import screening_pb2, violations_pb2
from risk.application.ports import Transactions
from risk.entrypoints.timers import TIMERS

from ..samples import ADVERT
from .conftest import StartDoor
from .door import FIRST, Door, activity, as_caller, refusal

ADVERTS = pb.Rule(
    key="ads",
    title="禁止广告",
    enabled=True,
    mandatory=pb.MandatoryConditions(
        categories=[screening_pb2.RISK_CATEGORY_ADVERT],
        least_verdict=screening_pb2.VERDICT_BLOCK,
        ladder=[violations_pb2.LADDER_ACTION_MUTE],
        points=20,
    ),
)


@pytest.fixture
async def door(open_door: StartDoor) -> Door:
    return open_door()


async def balance(door: Door, member_id: UUID) -> int:
    request = pb.BatchGetPointBalancesRequest(member_ids=[str(member_id)])
    [found] = (await door.rules.BatchGetPointBalances(request)).balances
    return found.points


async def test_rules_from_their_change_to_points_and_back(
    door: Door, database: Database, sql_transactions: Transactions, tenant_id: UUID
) -> None:
    await clear_of_midnight("Asia/Shanghai")
    await register(database, tenant_id)
    member_id, group_id = new_id(), new_id()
    here = {"member_id": str(member_id), "group_id": str(group_id)}
    with as_caller(tenant_id, "admin"):
        shipped = (await door.rules.GetRuleSet(pb.GetRuleSetRequest())).rule_set
        assert (shipped.version, len(shipped.rules)) == (0, 8)
        update = pb.UpdateRuleSetRequest(rules=[ADVERTS, *shipped.rules], reminder_minutes=30)
        changed = (await door.rules.UpdateRuleSet(update)).rule_set
        assert (changed.version, changed.changed_by, changed.rules[0]) == (1, "moderator-1", ADVERTS)
        assert await refusal(door.rules.UpdateRuleSet(update)) == ("STALE_VERSION", "expected_version")
        listed = await door.rules.ListRuleSets(pb.ListRuleSetsRequest(page=FIRST))
        assert list(listed.rule_sets) == [changed]

        sent = [
            activity("面膜真好用", kind=ACTIVITY_KIND_UGC, **here),
            activity("", kind=ACTIVITY_KIND_LIKE, **here),
            activity("", kind=ACTIVITY_KIND_LIKE, **(here | {"group_id": ""})),
            activity("", kind=ACTIVITY_KIND_ORDER_PAID, **here),
            activity(ADVERT, **here),
        ]
        for _ in range(2):
            await door.send(tenant_id, sent)
        await eventually(lambda: balance(door, member_id), 10 + 1 - 20)
        entries = pb.ListPointEntriesRequest(page=FIRST, member_id=str(member_id))
        assert len((await door.rules.ListPointEntries(entries)).entries) == 3
        undo = pb.ReversePointsRequest(activity_id=sent[0].activity_id)
        first = await door.rules.ReversePoints(undo)
        assert await door.rules.ReversePoints(undo) == first
        assert [entry.points for entry in first.entries] == [-10]

        [violation], [task] = await door.opened(), await door.tasks()
        assert (violation.rule, task.mute_hours) == ("ads", 24)
        assign = pb.AssignModeratorTaskRequest(task_id=task.id, assignee="bob")
        assert (await door.rules.AssignModeratorTask(assign)).task.assignee == "bob"
        at = datetime.now(UTC) + timedelta(minutes=31)
        loop = TimerLoop(database, sql_transactions, TIMERS, clock=lambda: at)
        while await loop.fire_due():
            pass
        [reminded] = await door.tasks()
        assert reminded.HasField("reminded_at")
        confirm = violations_pb2.ConfirmModeratorTaskRequest(idempotency_key="k", task_id=task.id)
        confirmed = (await door.violations.ConfirmModeratorTask(confirm)).task
        assert confirmed.muted_until.seconds == confirmed.confirmed_at.seconds + 24 * 3600

        reversal = violations_pb2.AppealViolationRequest(
            idempotency_key="a", violation_id=violation.id, reason="误判"
        )
        await door.violations.AppealViolation(reversal)
        review = violations_pb2.ReviewViolationRequest(
            idempotency_key="r", violation_id=violation.id, stands=False
        )
        await door.violations.ReviewViolation(review)
        assert await balance(door, member_id) == 1
        [lifted] = await door.tasks()
        assert lifted.muted_until.seconds < confirmed.muted_until.seconds

        today = datetime.now(UTC).date()
        period = {"from_date": str(today - timedelta(days=2)), "to_date": str(today + timedelta(days=2))}
        series = pb.ListResponseTimesRequest(**period, grain=pb.RESPONSE_GRAIN_DAY, by=pb.RESPONDER_MODERATOR)
        [point] = (await door.rules.ListResponseTimes(series)).points
        assert (point.responder, point.times.handled) == ("moderator-1", 1)
        compare = pb.CompareResponseTimesRequest(date=str(today - timedelta(days=5)), days=9, by=1)
        [compared] = (await door.rules.CompareResponseTimes(compare)).comparisons
        assert (compared.before.violations, compared.after.handled) == (0, 1)
        assert not compared.HasField("change")

        told = await door.published(tenant_id)
        for kind, count in {
            "rule_set.changed": 1,
            "member.points_awarded": 2,
            "member.points_deducted": 1,
            "moderator_task.assigned": 1,
        }.items():
            assert told[kind] == count, kind
        await eventually(lambda: _told(door, tenant_id), (2, 1))


async def _told(door: Door, tenant_id: UUID) -> tuple[int, int]:
    told = await door.published(tenant_id)
    return told["member.points_reversed"], told["moderator_task.reminded"]


async def test_a_group_with_rules_of_its_own(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    group_id = str(new_id())
    allowed = [
        pb.Rule(key=key, title="本群不限", enabled=False, mandatory=ADVERTS.mandatory)
        for key in ("no_malicious_marketing", "no_sensitive_content")
    ]
    with as_caller(tenant_id, "admin"):
        update = pb.UpdateGroupRulesRequest(group_id=group_id, rules=allowed)
        changed = (await door.rules.UpdateGroupRules(update)).group_rules
        assert (changed.version, list(changed.overrides)) == (1, allowed)
        assert len(changed.in_force) == 8
        asked = await door.rules.GetGroupRules(pb.GetGroupRulesRequest(group_id=group_id))
        assert asked.group_rules == changed

        await door.send(tenant_id, [activity(ADVERT, group_id=group_id), activity(ADVERT)])

        async def violations() -> int:
            return len(await door.opened())

        await eventually(violations, 1)
        restored = "no_malicious_marketing"
        preview = pb.PreviewRulesRequest(rules=[ADVERTS], group_id=group_id, days=7)
        answer = await door.rules.PreviewRules(preview)
        assert (answer.messages, answer.more, answer.samples[0].after) == (1, 1, restored)
        assert [(it.rule, it.before, it.after) for it in answer.counts] == [(restored, 0, 1)]


async def test_what_is_refused(door: Door, tenant_id: UUID) -> None:
    joined = pb.Rule(
        key="join",
        title="入群",
        enabled=True,
        encouraged=pb.EncouragedConditions(kinds=[1], points=1, daily_limit=1),
    )
    nothing = pb.Rule(key="none", title="空", enabled=True, flexible=pb.FlexibleConditions(daily_quota=1))
    with as_caller(tenant_id, "admin"):
        for rules, field in (
            ([ADVERTS, joined], "rules[1].encouraged.kinds"),
            ([nothing], "rules[0].flexible.words"),
            ([ADVERTS, ADVERTS], "rules[1].key"),
        ):
            update = pb.UpdateRuleSetRequest(rules=rules)
            assert await refusal(door.rules.UpdateRuleSet(update)) == ("INVALID_RULE", field)
        unknown = pb.AssignModeratorTaskRequest(task_id=str(new_id()))
        assert await refusal(door.rules.AssignModeratorTask(unknown)) == (
            "MODERATOR_TASK_NOT_FOUND",
            "task_id",
        )
        period = pb.CompareResponseTimesRequest(date="gestern", days=1, by=1)
        assert await refusal(door.rules.CompareResponseTimes(period)) == ("INVALID_PERIOD", "date")
    with as_caller(tenant_id, "moderator"):
        reason, _ = await refusal(door.rules.UpdateRuleSet(pb.UpdateRuleSetRequest()))
        assert reason == "NOT_ALLOWED"
