"""The rota as the messages of proto/quanzi/risk/v1, and back."""

from dataclasses import fields
from datetime import date, datetime, timedelta
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.ids import new_id
from chassis.timestamps import moment, optional_timestamp, timestamp
from quanzi.risk.v1 import rota_pb2 as pb
from risk.domain.rota_errors import InvalidShift
from risk.domain.rota_gap import Cover, RotaGap
from risk.domain.rota_policy import Hours, RotaPolicy
from risk.domain.shift import Moderator, Shift, WeeklyShift
from risk.domain.shift_swap import ShiftSwap
from risk.enums import number

_YEAR = timedelta(days=366)
_POLICY = [field.name for field in fields(RotaPolicy)]


def moderator_to_wire(moderator: Moderator) -> pb.Moderator:
    group_ids = sorted(map(str, moderator.group_ids))
    return pb.Moderator(staff_id=moderator.staff_id, name=moderator.name, group_ids=group_ids)


def moderator_of(message: pb.Moderator) -> Moderator:
    return Moderator(message.staff_id, message.name, frozenset(map(UUID, message.group_ids)))


def template_to_wire(weekly: WeeklyShift) -> pb.ShiftTemplate:
    return pb.ShiftTemplate(
        id=str(weekly.id),
        group_id=str(weekly.group_id),
        staff_id=weekly.staff_id,
        weekday=weekly.weekday,
        start_minute=weekly.start_minute,
        minutes=weekly.minutes,
        from_day=weekly.from_day.isoformat(),
        until_day=weekly.until_day.isoformat() if weekly.until_day else "",
    )


def template_of(message: pb.ShiftTemplate) -> WeeklyShift:
    """A new one. Raises InvalidShift."""
    return WeeklyShift(
        id=new_id(),
        group_id=UUID(message.group_id),
        staff_id=message.staff_id,
        weekday=message.weekday,
        start_minute=message.start_minute,
        minutes=message.minutes,
        from_day=_day(message.from_day, "template.from_day"),
        until_day=_day(message.until_day, "template.until_day") if message.until_day else None,
    )


def shift_to_wire(shift: Shift) -> pb.Shift:
    return pb.Shift(
        id=str(shift.id),
        group_id=str(shift.group_id),
        staff_id=shift.staff_id,
        starts_at=timestamp(shift.starts_at),
        ends_at=timestamp(shift.ends_at),
        template_id=str(shift.template_id or ""),
        cancelled=shift.cancelled,
    )


def hours_of(from_at: Timestamp, until_at: Timestamp) -> Hours:
    return Hours(moment(from_at), moment(until_at))


def hours_ahead(request: pb.ListShiftsRequest, now: datetime) -> Hours:
    from_at = moment(request.from_at) if request.HasField("from_at") else now
    return Hours(from_at, moment(request.until_at) if request.HasField("until_at") else from_at + _YEAR)


def cover_to_wire(cover: Cover, policy: RotaPolicy) -> pb.CoverageSpan:
    return pb.CoverageSpan(
        group_id=str(cover.group_id),
        starts_at=timestamp(cover.starts_at),
        ends_at=timestamp(cover.ends_at),
        size=cover.size,
        needed=policy.needed(cover.size),
        staff_ids=cover.staff_ids,
    )


def gap_to_wire(gap: RotaGap) -> pb.RotaGap:
    return pb.RotaGap(
        id=str(gap.id),
        group_id=str(gap.group_id),
        starts_at=timestamp(gap.starts_at),
        ends_at=timestamp(gap.ends_at),
        missing=gap.missing,
        foreseen_at=timestamp(gap.foreseen_at),
        closed_at=optional_timestamp(gap.closed_at),
    )


def swap_to_wire(swap: ShiftSwap, shift: Shift) -> pb.ShiftSwap:
    return pb.ShiftSwap(
        id=str(swap.id),
        shift=shift_to_wire(shift),
        offered_by=swap.offered_by,
        offered_to=swap.offered_to,
        status=number(swap.status),
        offered_at=timestamp(swap.offered_at),
        answered_at=optional_timestamp(swap.answered_at),
    )


def rota_policy_to_wire(policy: RotaPolicy) -> pb.RotaPolicy:
    return pb.RotaPolicy(**{name: getattr(policy, name) for name in _POLICY})


def rota_policy_of(message: pb.RotaPolicy) -> RotaPolicy:
    """Raises InvalidPolicy."""
    return RotaPolicy(**{name: getattr(message, name) for name in _POLICY})


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidShift(f"{text!r} is no date of the form 2026-11-02", field=field) from error
