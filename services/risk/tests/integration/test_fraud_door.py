"""Fraud and audits as the gateway sees them: a real process, real gRPC, real activities."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.database import Database
from chassis.ids import derived_id, new_id
from chassis.testbed.tenants import register
from chassis.testbed.waiting import eventually
from chassis.timestamps import timestamp
from quanzi.inbound.v1.activity_pb2 import ACTIVITY_KIND_JOINED
from quanzi.risk.v1 import audits_pb2, cases_pb2, fraud_pb2

from .door import FIRST, Door, activity, as_caller, refusal

LIMING = fraud_pb2.PutStaffMemberRequest(
    userid="liming", names=["李明"], role=fraud_pb2.STAFF_ROLE_CUSTOMER_SERVICE, speaks_for_brand=True
)


async def opened(door: Door, kind: cases_pb2.CaseKind) -> list[cases_pb2.Case]:
    request = cases_pb2.ListCasesRequest(page=FIRST, kind=kind)
    return list((await door.cases.ListCases(request)).cases)


async def test_an_imposter_comes_in(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    with as_caller(tenant_id):
        staff = (await door.fraud.PutStaffMember(LIMING)).staff_member
        assert (await door.fraud.PutStaffMember(LIMING)).staff_member == staff
        joined = activity("", kind=ACTIVITY_KIND_JOINED, member_display_name="李明官方客服")
        themselves = activity(
            "大家好",
            member_id=str(derived_id(tenant_id, "member", "liming")),
            member_display_name="李明",
        )
        await door.send(tenant_id, [themselves, joined])

        async def suspected() -> list[tuple[str, str]]:
            cases = await opened(door, cases_pb2.CASE_KIND_FRAUD_SUSPICION)
            return [(case.member_id, case.masked_text) for case in cases]

        await eventually(suspected, [(joined.member_id, "李明官方客服")])

        async def told() -> tuple[int, int]:
            published = await door.published(tenant_id)
            return published["staff.registered"], published["fraud.imitation_suspected"]

        await eventually(told, (1, 1))
        end = fraud_pb2.EndStaffMemberRequest(staff_id=staff.id)
        assert (await door.fraud.EndStaffMember(end)).staff_member.HasField("left_at")
        everybody = fraud_pb2.ListStaffRequest(page=FIRST, with_left=True)
        assert len((await door.fraud.ListStaff(everybody)).staff) == 1
        assert not (await door.fraud.ListStaff(fraud_pb2.ListStaffRequest(page=FIRST))).staff
    with as_caller(tenant_id, "moderator"):
        assert await refusal(door.fraud.PutStaffMember(LIMING)) == ("NOT_ALLOWED", None)


async def test_talk_of_payment_reminds_the_group(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    group = str(new_id())
    with as_caller(tenant_id, "moderator"):
        await door.send(tenant_id, [activity("私下转账给我更便宜", group_id=group) for _ in range(3)])

        async def due() -> list[str]:
            request = fraud_pb2.ListPaymentRemindersRequest(page=FIRST)
            return [it.group_id for it in (await door.fraud.ListPaymentReminders(request)).reminders]

        await eventually(due, [group])
        assert len(await opened(door, cases_pb2.CASE_KIND_PAYMENT_TALK)) == 3
        request = fraud_pb2.ListPaymentRemindersRequest(page=FIRST)
        [reminder] = (await door.fraud.ListPaymentReminders(request)).reminders
        confirm = fraud_pb2.ConfirmPaymentReminderRequest(reminder_id=reminder.id)
        delivered = (await door.fraud.ConfirmPaymentReminder(confirm)).reminder
        assert delivered.HasField("delivered_at")
        assert (await door.fraud.ConfirmPaymentReminder(confirm)).reminder == delivered


async def test_the_blocklist_and_identities(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    blocked = derived_id(tenant_id, "member", "wm-bad")
    with as_caller(tenant_id):
        block = fraud_pb2.BlockMemberRequest(external_id="wm-bad", reason="骗子")
        assert (await door.fraud.BlockMember(block)).member.member_id == str(blocked)
        over = fraud_pb2.BlockMemberRequest(
            member_id=str(blocked), reason="骗子", until=timestamp(datetime.now(UTC) - timedelta(hours=1))
        )
        assert await refusal(door.fraud.BlockMember(over)) == ("BLOCK_IS_OVER", "until")
        await door.send(tenant_id, [activity("大家好", member_id=str(blocked))])

        async def suspected() -> int:
            return len(await opened(door, cases_pb2.CASE_KIND_FRAUD_SUSPICION))

        await eventually(suspected, 1)
        unblock = fraud_pb2.UnblockMemberRequest(member_id=str(blocked))
        assert (await door.fraud.UnblockMember(unblock)).member.reason == "骗子"
        assert await refusal(door.fraud.UnblockMember(unblock)) == ("NOT_BLOCKED", "member_id")

        staff = (await door.fraud.PutStaffMember(LIMING)).staff_member

        async def move(step: fraud_pb2.IdentityCheckMove, key: str) -> fraud_pb2.IdentityCheckStatus:
            request = fraud_pb2.MoveIdentityCheckRequest(idempotency_key=key, staff_id=staff.id, move=step)
            return (await door.fraud.MoveIdentityCheck(request)).staff_member.check_status

        submitting = move(fraud_pb2.IDENTITY_CHECK_MOVE_SUBMIT, "early")
        assert await refusal(submitting) == ("CHECK_STEP_REFUSED", "move")
        for number, step in enumerate(list(fraud_pb2.IdentityCheckMove.values())[1:4]):
            assert await move(step, f"step-{number}") == number + 1


async def test_audits(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    with as_caller(tenant_id):
        request = audits_pb2.RunAuditRequest(idempotency_key="now")
        audit = (await door.audits.RunAudit(request)).audit
        assert (await door.audits.RunAudit(request)).audit == audit
        assert [it.check for it in audit.findings] == list(audits_pb2.AuditCheck.values())[1:]
        assert "词库" in audit.findings[0].advice
        acknowledge = audits_pb2.AcknowledgeAuditRequest(audit_id=audit.id, note="已安排")
        read = (await door.audits.AcknowledgeAudit(acknowledge)).audit
        assert (read.acknowledged_by, read.note) == ("moderator-1", "已安排")
        listed = await door.audits.ListAudits(audits_pb2.ListAuditsRequest(page=FIRST))
        assert list(listed.audits) == [read]
        assert list(
            (await door.audits.BatchGetAudits(audits_pb2.BatchGetAuditsRequest(ids=[audit.id]))).audits
        ) == [read]

        policy = (await door.audits.GetAuditPolicy(audits_pb2.GetAuditPolicyRequest())).policy
        policy.interval_days = 1
        update = audits_pb2.UpdateAuditPolicyRequest(policy=policy, expected_version=0)
        assert (await door.audits.UpdateAuditPolicy(update)).policy.version == 1
        assert await refusal(door.audits.UpdateAuditPolicy(update)) == ("STALE_VERSION", "expected_version")

        async def told() -> int:
            return (await door.published(tenant_id))["audit.completed"]

        await eventually(told, 1)
    with as_caller(tenant_id, "moderator"):
        assert await refusal(door.audits.RunAudit(request)) == ("NOT_ALLOWED", None)
