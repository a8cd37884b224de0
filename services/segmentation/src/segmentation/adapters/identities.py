"""Members merged into others, in PostgreSQL: whose activities are whose."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session
from segmentation.domain.activity import ActivityColumns

# Whoever records shares this lock with the others; whoever merges wants it alone. Taken after the policy's.
_LOCK = "hashtextextended('merges/' || :tenant_id, 0)"
_LOCK_SHARED = text(f"select pg_advisory_xact_lock_shared({_LOCK})")
LOCK = text(f"select pg_advisory_xact_lock({_LOCK})")

_KNOWN = text("""
    select cast(origin_id as text) as origin_id, cast(member_id as text) as member_id from member_identities
    where origin_id = any(cast(:ids as uuid[]))
""")
# What is seen of them alone, as adapters/members.py keeps it of the member that goes on.
_SEE = text("""
    update member_identities i set
        display_name = case when (seen.named_at, seen.name)
                                 > (coalesce(i.named_at, '-infinity'), i.display_name)
                            then seen.name else i.display_name end,
        named_at = greatest(i.named_at, seen.named_at),
        first_seen_at = least(i.first_seen_at, seen.first_at),
        last_seen_at = greatest(i.last_seen_at, seen.last_at)
    from (
        select member_id,
            coalesce((array_agg(name order by occurred_at desc, name desc) filter (where name <> ''))[1], '')
                as name,
            max(occurred_at) filter (where name <> '') as named_at, min(occurred_at) as first_at,
            max(occurred_at) as last_at
        from unnest(cast(:member_ids as uuid[]), cast(:names as text[]), cast(:occurred_at as timestamptz[]))
            as it (member_id, name, occurred_at)
        group by member_id
    ) as seen
    where i.origin_id = seen.member_id
""")
_SUCCESSORS = text("""
    select origin_id, member_id from member_identities
    where origin_id = any(cast(:ids as uuid[])) and member_id <> origin_id
""")


class SqlIdentities:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def hold(self) -> None:
        await self._connection.execute(_LOCK_SHARED, {"tenant_id": str(self._tenant_id)})

    async def resolve(self, activities: ActivityColumns) -> ActivityColumns:
        await self.hold()
        rows = await self._connection.execute(_KNOWN, {"ids": list(set(activities.member_ids))})
        successors = {row.origin_id: row.member_id for row in rows}
        if not successors:
            return activities
        parameters = {
            "member_ids": activities.member_ids,
            "names": activities.display_names,
            "occurred_at": activities.occurred_at,
        }
        await self._connection.execute(_SEE, parameters)
        resolved = [successors.get(member_id, member_id) for member_id in activities.member_ids]
        origins = [
            origin_id if origin_id != member_id else None
            for origin_id, member_id in zip(activities.member_ids, resolved, strict=True)
        ]
        return replace(activities, member_ids=resolved, origin_ids=origins)

    async def successors(self, member_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
        rows = await self._connection.execute(_SUCCESSORS, {"ids": list(member_ids)})
        return {row.origin_id: row.member_id for row in rows}
