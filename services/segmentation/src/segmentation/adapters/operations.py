"""Operations in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.totals import total_of
from segmentation.domain.operation import (
    ExportFormat,
    ExportKind,
    FactsExport,
    Failure,
    MemberExport,
    Operation,
    OperationStatus,
    SegmentExport,
    Wanted,
)

_ADD = text("""
    insert into operations (tenant_id, operation_id, kind, format, wanted, member_id, status,
        requested_by, created_at, attempt, leased_until, total, rows, bytes, sha256, failure)
    values (:tenant_id, :id, :kind, :format, cast(:wanted as jsonb), :member_id, :status,
        :requested_by, :now, 0, :now, 0, 0, 0, '', '')
""")
_COLUMNS = """operation_id, kind, format, cast(wanted as text) as wanted, status, requested_by, created_at,
    attempt, total, rows, bytes, sha256, failure, finished_at, expires_at"""
_BY_IDS = text(f"select {_COLUMNS} from operations where operation_id = any(cast(:ids as uuid[]))")  # noqa: S608 constants only
_LIST = f"select {_COLUMNS} from operations {{after}} order by created_at desc, operation_id limit :limit"  # noqa: S608 constants only
_FIRST = text(_LIST.format(after=""))
_NEXT = text(_LIST.format(after="where created_at < :at or created_at = :at and operation_id > :id"))
_COUNTING = text("select pg_advisory_xact_lock(hashtextextended('operations/' || :tenant_id, 0))")
_UNFINISHED = text("select count(*) from operations where status in (1, 2)")
_CLAIM = text(f"""
    update operations
    set status = 2, attempt = attempt + 1, total = 0, rows = 0, leased_until = :until
    where operation_id = :id and status in (1, 2) and leased_until <= :now
    returning {_COLUMNS}
""")  # noqa: S608 constants only
_ADVANCE = text("""
    update operations set total = :total, rows = :rows, leased_until = :until
    where operation_id = :id and attempt = :attempt and status = 2
""")
_FINISH = text("""
    update operations set status = :status, total = :total, rows = :rows, bytes = :bytes, sha256 = :sha256,
        failure = :failure, finished_at = :finished_at, expires_at = :expires_at
    where operation_id = :id and attempt = :attempt and status = 2
""")
_WITH_FILE_ABOUT = text(f"""
    select {_COLUMNS} from operations where member_id = any(cast(:member_ids as uuid[])) and bytes > 0
""")  # noqa: S608 constants only


class SqlOperations:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def add(self, operation: Operation) -> None:
        wanted = operation.wanted
        parameters = {
            "tenant_id": self._tenant_id,
            "id": operation.id,
            "kind": operation.kind,
            "format": operation.format,
            "wanted": orjson.dumps(asdict(wanted)).decode(),
            "member_id": wanted.member_id if isinstance(wanted, MemberExport) else None,
            "status": operation.status,
            "requested_by": operation.requested_by,
            "now": operation.created_at,
        }
        await self._connection.execute(_ADD, parameters)

    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Operation]:
        return [_operation(row) for row in await self._connection.execute(_BY_IDS, {"ids": list(ids)})]

    async def page(self, request: PageRequest) -> Page[Operation]:
        parameters: dict[str, Any] = {"limit": request.first + 1}
        if request.after:
            parameters["at"], parameters["id"] = request.place(datetime, UUID)
        rows = await self._connection.execute(_NEXT if request.after else _FIRST, parameters)
        total = await total_of(self._connection, request, "operations", {})
        return page_of([_operation(row) for row in rows], request, _key, total)

    async def unfinished(self) -> int:
        await self._connection.execute(_COUNTING, {"tenant_id": str(self._tenant_id)})
        return int((await self._connection.execute(_UNFINISHED)).scalar_one())

    async def claim(self, operation_id: UUID, now: datetime, until: datetime) -> Operation | None:
        rows = await self._connection.execute(_CLAIM, {"id": operation_id, "now": now, "until": until})
        row = rows.one_or_none()
        return _operation(row) if row else None

    async def advance(self, operation_id: UUID, attempt: int, total: int, rows: int, until: datetime) -> bool:
        parameters = {
            "id": operation_id,
            "attempt": attempt,
            "total": total,
            "rows": rows,
            "until": until,
        }
        return (await self._connection.execute(_ADVANCE, parameters)).rowcount == 1

    async def finish(self, operation: Operation) -> bool:
        parameters = {
            "id": operation.id,
            "attempt": operation.attempt,
            "status": operation.status,
            "total": operation.total,
            "rows": operation.rows,
            "bytes": operation.bytes,
            "sha256": operation.sha256,
            "failure": operation.failure.name if operation.failure else "",
            "finished_at": operation.finished_at,
            "expires_at": operation.expires_at,
        }
        return (await self._connection.execute(_FINISH, parameters)).rowcount == 1

    async def with_file_about(self, member_ids: Sequence[UUID]) -> Sequence[Operation]:
        rows = await self._connection.execute(_WITH_FILE_ABOUT, {"member_ids": list(member_ids)})
        return [_operation(row) for row in rows]


def _key(operation: Operation) -> tuple[datetime, UUID]:
    return operation.created_at, operation.id


def _operation(row: Row[Any]) -> Operation:
    return Operation(
        id=row.operation_id,
        wanted=_wanted(ExportKind(row.kind), orjson.loads(row.wanted)),
        format=ExportFormat(row.format),
        status=OperationStatus(row.status),
        requested_by=row.requested_by,
        created_at=row.created_at,
        attempt=row.attempt,
        total=row.total,
        rows=row.rows,
        bytes=row.bytes,
        sha256=row.sha256,
        failure=Failure[row.failure] if row.failure else None,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
    )


def _wanted(kind: ExportKind, stored: dict[str, Any]) -> Wanted:
    match kind:
        case ExportKind.SEGMENT:
            return SegmentExport(UUID(stored["segment_id"]))
        case ExportKind.FACTS:
            group_ids = tuple(UUID(group_id) for group_id in stored["group_ids"])
            return FactsExport(
                group_ids, date.fromisoformat(stored["first"]), date.fromisoformat(stored["last"])
            )
        case ExportKind.MEMBER:
            return MemberExport(UUID(stored["member_id"]))
