"""The service as its callers see it: a real process, real gRPC, real messages."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.tenants import register
from chassis.testbed.waiting import eventually
from chassis.timer_loop import TimerLoop
from chassis.timestamps import timestamp
from quanzi.inbound.v1.activity_pb2 import ACTIVITY_KIND_LIKE, ACTIVITY_KIND_UGC
from quanzi.paging.v1.paging_pb2 import PageRequest
from quanzi.risk.v1 import lexicon_pb2, screening_pb2, violations_pb2
from quanzi.risk.v1.screening_pb2 import VERDICT_ALLOW, VERDICT_BLOCK
from risk.application.ports import Transactions
from risk.entrypoints.timers import TIMERS

from ..samples import ADVERT
from .conftest import StartDoor
from .door import FIRST, Door, activity, as_caller, refusal


async def violated(door: Door, tenant_id: UUID) -> violations_pb2.ModeratorTask:
    """The task of a violation opened by one advert."""
    await door.send(tenant_id, [activity(ADVERT)])

    async def count() -> int:
        return len(await door.tasks())

    await eventually(count, 1)
    return (await door.tasks())[0]


async def test_from_an_advert_to_a_confirmed_task(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    with as_caller(tenant_id, "moderator"):
        old = timestamp(datetime.now(UTC) - timedelta(days=400))
        await door.send(
            tenant_id,
            [
                activity("今天的面膜很好用"),
                activity("", kind=ACTIVITY_KIND_LIKE),
                activity(ADVERT, occurred_at=old),
                activity("有人做兼职吗", kind=ACTIVITY_KIND_UGC),
            ],
        )
        task = await violated(door, tenant_id)
        (violation,) = await door.opened()
        assert violation.category == screening_pb2.RISK_CATEGORY_ADVERT
        assert "wx_88888" not in violation.masked_text
        assert (task.violation_id, task.action) == (violation.id, violations_pb2.LADDER_ACTION_WARN)
        decided = await door.screening.ListDecisions(
            screening_pb2.ListDecisionsRequest(page=PageRequest(first=10, count_total=True))
        )
        assert decided.page_info.total_count == 4
        assert {
            decision.masked_text for decision in decided.decisions if decision.verdict == VERDICT_ALLOW
        } == {""}

        request = violations_pb2.ConfirmModeratorTaskRequest(idempotency_key="k1", task_id=task.id)
        answers = [(await door.violations.ConfirmModeratorTask(request)).task for _ in range(3)]
        request.idempotency_key = "k2"
        answers.append((await door.violations.ConfirmModeratorTask(request)).task)
        assert all(answer == answers[0] for answer in answers)
        assert answers[0].confirmed_by == "moderator-1"
        (handled,) = await door.opened()
        assert handled.status == violations_pb2.VIOLATION_STATUS_HANDLED
        await eventually(
            lambda: _told(door, tenant_id),
            {
                "message.flagged": 2,
                "member.points_awarded": 2,
                "violation.opened": 1,
                "moderator_task.created": 1,
                "violation.handled": 1,
            },
        )


async def _told(door: Door, tenant_id: UUID) -> dict[str, int]:
    """Of messages and violations: which messages are drawn as samples is up to chance."""
    published = await door.published(tenant_id)
    return {kind: count for kind, count in published.items() if not kind.startswith("case.")}


async def test_an_appeal_that_is_upheld(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id):
        task = await violated(door, tenant_id)
        appeal = violations_pb2.AppealViolationRequest(
            idempotency_key="a1", violation_id=task.violation_id, reason="不是我发的"
        )
        for _ in range(2):
            appealed = (await door.violations.AppealViolation(appeal)).violation
            assert appealed.status == violations_pb2.VIOLATION_STATUS_APPEALED
        appeal.idempotency_key = "a2"
        assert await refusal(door.violations.AppealViolation(appeal)) == (
            "VIOLATION_NOT_APPEALABLE",
            "violation_id",
        )
        appeal.reason = "别的理由"
        appeal.idempotency_key = "a1"
        assert (await refusal(door.violations.AppealViolation(appeal)))[0] == "IDEMPOTENCY_KEY_REUSED"
        review = violations_pb2.ReviewViolationRequest(
            idempotency_key="r1", violation_id=task.violation_id, stands=False
        )
        reviewed = (await door.violations.ReviewViolation(review)).violation
        assert reviewed.status == violations_pb2.VIOLATION_STATUS_REVERSED
        confirm = violations_pb2.ConfirmModeratorTaskRequest(idempotency_key="c1", task_id=task.id)
        assert await refusal(door.violations.ConfirmModeratorTask(confirm)) == (
            "MODERATOR_TASK_CANCELLED",
            "task_id",
        )


async def test_a_deadline_that_passes_is_told(
    door: Door, tenant_id: UUID, database: Database, sql_transactions: Transactions
) -> None:
    with as_caller(tenant_id):
        task = await violated(door, tenant_id)
        later = task.due_at.ToDatetime(UTC) + timedelta(seconds=1)
        loop = TimerLoop(database, sql_transactions, TIMERS, clock=lambda: later)
        while await loop.fire_due():
            pass
        assert (await door.tasks())[0].status == violations_pb2.MODERATOR_TASK_STATUS_OVERDUE

        async def overdue() -> int:
            return (await door.published(tenant_id))["moderator_task.overdue"]

        await eventually(overdue, 1)


async def test_a_lexicon_change_is_live_in_every_replica_at_once(
    door: Door, open_door: StartDoor, tenant_id: UUID
) -> None:
    replicas = [door, open_door()]
    with as_caller(tenant_id):
        for replica in replicas:
            assert await replica.verdict("竞品面膜来了") == VERDICT_ALLOW
        word = lexicon_pb2.LexiconWord(
            word="竞品面膜", category=screening_pb2.RISK_CATEGORY_ADVERT, verdict=VERDICT_BLOCK
        )
        changed = await replicas[0].lexicon.PutWords(lexicon_pb2.PutWordsRequest(words=[word]))
        assert (changed.version, changed.changed) == (2, 1)
        for replica in replicas:
            assert await replica.verdict("竞-品 面*膜来了") == VERDICT_BLOCK
            assert await replica.verdict("谨防竞品") == VERDICT_ALLOW
        await replicas[1].send(tenant_id, [activity("竞品面膜来了")])

        async def opened() -> int:
            return len(await replicas[0].opened())

        await eventually(opened, 1)
        removed = await replicas[1].lexicon.RemoveWords(lexicon_pb2.RemoveWordsRequest(words=["競品面膜"]))
        assert (removed.version, removed.removed) == (3, 1)
        for replica in replicas:
            assert await replica.verdict("竞品面膜来了") == VERDICT_ALLOW
        with as_caller(new_id()):
            assert await replicas[0].verdict("竞品面膜来了") == VERDICT_ALLOW


async def test_words_are_listed_and_bad_ones_refused(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id):
        listed = await door.lexicon.ListWords(
            lexicon_pb2.ListWordsRequest(page=FIRST, category=screening_pb2.RISK_CATEGORY_VIOLENCE)
        )
        assert {word.category for word in listed.words} == {screening_pb2.RISK_CATEGORY_VIOLENCE}
        assert listed.version == 1
        bad = lexicon_pb2.LexiconWord(word="……", category=1, verdict=VERDICT_BLOCK)
        put = lexicon_pb2.PutWordsRequest(words=[bad])
        assert await refusal(door.lexicon.PutWords(put)) == ("INVALID_WORD", "words")


async def test_the_policy_is_changed_by_who_read_it(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id):
        policy = (await door.violations.GetRiskPolicy(violations_pb2.GetRiskPolicyRequest())).policy
        assert (policy.version, policy.flood_messages) == (0, 10)
        policy.flood_messages = 5
        update = violations_pb2.UpdateRiskPolicyRequest(policy=policy, expected_version=0)
        updated = (await door.violations.UpdateRiskPolicy(update)).policy
        assert (updated.version, updated.flood_messages) == (1, 5)
        assert await refusal(door.violations.UpdateRiskPolicy(update)) == (
            "STALE_VERSION",
            "expected_version",
        )


async def test_a_policy_is_tried_before_it_is_in_force(door: Door, tenant_id: UUID) -> None:
    said = [activity(f"早{n}", member_id=str(tenant_id), group_id=str(tenant_id)) for n in range(5)]
    with as_caller(tenant_id):
        policy = (await door.violations.GetRiskPolicy(violations_pb2.GetRiskPolicyRequest())).policy
        policy.flood_messages = 2
        policy.ClearField("copy_groups")
        await door.send(tenant_id, said)
        asked = violations_pb2.PreviewRiskPolicyRequest(policy=policy, days=1)

        async def looked_at() -> int:
            return (await door.violations.PreviewRiskPolicy(asked)).messages

        await eventually(looked_at, 5)
        preview = await door.violations.PreviewRiskPolicy(asked)
        assert preview.complete
        assert [(it.before, it.after, it.messages) for it in preview.changes] == [
            (VERDICT_ALLOW, VERDICT_BLOCK, 3)
        ]
        assert [(it.rule, it.before, it.after) for it in preview.behaviour] == [("flood", 0, 3)]
        assert {it.masked_text for it in preview.samples} <= {it.text for it in said}
        asked.policy.classifier_review_per_mille = 999
        refused = ("INVALID_POLICY", "policy.classifier_review_per_mille")
        assert await refusal(door.violations.PreviewRiskPolicy(asked)) == refused
    with as_caller(tenant_id, "moderator"):
        assert (await refusal(door.violations.PreviewRiskPolicy(asked)))[0] == "NOT_ALLOWED"


async def test_roles_and_tenants_are_kept_apart(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id):
        task = await violated(door, tenant_id)
    confirm = violations_pb2.ConfirmModeratorTaskRequest(idempotency_key="c1", task_id=task.id)
    with as_caller(tenant_id, "operator"):
        assert (await refusal(door.violations.ConfirmModeratorTask(confirm)))[0] == "NOT_ALLOWED"
    with as_caller(new_id()):
        assert await refusal(door.violations.ConfirmModeratorTask(confirm)) == (
            "MODERATOR_TASK_NOT_FOUND",
            "task_id",
        )
        assert await door.opened() == []
