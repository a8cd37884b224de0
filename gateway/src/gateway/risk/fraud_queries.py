"""Reading the staff register, payment reminders and the blocklist."""

from typing import Annotated

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.risk.fraud import BlockedMember, FraudPolicy, PaymentReminder, StaffMember
from quanzi.risk.v1 import fraud_pb2


@strawberry.type
class FraudQueries:
    @resolved("The staff register (员工名册), by registration.")
    async def staff(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        with_left: Annotated[bool, strawberry.argument(description="Those who left too.")] = False,
    ) -> Connection[StaffMember] | None:
        request = fraud_pb2.ListStaffRequest(page=page(info, first, after), with_left=with_left)
        answer = await info.context.clients.fraud.ListStaff(request)
        return connection(map(StaffMember.of, answer.staff), answer.page_info, after)

    @resolved("The last payment reminder (支付安全提醒) of each group, newest first.")
    async def payment_reminders(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[PaymentReminder] | None:
        request = fraud_pb2.ListPaymentRemindersRequest(page=page(info, first, after))
        answer = await info.context.clients.fraud.ListPaymentReminders(request)
        return connection(map(PaymentReminder.of, answer.reminders), answer.page_info, after)

    @resolved("Who is kept out of all groups (黑名单) now, newest first.")
    async def blocked_members(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[BlockedMember] | None:
        request = fraud_pb2.ListBlockedMembersRequest(page=page(info, first, after))
        answer = await info.context.clients.fraud.ListBlockedMembers(request)
        return connection(map(BlockedMember.of, answer.members), answer.page_info, after)

    @resolved("The policy of fraud in force.")
    async def fraud_policy(self, info: Info) -> FraudPolicy | None:
        answer = await info.context.clients.fraud.GetFraudPolicy(fraud_pb2.GetFraudPolicyRequest())
        return FraudPolicy.of(answer.policy)
