"""Suspicions, reminders and audits as they come."""

from collections.abc import AsyncGenerator
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved, subscribed
from gateway.global_ids import global_id, optional_uuid
from gateway.risk.audits import AUDIT_SEVERITIES, Audit, AuditSeverity
from gateway.risk.cases import Case
from gateway.risk.fraud import LIKENESSES, Likeness, StaffMember
from gateway.segmentation.arguments import InGroup
from gateway.segmentation.groups import Group
from quanzi.risk.v1.events_pb2 import AuditCompleted, ImitationSuspected, PaymentReminderDue


@strawberry.type(description="A member has a name like that of a staff member (疑似冒充员工).")
class ImitationNotice:
    likeness: Likeness = strawberry.field(description="How like.")
    event: strawberry.Private[ImitationSuspected]

    @resolved("The case that was opened.")
    async def case(self, info: Info) -> Case | None:
        return await info.context.loaders.risk.cases.load(self.event.case_id)

    @resolved("Whose name it is like.")
    async def staff_member(self, info: Info) -> StaffMember | None:
        return await info.context.loaders.risk.staff.load(self.event.staff_id)

    @classmethod
    def of(cls, event: ImitationSuspected) -> Self:
        return cls(likeness=LIKENESSES[event.likeness], event=event)


@strawberry.type(description="A group is to be reminded to pay safely (支付安全提醒待发送).")
class PaymentReminderNotice:
    payment_reminder_id: strawberry.ID = strawberry.field(description="Global id of the reminder.")
    text: str = strawberry.field(description="What to send.")
    event: strawberry.Private[PaymentReminderDue]

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.event.group_id)

    @classmethod
    def of(cls, event: PaymentReminderDue) -> Self:
        reminder_id = global_id("PaymentReminder", event.reminder_id)
        return cls(payment_reminder_id=reminder_id, text=event.text, event=event)


@strawberry.type(description="A security audit has its report (安全审计已完成).")
class AuditNotice:
    severity: AuditSeverity = strawberry.field(description="As bad as its worst finding.")
    findings: int = strawberry.field(description="Findings that did not pass.")
    event: strawberry.Private[AuditCompleted]

    @resolved("The report.")
    async def audit(self, info: Info) -> Audit | None:
        return await info.context.loaders.risk.audits.load(self.event.audit_id)

    @classmethod
    def of(cls, event: AuditCompleted) -> Self:
        return cls(severity=AUDIT_SEVERITIES[event.severity], findings=event.findings, event=event)


@strawberry.type
class FraudSubscriptions:
    @subscribed("Members with names like those of the staff (冒充员工), as they are seen.")
    async def imitation_suspected(
        self, info: Info, group: InGroup = None
    ) -> AsyncGenerator[ImitationNotice, None]:
        info.context.identity.require("admin", "moderator")
        group_id = optional_uuid(group, "Group", "group")
        async for event in info.context.live(ImitationSuspected):
            if group_id in {"", event.group_id}:
                yield ImitationNotice.of(event)

    @subscribed("Reminders to pay safely (支付安全提醒), as they become due.")
    async def payment_reminder_due(
        self, info: Info, group: InGroup = None
    ) -> AsyncGenerator[PaymentReminderNotice, None]:
        info.context.identity.require("admin", "moderator", "partner")
        group_id = optional_uuid(group, "Group", "group")
        async for event in info.context.live(PaymentReminderDue):
            if group_id in {"", event.group_id}:
                yield PaymentReminderNotice.of(event)

    @subscribed("Reports of security audits (安全审计), as they are completed.")
    async def audit_completed(self, info: Info) -> AsyncGenerator[AuditNotice, None]:
        info.context.identity.require("admin")
        async for event in info.context.live(AuditCompleted):
            yield AuditNotice.of(event)
