"""FraudService: translate, open one transaction, call one use case, translate back."""

from datetime import UTC
from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import Caller, caller
from chassis.ids import derived_id
from chassis.paging import PageRequest
from quanzi.risk.v1 import fraud_pb2 as pb
from quanzi.risk.v1.fraud_pb2_grpc import FraudServiceServicer
from risk.application.block_members import block_member, unblock_member
from risk.application.end_staff_member import end_staff_member
from risk.application.move_identity_check import move_identity_check
from risk.application.ports import Transactions
from risk.application.put_staff_member import PutStaffMember, put_staff_member
from risk.application.update_fraud_policy import update_fraud_policy
from risk.domain.blocklist import Block
from risk.domain.identity_check import CheckMove
from risk.domain.masking import masked
from risk.domain.normal_form import Normaliser
from risk.domain.staff import StaffRole
from risk.entrypoints.fraud_wire import (
    block_to_wire,
    fraud_policy_of,
    fraud_policy_to_wire,
    reminder_to_wire,
    staff_to_wire,
)

Context = grpc.aio.ServicerContext[Any, Any]


class FraudRpc(FraudServiceServicer):
    def __init__(self, transactions: Transactions, normaliser: Normaliser, clock: Clock) -> None:
        self._transactions, self._normaliser, self._clock = transactions, normaliser, clock

    async def ListStaff(self, request: pb.ListStaffRequest, context: Context) -> pb.ListStaffResponse:
        now = self._clock()
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.staff.page(PageRequest.of(request.page), request.with_left)
        staff = [staff_to_wire(member, now) for member in page.items]
        return pb.ListStaffResponse(staff=staff, page_info=page.info())

    async def BatchGetStaff(
        self, request: pb.BatchGetStaffRequest, context: Context
    ) -> pb.BatchGetStaffResponse:
        now = self._clock()
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.staff.many([UUID(staff_id) for staff_id in request.ids])
        return pb.BatchGetStaffResponse(staff=[staff_to_wire(member, now) for member in found])

    async def PutStaffMember(
        self, request: pb.PutStaffMemberRequest, context: Context
    ) -> pb.PutStaffMemberResponse:
        now = self._clock()
        command = PutStaffMember(
            request.userid, tuple(request.names), StaffRole(request.role), request.speaks_for_brand
        )
        async with self._transactions(caller().tenant_id) as uow:
            member = await put_staff_member(uow, self._normaliser, command, now)
        return pb.PutStaffMemberResponse(staff_member=staff_to_wire(member, now))

    async def EndStaffMember(
        self, request: pb.EndStaffMemberRequest, context: Context
    ) -> pb.EndStaffMemberResponse:
        now = self._clock()
        async with self._transactions(caller().tenant_id) as uow:
            member = await end_staff_member(uow, UUID(request.staff_id), now)
        return pb.EndStaffMemberResponse(staff_member=staff_to_wire(member, now))

    async def MoveIdentityCheck(
        self, request: pb.MoveIdentityCheckRequest, context: Context
    ) -> pb.MoveIdentityCheckResponse:
        now, identity = self._clock(), caller()
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.MoveIdentityCheckResponse:
                staff_id, step = UUID(request.staff_id), CheckMove(request.move)
                member = await move_identity_check(uow, staff_id, step, identity.subject, now)
                return pb.MoveIdentityCheckResponse(staff_member=staff_to_wire(member, now))

            return await answer_once(
                uow.idempotency, "MoveIdentityCheck", request, pb.MoveIdentityCheckResponse, compute
            )

    async def ListPaymentReminders(
        self, request: pb.ListPaymentRemindersRequest, context: Context
    ) -> pb.ListPaymentRemindersResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.payment_reminders.page(PageRequest.of(request.page))
        return pb.ListPaymentRemindersResponse(
            reminders=[reminder_to_wire(reminder) for reminder in page.items], page_info=page.info()
        )

    async def ConfirmPaymentReminder(
        self, request: pb.ConfirmPaymentReminderRequest, context: Context
    ) -> pb.ConfirmPaymentReminderResponse:
        async with self._transactions(caller().tenant_id) as uow:
            reminder = await uow.payment_reminders.deliver(UUID(request.reminder_id), self._clock())
        return pb.ConfirmPaymentReminderResponse(reminder=reminder_to_wire(reminder))

    async def ListBlockedMembers(
        self, request: pb.ListBlockedMembersRequest, context: Context
    ) -> pb.ListBlockedMembersResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.blocklist.page(PageRequest.of(request.page), self._clock())
        return pb.ListBlockedMembersResponse(
            members=[block_to_wire(block) for block in page.items], page_info=page.info()
        )

    async def BlockMember(self, request: pb.BlockMemberRequest, context: Context) -> pb.BlockMemberResponse:
        now, identity = self._clock(), caller()
        block = Block(
            member_id=_whom(request, identity),
            reason=masked(request.reason, self._normaliser),
            blocked_at=now,
            blocked_by=identity.subject,
            until=request.until.ToDatetime(UTC) if request.HasField("until") else None,
        )
        async with self._transactions(identity.tenant_id) as uow:
            await block_member(uow, block, now)
        return pb.BlockMemberResponse(member=block_to_wire(block))

    async def UnblockMember(
        self, request: pb.UnblockMemberRequest, context: Context
    ) -> pb.UnblockMemberResponse:
        async with self._transactions(caller().tenant_id) as uow:
            block = await unblock_member(uow, UUID(request.member_id), self._clock())
        return pb.UnblockMemberResponse(member=block_to_wire(block))

    async def GetFraudPolicy(
        self, request: pb.GetFraudPolicyRequest, context: Context
    ) -> pb.GetFraudPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            policy = await uow.fraud_policies.current()
        return pb.GetFraudPolicyResponse(policy=fraud_policy_to_wire(policy))

    async def UpdateFraudPolicy(
        self, request: pb.UpdateFraudPolicyRequest, context: Context
    ) -> pb.UpdateFraudPolicyResponse:
        policy = fraud_policy_of(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            updated = await update_fraud_policy(uow, policy, request.expected_version, self._clock())
        return pb.UpdateFraudPolicyResponse(policy=fraud_policy_to_wire(updated))


def _whom(request: pb.BlockMemberRequest, identity: Caller) -> UUID:
    """An external id names the member that it is, or will be."""
    if request.external_id:
        return derived_id(identity.tenant_id, "member", request.external_id)
    return UUID(request.member_id)
