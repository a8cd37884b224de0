"""The staff register, payment reminders, the blocklist and their policy as the graph shows them."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.segmentation.groups import Group
from gateway.segmentation.members import Member
from gateway.values import by_number, moment, optional_moment
from quanzi.risk.v1 import fraud_pb2


@strawberry.enum(description="What somebody does for the brand.")
class StaffRole(Enum):
    CUSTOMER_SERVICE = strawberry.enum_value(fraud_pb2.STAFF_ROLE_CUSTOMER_SERVICE, description="客服")
    MODERATOR = strawberry.enum_value(fraud_pb2.STAFF_ROLE_MODERATOR, description="群管理员")
    OPERATOR = strawberry.enum_value(fraud_pb2.STAFF_ROLE_OPERATOR, description="运营")
    MANAGER = strawberry.enum_value(fraud_pb2.STAFF_ROLE_MANAGER, description="负责人")


@strawberry.enum(description="How far the identity of a staff member was checked (身份核验).")
class IdentityCheckStatus(Enum):
    REQUESTED = strawberry.enum_value(
        fraud_pb2.IDENTITY_CHECK_STATUS_REQUESTED, description="已发起: documents were asked for."
    )
    SUBMITTED = strawberry.enum_value(
        fraud_pb2.IDENTITY_CHECK_STATUS_SUBMITTED, description="待核验: they were handed in."
    )
    VERIFIED = strawberry.enum_value(fraud_pb2.IDENTITY_CHECK_STATUS_VERIFIED, description="已核验")
    FAILED = strawberry.enum_value(fraud_pb2.IDENTITY_CHECK_STATUS_FAILED, description="未通过")
    EXPIRED = strawberry.enum_value(
        fraud_pb2.IDENTITY_CHECK_STATUS_EXPIRED, description="已过期: verified too long ago."
    )


@strawberry.enum(description="The next step of checking an identity.")
class IdentityCheckMove(Enum):
    REQUEST = strawberry.enum_value(fraud_pb2.IDENTITY_CHECK_MOVE_REQUEST, description="发起")
    SUBMIT = strawberry.enum_value(fraud_pb2.IDENTITY_CHECK_MOVE_SUBMIT, description="提交")
    VERIFY = strawberry.enum_value(fraud_pb2.IDENTITY_CHECK_MOVE_VERIFY, description="通过")
    FAIL = strawberry.enum_value(fraud_pb2.IDENTITY_CHECK_MOVE_FAIL, description="不通过")


@strawberry.enum(description="How a member's name is like that of a staff member.")
class Likeness(Enum):
    SAME = strawberry.enum_value(fraud_pb2.LIKENESS_SAME, description="同名")
    LOOKALIKE = strawberry.enum_value(fraud_pb2.LIKENESS_LOOKALIKE, description="形近: the same to the eye.")
    DECORATED = strawberry.enum_value(
        fraud_pb2.LIKENESS_DECORATED, description="加身份字样: with 官方, 客服, 老师 or the like."
    )
    SOUND = strawberry.enum_value(fraud_pb2.LIKENESS_SOUND, description="同音, or spelt out in pinyin.")
    NEAR = strawberry.enum_value(fraud_pb2.LIKENESS_NEAR, description="一字之差")


STAFF_ROLES = by_number(StaffRole)
IDENTITY_CHECK_STATUSES = by_number(IdentityCheckStatus)
LIKENESSES = by_number(Likeness)


@strawberry.type(description="Somebody who works for the brand (员工).")
class StaffMember(Node):
    userid: str = strawberry.field(description="WeCom userid.")
    names: list[str] = strawberry.field(description="Names shown in groups.")
    role: StaffRole = strawberry.field(description="What they do.")
    speaks_for_brand: bool = strawberry.field(description="May speak for the brand (可代表品牌发言).")
    registered_at: datetime = strawberry.field(description="Since when.")
    left_at: datetime | None = strawberry.field(description="Until when; null: active.")
    check_status: IdentityCheckStatus | None = strawberry.field(
        description="How far the identity was checked; null: never asked for."
    )
    checked_at: datetime | None = strawberry.field(description="When the last step was taken.")
    checked_by: str | None = strawberry.field(description="By whom.")
    check_expires_at: datetime | None = strawberry.field(description="How long a verified one holds.")

    @classmethod
    def of(cls, member: fraud_pb2.StaffMember) -> Self:
        return cls(
            id=global_id("StaffMember", member.id),
            userid=member.userid,
            names=list(member.names),
            role=STAFF_ROLES[member.role],
            speaks_for_brand=member.speaks_for_brand,
            registered_at=moment(member.registered_at),
            left_at=optional_moment(member.left_at),
            check_status=IDENTITY_CHECK_STATUSES.get(member.check_status),
            checked_at=optional_moment(member.checked_at),
            checked_by=member.checked_by or None,
            check_expires_at=optional_moment(member.check_expires_at),
        )


@strawberry.type(description="The last reminder to pay safely in a group (支付安全提醒).")
class PaymentReminder:
    id: strawberry.ID = strawberry.field(description="Global id.")
    due_at: datetime = strawberry.field(description="Since when it is to be sent.")
    text: str = strawberry.field(description="What to send.")
    delivered_at: datetime | None = strawberry.field(description="When it was sent; null: not yet.")
    group_uuid: strawberry.Private[str]

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.group_uuid)

    @classmethod
    def of(cls, reminder: fraud_pb2.PaymentReminder) -> Self:
        return cls(
            id=global_id("PaymentReminder", reminder.id),
            due_at=moment(reminder.due_at),
            text=reminder.text,
            delivered_at=optional_moment(reminder.delivered_at),
            group_uuid=reminder.group_id,
        )


@strawberry.type(description="A member who is to be kept out of all groups (黑名单).")
class BlockedMember:
    member_id: strawberry.ID = strawberry.field(description="Global id of the member, seen yet or not.")
    reason: str = strawberry.field(description="Why.")
    blocked_at: datetime = strawberry.field(description="Since when.")
    blocked_by: str = strawberry.field(description="By whom.")
    until: datetime | None = strawberry.field(description="Until when; null: for good.")
    uuid: strawberry.Private[str]

    @resolved("Who; null: never seen.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.uuid)

    @classmethod
    def of(cls, block: fraud_pb2.BlockedMember) -> Self:
        return cls(
            member_id=global_id("Member", block.member_id),
            reason=block.reason,
            blocked_at=moment(block.blocked_at),
            blocked_by=block.blocked_by,
            until=optional_moment(block.until),
            uuid=block.member_id,
        )


@strawberry.type(description="Rules of fraud; every change makes a new version.")
class FraudPolicy:
    version: int = strawberry.field(description="Counts changes.")
    newcomer_hours: int = strawberry.field(
        description="A member is new in a group for so long after the first message there."
    )
    reminder_cooldown_hours: int = strawberry.field(
        description="At most one payment-safety reminder per group in this time."
    )
    identity_valid_days: int = strawberry.field(
        description="A verified identity is to be verified again after this time."
    )

    @classmethod
    def of(cls, policy: fraud_pb2.FraudPolicy) -> Self:
        return cls(
            version=policy.version,
            newcomer_hours=policy.newcomer_hours,
            reminder_cooldown_hours=policy.reminder_cooldown_hours,
            identity_valid_days=policy.identity_valid_days,
        )
