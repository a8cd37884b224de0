"""Which ids are one person's, as merges and their reversals tell. Needs `create_merged_subjects()`.

Rows keep the id they came with: whoever counts per person counts over all ids of the person, so that a merge
changes nothing that would have to be undone.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Protocol, cast
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import text

from chassis.consumer import Received, Subscription
from chassis.database import Session
from chassis.event_type import event_type
from chassis.messaging import EVENTS

# A reversal may come before its merge, and holds.
_KEEP = text("""
    insert into merged_subjects (tenant_id, merge_id, subject_id, merged_subject_id, reversed)
    values (:tenant_id, :merge_id, :subject_id, :merged_subject_id, :reversed)
    on conflict (tenant_id, merge_id) do update set reversed = merged_subjects.reversed or excluded.reversed
""")
_TOGETHER = text("""
    with recursive together (asked_id, subject_id) as (
        select id, id from unnest(cast(:ids as uuid[])) as asked (id)
        where exists (select from merged_subjects where subject_id = id and not reversed)
           or exists (select from merged_subjects where merged_subject_id = id and not reversed)
        union
        select t.asked_id, other.id from together t cross join lateral (
            select merged_subject_id as id from merged_subjects
            where subject_id = t.subject_id and not reversed
            union all
            select subject_id from merged_subjects
            where merged_subject_id = t.subject_id and not reversed
        ) as other
    )
    select asked_id, array_agg(subject_id) as subject_ids from together group by asked_id
""")


class Merged:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def together(self, ids: Collection[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        """Of each id all that are the same person's, itself among them; the same set for each of these."""
        rows = await self._connection.execute(_TOGETHER, {"ids": list(set(ids))})
        alone = {subject_id: frozenset({subject_id}) for subject_id in ids}
        return alone | {row.asked_id: frozenset(row.subject_ids) for row in rows}

    async def keep(self, merge_id: UUID, subject_id: UUID, merged_id: UUID, *, apart: bool) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "merge_id": merge_id,
            "subject_id": subject_id,
            "merged_subject_id": merged_id,
            "reversed": apart,
        }
        await self._connection.execute(_KEEP, parameters)


Follow = Callable[[Session, Collection[UUID]], Awaitable[None]]


class _Merge(Protocol):
    @property
    def merge_id(self) -> str: ...
    @property
    def member_id(self) -> str: ...
    @property
    def merged_member_id(self) -> str: ...


def subscription(
    service: str, merged: type[Message], reversal: type[Message], follow: Follow | None = None
) -> Subscription[Session]:
    """For `EventConsumer(nats, database.session, merged.subscription(…))`, of the two events.

    `follow` is told, in the transaction that keeps them, which ids are now together, or apart.
    """

    async def keep(session: Session, batch: Sequence[Received]) -> None:
        concerned: set[UUID] = set()
        for received in batch:
            merge = cast(_Merge, received.message)
            merge_id, *ids = (UUID(it) for it in (merge.merge_id, merge.member_id, merge.merged_member_id))
            await Merged(session).keep(merge_id, *ids, apart=isinstance(merge, reversal))
            concerned.update(ids)
        if follow is not None:
            await follow(session, concerned)

    subjects = tuple(event_type(it.DESCRIPTOR).subject("*") for it in (merged, reversal))
    return Subscription(f"{service}-merges", EVENTS, subjects, keep)
