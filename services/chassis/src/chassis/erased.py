"""Who was erased: what they did until then is not taken in again. Needs `create_erased_subjects()`."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar, cast
from uuid import UUID

from sqlalchemy import text

from chassis.consumer import Received
from chassis.database import Session
from quanzi.inbound.v1.activity_pb2 import Activity

# Whoever takes activities in shares this lock with the others; whoever erases wants it alone.
_LOCK = "pg_advisory_xact_lock{shared}(hashtextextended(current_schema || '/erased/' || :tenant_id, 0))"
_SHARE = text(f"select {_LOCK.format(shared='_shared')}")
_ALONE = text(f"select {_LOCK.format(shared='')}")
_ADD = text("""
    insert into erased_subjects (tenant_id, subject_id, erased_at)
    select :tenant_id, unnest(cast(:ids as text[])), :at
    on conflict (tenant_id, subject_id) do update set erased_at = excluded.erased_at
""")
_AMONG = text(
    "select subject_id, erased_at from erased_subjects where subject_id = any(cast(:ids as text[]))"
)


class Erased:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def add(self, subject_ids: Sequence[UUID], at: datetime) -> None:
        """Waits for whoever asked `among` of them; before this transaction ends nobody else is answered."""
        await self._connection.execute(_ALONE, {"tenant_id": str(self._tenant_id)})
        parameters = {"tenant_id": self._tenant_id, "ids": [str(it) for it in subject_ids], "at": at}
        await self._connection.execute(_ADD, parameters)

    async def leave_out(self, batch: Sequence[Received]) -> Sequence[Received]:
        """Activities of a batch but for those of people erased since."""
        erased = await self.among({_subject(received) for received in batch})
        return [
            received
            for received in batch
            if (at := erased.get(_subject(received))) is None or received.occurred_at > at
        ]

    async def among(self, subject_ids: Collection[str]) -> Mapping[str, datetime]:
        """Those erased, and when; it stays so in this transaction."""
        await self._connection.execute(_SHARE, {"tenant_id": str(self._tenant_id)})
        rows = await self._connection.execute(_AMONG, {"ids": list(subject_ids)})
        return {row.subject_id: row.erased_at for row in rows}


class HasErased(Protocol):
    @property
    def erased(self) -> Erased: ...


U = TypeVar("U", bound=HasErased)
Handler = Callable[[U, Sequence[Received]], Awaitable[None]]


def leaving_out_erased(handle: Handler[U]) -> Handler[U]:
    """The handler of an ActivityConsumer, without what people did before they were erased."""

    async def handle_known(uow: U, batch: Sequence[Received]) -> None:
        if known := await uow.erased.leave_out(batch):
            await handle(uow, known)

    return handle_known


def _subject(received: Received) -> str:
    return cast(Activity, received.message).member_id
