"""The moderators' rota as the graph shows it."""

from datetime import date, datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import global_id
from gateway.segmentation.groups import Group
from gateway.values import by_number, moment, optional_moment
from quanzi.risk.v1 import rota_pb2


@strawberry.enum(description="States of a swap (换班).")
class ShiftSwapStatus(Enum):
    OFFERED = strawberry.enum_value(rota_pb2.SWAP_STATUS_OFFERED, description="待答复")
    ACCEPTED = strawberry.enum_value(
        rota_pb2.SWAP_STATUS_ACCEPTED, description="已接班: the colleague has the shift."
    )
    REFUSED = strawberry.enum_value(rota_pb2.SWAP_STATUS_REFUSED, description="已谢绝")


SWAP_STATUSES = by_number(ShiftSwapStatus)


@strawberry.type(description="Somebody who keeps the rules of groups (群管理员).")
class Moderator:
    staff_id: str = strawberry.field(description="Subject of the identity.")
    name: str = strawberry.field(description="Name.")
    message: strawberry.Private[rota_pb2.Moderator]

    @resolved("Groups the moderator may be on duty in.")
    async def groups(self, info: Info) -> list[Group] | None:
        found = await info.context.loaders.segmentation.groups.load_many(list(self.message.group_ids))
        return [group for group in found if group is not None]

    @classmethod
    def of(cls, moderator: rota_pb2.Moderator) -> Self:
        return cls(staff_id=moderator.staff_id, name=moderator.name, message=moderator)


@strawberry.type(description="A shift of every week (周班次).")
class ShiftTemplate:
    id: strawberry.ID = strawberry.field(description="Global id.")
    staff_id: str = strawberry.field(description="Who is on duty.")
    weekday: int = strawberry.field(description="1 is Monday, 7 is Sunday.")
    start_minute: int = strawberry.field(description="Minute of the local day at which it begins.")
    minutes: int = strawberry.field(description="How long it lasts, also past midnight.")
    from_day: date = strawberry.field(description="First local day.")
    until_day: date | None = strawberry.field(description="Last local day; null: goes on.")
    message: strawberry.Private[rota_pb2.ShiftTemplate]

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @classmethod
    def of(cls, template: rota_pb2.ShiftTemplate) -> Self:
        return cls(
            id=global_id("ShiftTemplate", template.id),
            staff_id=template.staff_id,
            weekday=template.weekday,
            start_minute=template.start_minute,
            minutes=template.minutes,
            from_day=date.fromisoformat(template.from_day),
            until_day=date.fromisoformat(template.until_day) if template.until_day else None,
            message=template,
        )


@strawberry.type(description="A moderator is on duty in a group for a time (班次).")
class Shift:
    id: strawberry.ID = strawberry.field(description="Global id.")
    staff_id: str = strawberry.field(description="Who is on duty.")
    starts_at: datetime = strawberry.field(description="From when on,")
    ends_at: datetime = strawberry.field(description="until before then.")
    template: strawberry.ID | None = strawberry.field(
        description="Id of the weekly shift it comes from; null: added by hand."
    )
    cancelled: bool = strawberry.field(description="It does not take place (已取消).")
    message: strawberry.Private[rota_pb2.Shift]

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @classmethod
    def of(cls, shift: rota_pb2.Shift) -> Self:
        return cls(
            id=global_id("Shift", shift.id),
            staff_id=shift.staff_id,
            starts_at=moment(shift.starts_at),
            ends_at=moment(shift.ends_at),
            template=global_id("ShiftTemplate", shift.template_id) if shift.template_id else None,
            cancelled=shift.cancelled,
            message=shift,
        )


@strawberry.type(description="A time in which the same moderators are on duty in a group (覆盖).")
class CoverageSpan:
    starts_at: datetime = strawberry.field(description="From when on,")
    ends_at: datetime = strawberry.field(description="until before then.")
    size: int = strawberry.field(description="Members of the group, as far as they were seen joining.")
    needed: int = strawberry.field(description="Moderators needed for that many.")
    staff_ids: list[str] = strawberry.field(description="Who is on duty.")

    @classmethod
    def of(cls, span: rota_pb2.CoverageSpan) -> Self:
        return cls(
            starts_at=moment(span.starts_at),
            ends_at=moment(span.ends_at),
            size=span.size,
            needed=span.needed,
            staff_ids=list(span.staff_ids),
        )


@strawberry.type(description="A time ahead for which a group has too few moderators (值班缺口).")
class RotaGap:
    id: strawberry.ID = strawberry.field(description="Global id.")
    starts_at: datetime = strawberry.field(description="From when on,")
    ends_at: datetime = strawberry.field(description="until before then.")
    missing: int = strawberry.field(description="Moderators missing at the worst moment.")
    foreseen_at: datetime = strawberry.field(description="When it was told.")
    closed_at: datetime | None = strawberry.field(description="When it was covered, or was over.")
    message: strawberry.Private[rota_pb2.RotaGap]

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @classmethod
    def of(cls, gap: rota_pb2.RotaGap) -> Self:
        return cls(
            id=global_id("RotaGap", gap.id),
            starts_at=moment(gap.starts_at),
            ends_at=moment(gap.ends_at),
            missing=gap.missing,
            foreseen_at=moment(gap.foreseen_at),
            closed_at=optional_moment(gap.closed_at),
            message=gap,
        )


@strawberry.type(description="Somebody offers a shift to a colleague (换班).")
class ShiftSwap:
    id: strawberry.ID = strawberry.field(description="Global id.")
    shift: Shift = strawberry.field(description="The shift as it is now.")
    offered_by: str = strawberry.field(description="Who had the shift.")
    offered_to: str = strawberry.field(description="Who is to take it.")
    status: ShiftSwapStatus = strawberry.field(description="State.")
    offered_at: datetime = strawberry.field(description="When it was offered.")
    answered_at: datetime | None = strawberry.field(description="When it was answered.")

    @classmethod
    def of(cls, swap: rota_pb2.ShiftSwap) -> Self:
        return cls(
            id=global_id("ShiftSwap", swap.id),
            shift=Shift.of(swap.shift),
            offered_by=swap.offered_by,
            offered_to=swap.offered_to,
            status=SWAP_STATUSES[swap.status],
            offered_at=moment(swap.offered_at),
            answered_at=optional_moment(swap.answered_at),
        )


@strawberry.type(description="Rules of the rota; every change makes a new version.")
class RotaPolicy:
    version: int = strawberry.field(description="Counts changes.")
    large_group_size: int = strawberry.field(description="A group of this size needs `largeGroupModerators`.")
    large_group_moderators: int = strawberry.field(description="On duty in a large group.")
    members_per_moderator: int = strawberry.field(
        description="A smaller group needs one for each so many members, started ones count."
    )
    cover_from_minute: int = strawberry.field(
        description="Minute of the local day from which groups must be covered,"
    )
    cover_until_minute: int = strawberry.field(description="and until which.")
    gap_ahead_hours: int = strawberry.field(description="Gaps are told so long before.")
    plan_ahead_days: int = strawberry.field(description="Weekly shifts are planned so far ahead.")

    @classmethod
    def of(cls, policy: rota_pb2.RotaPolicy) -> Self:
        return cls(
            version=policy.version,
            large_group_size=policy.large_group_size,
            large_group_moderators=policy.large_group_moderators,
            members_per_moderator=policy.members_per_moderator,
            cover_from_minute=policy.cover_from_minute,
            cover_until_minute=policy.cover_until_minute,
            gap_ahead_hours=policy.gap_ahead_hours,
            plan_ahead_days=policy.plan_ahead_days,
        )
