"""People erased in a service: asked for by one event, reported by another."""

from collections.abc import Callable, Sequence
from typing import Protocol, cast
from uuid import UUID

from google.protobuf.message import Message

from chassis.clock import Clock
from chassis.consumer import Received, Subscription
from chassis.database import Session
from chassis.erased import Erased
from chassis.event_type import event_type
from chassis.messaging import EVENTS
from chassis.personal_data import ERASED_SUBJECTS, PersonalData, PersonalTable
from chassis.timestamps import timestamp
from quanzi.privacy.v1.privacy_pb2 import ErasedTable


class _Asked(Protocol):
    @property
    def erasure_id(self) -> str: ...
    @property
    def member_id(self) -> str: ...
    @property
    def merged_member_ids(self) -> Sequence[str]: ...


def subscription(
    service: str,
    asked: type[Message],
    receipt: Callable[..., Message],
    tables: Sequence[PersonalTable],
    clock: Clock,
) -> Subscription[Session]:
    """For `EventConsumer(nats, database.session, erasures.subscription(…))`.

    Erases whom an event `asked` names, and those merged into it; `receipt`, an event as well, says how many
    rows of which tables. A service that lists ERASED_SUBJECTS keeps who it was.
    """

    async def erase(session: Session, batch: Sequence[Received]) -> None:
        now = clock()
        for received in batch:
            request = cast(_Asked, received.message)
            subject_ids = [UUID(it) for it in (request.member_id, *request.merged_member_ids)]
            if ERASED_SUBJECTS in tables:
                await Erased(session).add(subject_ids, received.occurred_at)
            erased = await PersonalData(session, tables).erase(subject_ids, now)
            report = receipt(
                erasure_id=request.erasure_id,
                member_id=request.member_id,
                tables=[ErasedTable(table=table, rows=rows) for table, rows in erased.items()],
                erased_at=timestamp(now),
            )
            await session.outbox.append([report], occurred_at=now)

    return Subscription(f"{service}-erasures", EVENTS, (event_type(asked.DESCRIPTOR).subject("*"),), erase)
