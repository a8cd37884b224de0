"""Make the file of an operation: once, whoever works on it and however often it is begun."""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from chassis.clock import Clock
from chassis.faults import is_transient
from segmentation.application.export_contents import content_of
from segmentation.application.operation_ports import Encoders, ExportFailed, Files, Peers
from segmentation.application.ports import Transactions
from segmentation.application.start_export import EXPORT_DUE
from segmentation.domain.events import OperationFinished
from segmentation.domain.operation import Failure, Operation, OperationStatus

LEASE = timedelta(seconds=30)
TELL_EVERY = timedelta(seconds=1)
MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Exporter:
    """`part_bytes`: size of all parts of a file but the last; `kept_for`: how long files stay."""

    transactions: Transactions
    snapshots: Transactions
    files: Files
    peers: Peers
    encoders: Encoders
    clock: Clock
    part_bytes: int
    kept_for: timedelta
    most_bytes: int

    async def run(self, tenant_id: UUID, operation_id: UUID) -> None:
        """Nothing if another replica works on it, or it is finished. A fault that may pass is raised."""
        operation = await self._claim(tenant_id, operation_id)
        if operation is None:
            return
        try:
            await self._finish(tenant_id, await self._write(tenant_id, operation))
        except _Superseded:
            return
        except Exception as error:
            failure = error.failure if isinstance(error, ExportFailed) else Failure.GAVE_UP
            if failure is Failure.GAVE_UP and (is_transient(error) or operation.attempt < MOST_ATTEMPTS):
                raise
            failed = replace(operation, status=OperationStatus.FAILED, failure=failure)
            await self._finish(tenant_id, replace(failed, finished_at=self.clock()))

    async def _claim(self, tenant_id: UUID, operation_id: UUID) -> Operation | None:
        now = self.clock()
        async with self.transactions(tenant_id) as uow:
            operation = await uow.operations.claim(operation_id, now, now + LEASE)
            if operation is None and all(it.finished for it in await uow.operations.by_ids([operation_id])):
                await uow.timers.cancel(EXPORT_DUE, str(operation_id))
            return operation

    async def _write(self, tenant_id: UUID, operation: Operation) -> Operation:
        """Raises ExportFailed."""
        file = _File(self, tenant_id, operation.stored_as)
        rows, told_at = 0, self.clock()
        async with self.snapshots(tenant_id) as uow:
            content = await content_of(uow, self.peers, operation.wanted, told_at)
            encoder = self.encoders(operation.format, content.columns)
            async for batch in content.batches:
                await file.append(encoder.rows(batch))
                rows += len(batch)
                if (now := self.clock()) >= told_at + TELL_EVERY:
                    told_at = now
                    await self._tell(tenant_id, operation, content.total, rows)
            await file.append(encoder.end())
        await file.close()
        now = self.clock()
        return replace(
            operation,
            status=OperationStatus.SUCCEEDED,
            total=rows,
            rows=rows,
            bytes=file.size,
            sha256=file.sha256,
            finished_at=now,
            expires_at=now + self.kept_for,
        )

    async def _tell(self, tenant_id: UUID, operation: Operation, total: int, rows: int) -> None:
        until = self.clock() + LEASE
        async with self.transactions(tenant_id) as uow:
            if not await uow.operations.advance(operation.id, operation.attempt, total, rows, until):
                raise _Superseded

    async def _finish(self, tenant_id: UUID, operation: Operation) -> None:
        async with self.transactions(tenant_id) as uow:
            if await uow.operations.finish(operation):
                await uow.timers.cancel(EXPORT_DUE, str(operation.id))
                done = OperationFinished(operation.id, operation.kind, operation.status, operation.rows)
                await uow.publish(done, at=operation.finished_at or self.clock())


class _Superseded(Exception):
    """The lease ran out, and somebody else has begun anew."""


class _File:
    """A file as it grows: parts leave as soon as they are full."""

    def __init__(self, exporter: Exporter, tenant_id: UUID, name: str) -> None:
        self._exporter, self._tenant_id, self._name = exporter, tenant_id, name
        self._rest = bytearray()
        self._parts = 0
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    async def append(self, content: bytes) -> None:
        """Raises ExportFailed."""
        self._hash.update(content)
        self.size += len(content)
        if self.size > self._exporter.most_bytes:
            raise ExportFailed(Failure.TOO_LARGE)
        self._rest += content
        while len(self._rest) >= self._exporter.part_bytes:
            await self._put(self._exporter.part_bytes)

    async def close(self) -> None:
        if self._rest:
            await self._put(len(self._rest))

    async def _put(self, length: int) -> None:
        part = bytes(self._rest[:length])
        await self._exporter.files.put(self._tenant_id, self._name, self._parts, part)
        del self._rest[:length]
        self._parts += 1
