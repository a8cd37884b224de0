"""Changing the staff register, sending reminders, keeping members out."""

from datetime import datetime

import strawberry

from gateway.context import Info
from gateway.errors import invalid
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.risk.fraud import (
    BlockedMember,
    FraudPolicy,
    IdentityCheckMove,
    PaymentReminder,
    StaffMember,
    StaffRole,
)
from gateway.values import number, timestamp
from quanzi.risk.v1 import fraud_pb2


@strawberry.input(description="Input of `staffMemberPut`.")
class StaffMemberPutInput:
    userid: str = strawberry.field(description="WeCom userid, also the subject of their tokens.")
    names: list[str] = strawberry.field(description="1 to 10 names shown in groups.")
    role: StaffRole = strawberry.field(description="What they do.")
    speaks_for_brand: bool = strawberry.field(description="May speak for the brand.", default=False)


@payload("INVALID_STAFF_NAME")
class StaffMemberPutPayload(Payload):
    staff_member: StaffMember | None = strawberry.field(description="As registered.", default=None)


@strawberry.input(description="Input of `staffMemberEnd`.")
class StaffMemberEndInput:
    staff_member: strawberry.ID = strawberry.field(description="Who left.")


@payload(staff_id="staffMember")
class StaffMemberEndPayload(Payload):
    staff_member: StaffMember | None = strawberry.field(description="As registered.", default=None)


@strawberry.input(description="Input of `identityCheckMove`.")
class IdentityCheckMoveInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    staff_member: strawberry.ID = strawberry.field(description="Whose identity.")
    move: IdentityCheckMove = strawberry.field(description="The step.")


@payload(
    "IDEMPOTENCY_KEY_REUSED", "STAFF_HAS_LEFT", "CHECK_STEP_REFUSED", "OWN_IDENTITY", staff_id="staffMember"
)
class IdentityCheckMovePayload(Payload):
    staff_member: StaffMember | None = strawberry.field(description="As registered.", default=None)


@strawberry.input(description="Input of `paymentReminderConfirm`.")
class PaymentReminderConfirmInput:
    payment_reminder: strawberry.ID = strawberry.field(description="The reminder that was sent.")


@payload(reminder_id="paymentReminder")
class PaymentReminderConfirmPayload(Payload):
    payment_reminder: PaymentReminder | None = strawberry.field(description="The reminder.", default=None)


@strawberry.input(description="Input of `memberBlock`: a member, or an external id.")
class MemberBlockInput:
    member: strawberry.ID | None = strawberry.field(description="Whom.", default=None)
    external_id: str | None = strawberry.field(
        description="The customer's id at the source, also of somebody never seen.", default=None
    )
    reason: str = strawberry.field(description="Why, 1 to 500 characters.")
    until: datetime | None = strawberry.field(description="Until when; null: for good.", default=None)


@payload("BLOCK_IS_OVER")
class MemberBlockPayload(Payload):
    blocked_member: BlockedMember | None = strawberry.field(description="The block.", default=None)


@strawberry.input(description="Input of `memberUnblock`.")
class MemberUnblockInput:
    member: strawberry.ID = strawberry.field(description="Whom.")


@payload()
class MemberUnblockPayload(Payload):
    blocked_member: BlockedMember | None = strawberry.field(
        description="The block that was in force.", default=None
    )


@strawberry.input(description="Input of `fraudPolicyUpdate`: the whole policy.")
class FraudPolicyUpdateInput:
    newcomer_hours: int = strawberry.field(description="1 to 720.")
    reminder_cooldown_hours: int = strawberry.field(description="1 to 168.")
    identity_valid_days: int = strawberry.field(description="1 to 3650.")
    expected_version: int = strawberry.field(description="The version that was read.")


@payload("STALE_VERSION")
class FraudPolicyUpdatePayload(Payload):
    policy: FraudPolicy | None = strawberry.field(description="The policy in force.", default=None)


@strawberry.type
class FraudMutations:
    @mutation("Registers somebody who works for the brand (登记员工), or changes who is registered.")
    async def staff_member_put(
        self, info: Info, input: Input[StaffMemberPutInput]
    ) -> StaffMemberPutPayload | None:
        request = fraud_pb2.PutStaffMemberRequest(
            userid=input.userid,
            names=input.names,
            role=number(input.role),
            speaks_for_brand=input.speaks_for_brand,
        )
        answer = await info.context.clients.fraud.PutStaffMember(request)
        return StaffMemberPutPayload(staff_member=StaffMember.of(answer.staff_member))

    @mutation("Somebody no longer works for the brand (员工离职).")
    async def staff_member_end(
        self, info: Info, input: Input[StaffMemberEndInput]
    ) -> StaffMemberEndPayload | None:
        staff_id = uuid_of(input.staff_member, "StaffMember", "staffMember")
        request = fraud_pb2.EndStaffMemberRequest(staff_id=staff_id)
        answer = await info.context.clients.fraud.EndStaffMember(request)
        return StaffMemberEndPayload(staff_member=StaffMember.of(answer.staff_member))

    @mutation("The next step of checking an identity (身份核验). Nobody verifies their own.")
    async def identity_check_move(
        self, info: Info, input: Input[IdentityCheckMoveInput]
    ) -> IdentityCheckMovePayload | None:
        request = fraud_pb2.MoveIdentityCheckRequest(
            idempotency_key=input.idempotency_key,
            staff_id=uuid_of(input.staff_member, "StaffMember", "staffMember"),
            move=number(input.move),
        )
        answer = await info.context.clients.fraud.MoveIdentityCheck(request)
        return IdentityCheckMovePayload(staff_member=StaffMember.of(answer.staff_member))

    @mutation("A payment reminder was sent to its group (提醒已发送).")
    async def payment_reminder_confirm(
        self, info: Info, input: Input[PaymentReminderConfirmInput]
    ) -> PaymentReminderConfirmPayload | None:
        reminder_id = uuid_of(input.payment_reminder, "PaymentReminder", "paymentReminder")
        request = fraud_pb2.ConfirmPaymentReminderRequest(reminder_id=reminder_id)
        answer = await info.context.clients.fraud.ConfirmPaymentReminder(request)
        return PaymentReminderConfirmPayload(payment_reminder=PaymentReminder.of(answer.reminder))

    @mutation("Keeps a member out of all groups (拉黑).")
    async def member_block(self, info: Info, input: Input[MemberBlockInput]) -> MemberBlockPayload | None:
        if (input.member is None) == (input.external_id is None):
            raise invalid("member", "name either the member or an external id")
        request = fraud_pb2.BlockMemberRequest(
            reason=input.reason, until=timestamp(input.until) if input.until else None
        )
        if input.member is not None:
            request.member_id = uuid_of(input.member, "Member", "member")
        else:
            request.external_id = input.external_id or ""
        answer = await info.context.clients.fraud.BlockMember(request)
        return MemberBlockPayload(blocked_member=BlockedMember.of(answer.member))

    @mutation("Ends a block (解除拉黑).")
    async def member_unblock(
        self, info: Info, input: Input[MemberUnblockInput]
    ) -> MemberUnblockPayload | None:
        request = fraud_pb2.UnblockMemberRequest(member_id=uuid_of(input.member, "Member", "member"))
        answer = await info.context.clients.fraud.UnblockMember(request)
        return MemberUnblockPayload(blocked_member=BlockedMember.of(answer.member))

    @mutation("Replaces the policy of fraud.")
    async def fraud_policy_update(
        self, info: Info, input: Input[FraudPolicyUpdateInput]
    ) -> FraudPolicyUpdatePayload | None:
        policy = fraud_pb2.FraudPolicy(
            newcomer_hours=input.newcomer_hours,
            reminder_cooldown_hours=input.reminder_cooldown_hours,
            identity_valid_days=input.identity_valid_days,
        )
        answer = await info.context.clients.fraud.UpdateFraudPolicy(
            fraud_pb2.UpdateFraudPolicyRequest(policy=policy, expected_version=input.expected_version)
        )
        return FraudPolicyUpdatePayload(policy=FraudPolicy.of(answer.policy))
