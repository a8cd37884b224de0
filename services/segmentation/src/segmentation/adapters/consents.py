"""Consents of members in PostgreSQL. What holds is read from the records: there is nothing to keep true."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chassis.database import Session
from chassis.paging import Page, PageRequest
from segmentation.adapters.lists import of_each, pages
from segmentation.domain.consents import ConsentRecord, ConsentState, Holding

# As `Said` orders them.
NEWEST_FIRST = "occurred_at desc, state desc"

_HOLD = text("""
    select member_id from members where member_id = any(cast(:ids as uuid[])) order by member_id for update
""")
_ADD = text("""
    insert into consents
        (tenant_id, consent_id, member_id, origin_id, purpose, state, source, source_id, channel,
         notice_version, evidence, occurred_at, recorded_at, recorded_by)
    select :tenant_id, c.* from unnest(
        cast(:ids as uuid[]), cast(:member_ids as uuid[]), cast(:origin_ids as uuid[]),
        cast(:purposes as text[]), cast(:states as smallint[]), cast(:sources as text[]),
        cast(:source_ids as text[]), cast(:channels as text[]), cast(:notice_versions as text[]),
        cast(:evidences as text[]), cast(:occurred_at as timestamptz[]),
        cast(:recorded_at as timestamptz[]), cast(:recorded_by as text[])) as c
    on conflict do nothing
    returning consent_id
""")
_BY_IDS = text("select * from consents where consent_id = any(cast(:ids as uuid[]))")
_HOLDING = text(f"""
    select distinct on (member_id, purpose) * from consents
    where member_id = any(cast(:ids as uuid[]))
    order by member_id, purpose, {NEWEST_FIRST}, consent_id
""")  # noqa: S608 constants only
_RECORDS = "consents where member_id = asked.id"
_OF_PURPOSE = " and purpose = :purpose"
_AFTER = " and (occurred_at < :at or occurred_at = :at and consent_id > :id)"
_PAGES = {
    (of_purpose, after): of_each(
        f"select * from {_RECORDS}{_OF_PURPOSE if of_purpose else ''}{_AFTER if after else ''}",  # noqa: S608 constants only
        order="occurred_at desc, consent_id",
    )
    for of_purpose in (False, True)
    for after in (False, True)
}


class SqlConsents:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def hold_members(self, member_ids: Collection[UUID]) -> Collection[UUID]:
        return set((await self._connection.execute(_HOLD, {"ids": list(member_ids)})).scalars())

    async def add(self, records: Sequence[ConsentRecord]) -> Collection[UUID]:
        parameters = {
            "tenant_id": self._tenant_id,
            "ids": [it.id for it in records],
            "member_ids": [it.member_id for it in records],
            "origin_ids": [it.origin_id for it in records],
            "purposes": [it.purpose for it in records],
            "states": [it.state for it in records],
            "sources": [it.source for it in records],
            "source_ids": [it.source_id for it in records],
            "channels": [it.channel for it in records],
            "notice_versions": [it.notice_version for it in records],
            "evidences": [it.evidence for it in records],
            "occurred_at": [it.occurred_at for it in records],
            "recorded_at": [it.recorded_at for it in records],
            "recorded_by": [it.recorded_by for it in records],
        }
        return set((await self._connection.execute(_ADD, parameters)).scalars())

    async def by_ids(self, ids: Collection[UUID]) -> Mapping[UUID, ConsentRecord]:
        rows = await self._connection.execute(_BY_IDS, {"ids": list(ids)})
        return {row.consent_id: _record(row) for row in rows}

    async def holding(self, member_ids: Collection[UUID]) -> Holding:
        rows = await self._connection.execute(_HOLDING, {"ids": list(member_ids)})
        return {(row.member_id, row.purpose): _record(row) for row in rows}

    async def of_members(
        self, member_ids: Sequence[UUID], request: PageRequest, purpose: str | None
    ) -> Mapping[UUID, Page[ConsentRecord]]:
        parameters: dict[str, Any] = {"purpose": purpose} if purpose else {}
        matches = _RECORDS + (_OF_PURPOSE if purpose else "")
        if request.after:
            parameters["at"], parameters["id"] = request.place(datetime, UUID)
        statement = _PAGES[purpose is not None, request.after is not None]
        return await pages(
            self._connection, member_ids, request, statement, parameters, _record, _key, matches
        )


def _key(record: ConsentRecord) -> tuple[datetime, UUID]:
    return record.occurred_at, record.id


def _record(row: Row[Any]) -> ConsentRecord:
    return ConsentRecord(
        id=row.consent_id,
        member_id=row.member_id,
        origin_id=row.origin_id,
        purpose=row.purpose,
        state=ConsentState(row.state),
        source=row.source,
        source_id=row.source_id,
        channel=row.channel,
        notice_version=row.notice_version,
        evidence=row.evidence,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
