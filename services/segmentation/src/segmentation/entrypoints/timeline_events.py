"""What other services tell about members, for the timeline: state only, never what was written."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from google.protobuf.message import Message

from chassis.consumer import Received
from chassis.event_type import event_type
from chassis.ids import optional_id
from quanzi.campaigns.v1 import events_pb2 as campaigns
from quanzi.risk.v1 import events_pb2 as risk
from quanzi.support.v1 import events_pb2 as support
from quanzi.support.v1.tickets_pb2 import TicketStatus
from segmentation.application.ports import UnitOfWork
from segmentation.application.record_happenings import record_happenings
from segmentation.domain.timeline import Happening, TimelineKind


class _Told(NamedTuple):
    """What an event is about, and what became of it."""

    kind: TimelineKind
    subject: Callable[[Any], str]
    state: Callable[[Any], str]


def _campaign(state: str) -> _Told:
    return _Told(TimelineKind.CAMPAIGN, lambda event: event.campaign_id, lambda _: state)


def _violation(state: str) -> _Told:
    return _Told(TimelineKind.VIOLATION, lambda event: event.violation_id, lambda _: state)


def _ticket_state(event: support.TicketStatusChanged) -> str:
    return TicketStatus.Name(event.status).removeprefix("TICKET_STATUS_")


_TOLD: Mapping[type[Message], _Told] = {
    support.TicketStatusChanged: _Told(TimelineKind.TICKET, lambda event: event.ticket_id, _ticket_state),
    risk.ViolationOpened: _violation("OPENED"),
    risk.ViolationHandled: _violation("HANDLED"),
    risk.ViolationReversed: _violation("REVERSED"),
    campaigns.ItemReserved: _campaign("RESERVED"),
    campaigns.ClaimPaid: _campaign("PAID"),
    campaigns.ClaimExpired: _campaign("EXPIRED"),
    campaigns.ClaimFulfilled: _campaign("FULFILLED"),
    campaigns.RefundRequested: _campaign("REFUND_REQUESTED"),
}
SUBJECTS = tuple(event_type(message.DESCRIPTOR).subject("*") for message in _TOLD)


async def handle_told(uow: UnitOfWork, batch: Sequence[Received]) -> None:
    """Needs no inbox: an event is one entry, by its id."""
    await record_happenings(uow, [_happening(received, received.message) for received in batch])


def _happening(received: Received, event: Any) -> Happening:
    told = _TOLD[type(event)]
    return Happening(
        id=UUID(received.id),
        member_id=UUID(event.member_id),
        kind=told.kind,
        occurred_at=received.occurred_at,
        subject=told.subject(event),
        state=told.state(event),
        group_id=optional_id(getattr(event, "group_id", "")),
    )
