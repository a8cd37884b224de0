"""Events of the rota and of training as the messages of proto/quanzi/risk/v1/events.proto."""

from google.protobuf.message import Message

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.risk.v1 import events_pb2 as wire
from risk.domain.rota_events import (
    RotaEvent,
    RotaGapClosed,
    RotaGapForeseen,
    TrainingCompleted,
    TrainingOverdue,
    TrainingReminded,
    TrainingSessionOpened,
)


def rota_to_message(event: RotaEvent) -> Message:
    match event:
        case RotaGapForeseen(gap):
            return wire.RotaGapForeseen(
                gap_id=str(gap.id),
                group_id=str(gap.group_id),
                starts_at=timestamp(gap.starts_at),
                ends_at=timestamp(gap.ends_at),
                missing=gap.missing,
            )
        case RotaGapClosed(gap):
            return wire.RotaGapClosed(
                gap_id=str(gap.id),
                group_id=str(gap.group_id),
                covered=gap.covered,
                closed_at=optional_timestamp(gap.closed_at),
            )
        case TrainingSessionOpened(session, staff_ids):
            return wire.TrainingSessionOpened(
                session_id=str(session.id),
                month=session.month.isoformat(),
                due_at=timestamp(session.due_at),
                staff_ids=staff_ids,
            )
        case TrainingReminded(session, staff_ids):
            return wire.TrainingReminded(
                session_id=str(session.id), due_at=timestamp(session.due_at), staff_ids=staff_ids
            )
        case TrainingCompleted(attendance):
            return wire.TrainingCompleted(
                session_id=str(attendance.session_id),
                staff_id=attendance.staff_id,
                completed_at=optional_timestamp(attendance.completed_at),
            )
        case TrainingOverdue(attendance):
            return wire.TrainingOverdue(session_id=str(attendance.session_id), staff_id=attendance.staff_id)
