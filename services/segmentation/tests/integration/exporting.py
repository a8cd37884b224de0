"""Exports in this process: the real database and the real stream, a clock that can be put forward."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from nats.aio.client import Client

from chassis.database import Database, snapshots
from chassis.files import KEPT_FOR, Files
from chassis.ids import new_id
from segmentation.adapters.export_formats import encoder
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.application.ports import Transactions
from segmentation.application.run_export import Exporter
from segmentation.application.start_export import start_export
from segmentation.domain.operation import ExportFormat, FactsExport, Operation, Wanted

from ..samples import NOW, Brand

FACTS = FactsExport((), date(2026, 2, 1), date(2026, 3, 2))


class Peers:
    """Each of two services keeps one row."""

    async def personal_rows(self, tenant_id: UUID, member_id: UUID) -> AsyncIterator[tuple[str, str, str]]:
        for service in ("risk", "support"):
            yield service, "rows", f'{{"member_id": "{member_id}"}}'


class CutOff(OSError):
    """The stream is away."""


@dataclass
class FailingFiles:
    """Takes so many parts, and no more."""

    files: Files
    parts: int

    async def put(self, tenant_id: UUID, name: str, number: int, part: bytes) -> None:
        if number >= self.parts:
            raise CutOff
        await self.files.put(tenant_id, name, number, part)


@dataclass
class Desk:
    brand: Brand
    database: Database
    in_transaction: Transactions
    connection: Client
    now: datetime = NOW
    files: Files = field(init=False)

    def __post_init__(self) -> None:
        self.files = Files(self.connection)

    def exporter(
        self, *, most_bytes: int = 1024 * 1024, part_bytes: int = 256 * 1024, parts: int = 1_000
    ) -> Exporter:
        return Exporter(
            transactions=self.in_transaction,
            snapshots=snapshots(self.database, SqlUnitOfWork),
            files=FailingFiles(self.files, parts),
            peers=Peers(),
            encoders=encoder,
            clock=lambda: self.now,
            part_bytes=part_bytes,
            kept_for=KEPT_FOR,
            most_bytes=most_bytes,
        )

    async def start(self, wanted: Wanted = FACTS, form: ExportFormat = ExportFormat.CSV) -> UUID:
        async with self.in_transaction(self.brand.tenant_id) as uow:
            return (await start_export(uow, new_id(), wanted, form, "operator-1", self.now)).id

    async def run(self, operation_id: UUID, exporter: Exporter | None = None) -> Operation:
        await (exporter or self.exporter()).run(self.brand.tenant_id, operation_id)
        return await self.operation(operation_id)

    async def operation(self, operation_id: UUID) -> Operation:
        async with self.in_transaction(self.brand.tenant_id) as uow:
            [operation] = await uow.operations.by_ids([operation_id])
        return operation

    async def content(self, operation: Operation, offset: int = 0) -> bytes:
        parts = self.files.read(self.brand.tenant_id, operation.stored_as, operation.bytes, offset)
        return b"".join([part async for part in parts])

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)
