"""Files of exports: what they hold, how often they are made, and who gets them."""

import asyncio
import csv
import hashlib
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pyarrow.parquet
import pytest
from nats.js import JetStreamContext
from sqlalchemy import text

from chassis.database import Database
from chassis.files import FileGone
from chassis.ids import new_id
from chassis.testbed.waiting import eventually
from quanzi.segmentation.v1 import operations_pb2 as wire
from quanzi.segmentation.v1.operations_pb2_grpc import OperationServiceStub
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.application.register_group import RegisterGroup, register_group
from segmentation.application.start_export import EXPORT_DUE, MOST_UNFINISHED
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.conditions import ActivitiesTest, IntRange
from segmentation.domain.errors import SegmentNotFound, TooManyOperations
from segmentation.domain.operation import ExportFormat, Failure, MemberExport, OperationStatus, SegmentExport

from ..samples import NOW, Act, Brand, days
from .door import Door, as_caller, refusal
from .exporting import FACTS, CutOff, Desk
from .segmenting import created

NewBrand = Callable[[], Awaitable[Brand]]


@pytest.fixture
async def desk(
    brand: Brand, database: Database, in_transaction: Transactions, jetstream: JetStreamContext
) -> Desk:
    async with in_transaction(brand.tenant_id) as uow:
        acts = [
            Act(Kind.MESSAGE, f"m{number}", days(number), group=f"g{number % 3}", name=f"成员{number}")
            for number in range(20)
        ]
        await record_activities(uow, brand.columns(*acts), NOW)
        for name in ("g0", "g1", "g2"):
            await register_group(uow, RegisterGroup(brand.group(name), name, f"群{name}", "owner"), NOW)
    return Desk(brand, database, in_transaction, jetstream._nc)


def _read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def _published(desk: Desk) -> int:
    statement = text("select count(*) from outbox where type like '%operation.finished%'")
    async with desk.database.session(desk.brand.tenant_id) as session:
        return int((await session.connection.execute(statement)).scalar_one())


async def test_facts_as_csv(desk: Desk) -> None:
    operation = await desk.run(await desk.start())
    content = await desk.content(operation)
    rows = _read(content)
    assert operation.status is OperationStatus.SUCCEEDED
    assert (operation.rows, operation.bytes) == (len(rows), len(content))
    assert operation.sha256 == hashlib.sha256(content).hexdigest()
    assert sum(int(row["messages"]) for row in rows) == 20
    assert {row["group_id"] for row in rows} == {str(desk.brand.group(f"g{it}")) for it in range(3)}
    assert await _published(desk) == 1


async def test_parquet_says_the_same(desk: Desk) -> None:
    as_csv = await desk.run(await desk.start())
    as_parquet = await desk.run(await desk.start(form=ExportFormat.PARQUET))
    table = pyarrow.parquet.read_table(io.BytesIO(await desk.content(as_parquet)))
    rows = [{name: str(value) for name, value in row.items()} for row in table.to_pylist()]
    assert rows == _read(await desk.content(as_csv))


async def test_members_of_a_segment(desk: Desk, in_transaction: Transactions) -> None:
    """A name that a spreadsheet would take for a formula is made harmless, and only there."""
    formula = Act(Kind.MESSAGE, "m1", name="=HYPERLINK(1)")
    async with in_transaction(desk.brand.tenant_id) as uow:
        await record_activities(uow, desk.brand.columns(formula), NOW)
    segment = await created(
        in_transaction, desk.brand, ActivitiesTest((Kind.MESSAGE,), 7, None, IntRange(min=1))
    )
    wanted = SegmentExport(segment.id)
    rows = _read(await desk.content(await desk.run(await desk.start(wanted))))
    assert {row["external_reference"] for row in rows} == {f"m{number}" for number in range(7)}
    [harmless] = [row for row in rows if row["external_reference"] == "m1"]
    assert (harmless["display_name"], harmless["member_id"]) == (
        "'=HYPERLINK(1)",
        str(desk.brand.member("m1")),
    )
    as_parquet = await desk.run(await desk.start(wanted, ExportFormat.PARQUET))
    table = pyarrow.parquet.read_table(io.BytesIO(await desk.content(as_parquet)))
    assert "=HYPERLINK(1)" in table.column("display_name").to_pylist()
    assert (as_parquet.rows, table.num_rows) == (7, 7)


async def test_a_segment_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(SegmentNotFound):
        await desk.start(SegmentExport(new_id()))


async def test_all_that_is_kept_of_a_member(desk: Desk) -> None:
    operation = await desk.run(await desk.start(MemberExport(desk.brand.member("m3")), ExportFormat.NDJSON))
    lines = [json.loads(line) for line in (await desk.content(operation)).splitlines()]
    own = {line["table"]: line["row"] for line in lines if line["service"] == "segmentation"}
    assert own["members"]["display_name"] == "成员3"
    assert {"activities", "memberships", "member_tiers", "tier_assignments", "operations"} <= set(own)
    assert {line["row"]["member_id"] for line in lines} == {str(desk.brand.member("m3"))}
    assert [line["service"] for line in lines if line["service"] != "segmentation"] == ["risk", "support"]
    assert "tenant_id" not in own["members"]


async def test_a_file_in_small_parts_can_be_read_from_anywhere(desk: Desk) -> None:
    operation = await desk.run(await desk.start())
    content = await desk.content(operation)
    assert await desk.content(operation, offset=7) == content[7:]
    assert await desk.content(operation, offset=len(content)) == b""


async def test_an_attempt_that_is_cut_off_is_made_anew_and_counts_once(desk: Desk) -> None:
    operation_id = await desk.start()
    with pytest.raises(CutOff):
        await desk.run(operation_id, desk.exporter(part_bytes=100, parts=3))
    interrupted = await desk.operation(operation_id)
    assert (interrupted.status, interrupted.attempt) == (OperationStatus.RUNNING, 1)
    assert (await desk.run(operation_id)).attempt == 1, "the lease holds"
    desk.wait(seconds=31)
    operation = await desk.run(operation_id)
    assert (operation.status, operation.attempt) == (OperationStatus.SUCCEEDED, 2)
    assert len(_read(await desk.content(operation))) == operation.rows
    desk.wait(minutes=5)
    assert await desk.run(operation_id) == operation, "it is finished"
    assert await _published(desk) == 1


async def test_whoever_lost_the_lease_changes_nothing(desk: Desk) -> None:
    """The first one writes its last part, then finds that somebody else has begun anew and finished."""
    operation_id = await desk.start()

    class Slow:
        async def put(self, *part: Any) -> None:
            desk.wait(seconds=31)
            await desk.run(operation_id)

    slow = desk.exporter()
    object.__setattr__(slow, "files", Slow())
    operation = await desk.run(operation_id, slow)
    assert (operation.status, operation.attempt) == (OperationStatus.SUCCEEDED, 2)
    assert len(_read(await desk.content(operation))) == operation.rows
    assert await _published(desk) == 1


async def test_two_replicas_make_one_file(desk: Desk) -> None:
    operation_id = await desk.start()
    await asyncio.gather(*(desk.run(operation_id) for _ in range(4)))
    assert (await desk.operation(operation_id)).attempt == 1
    assert await _published(desk) == 1


async def test_a_file_that_grows_too_large_fails(desk: Desk) -> None:
    operation = await desk.run(await desk.start(), desk.exporter(most_bytes=500))
    assert (operation.status, operation.failure) == (OperationStatus.FAILED, Failure.TOO_LARGE)
    assert await _published(desk) == 1


async def test_a_discarded_file_is_gone(desk: Desk) -> None:
    operation = await desk.run(await desk.start())
    await desk.files.discard(desk.brand.tenant_id, operation.stored_as, operation.bytes)
    with pytest.raises(FileGone):
        await desk.content(operation)


async def test_a_tenant_has_only_so_much_under_way(desk: Desk) -> None:
    started = await asyncio.gather(
        *(desk.start() for _ in range(MOST_UNFINISHED + 5)), return_exceptions=True
    )
    assert sum(isinstance(it, TooManyOperations) for it in started) == 5
    await desk.run(next(it for it in started if not isinstance(it, BaseException)))
    await desk.start()


async def test_the_door(door: Door, desk: Desk, new_brand: NewBrand) -> None:
    operations = OperationServiceStub(door.channel)
    request = wire.StartFactsExportRequest(
        idempotency_key=str(new_id()),
        from_date=str(FACTS.first),
        to_date=str(FACTS.last),
        format=wire.EXPORT_FORMAT_CSV,
    )

    async def status(operation_id: str) -> int:
        answer = await operations.BatchGetOperations(wire.BatchGetOperationsRequest(ids=[operation_id]))
        return int(answer.operations[0].status)

    async def read(operation_id: str) -> bytes:
        result = operations.ReadOperationResult(wire.ReadOperationResultRequest(id=operation_id))
        return b"".join([answer.part async for answer in result])

    with as_caller(desk.brand, "operator"):
        started = (await operations.StartFactsExport(request)).operation
        assert (await operations.StartFactsExport(request)).operation == started
        await eventually(lambda: status(started.id), wire.OPERATION_STATUS_SUCCEEDED)
        [done] = (
            await operations.BatchGetOperations(wire.BatchGetOperationsRequest(ids=[started.id]))
        ).operations
        content = await read(started.id)
        assert hashlib.sha256(content).hexdigest() == done.sha256
        assert done.progress == 1
        request.format = wire.EXPORT_FORMAT_NDJSON
        request.idempotency_key = str(new_id())
        assert await refusal(operations.StartFactsExport(request)) == ("UNSUITABLE_FORMAT", "format")
        member = wire.StartMemberExportRequest(idempotency_key="k", member_id=str(new_id()))
        assert (await refusal(operations.StartMemberExport(member)))[0] == "NOT_ALLOWED"
    with as_caller(desk.brand, "admin"):
        assert await refusal(operations.StartMemberExport(member)) == ("MEMBER_NOT_FOUND", "member_id")
    with as_caller(await new_brand(), "admin"):
        known = await operations.BatchGetOperations(wire.BatchGetOperationsRequest(ids=[started.id]))
        assert not known.operations
        assert await refusal(read(started.id)) == ("OPERATION_NOT_FOUND", "id")


@pytest.mark.chaos
async def test_killed_while_exporting(door: Door, desk: Desk) -> None:
    """kill -9 in the middle: another attempt is made by itself, with one result that is told once."""
    brand = desk.brand
    async with desk.database.session(brand.tenant_id) as session:
        await session.connection.execute(text("lock table groups in access exclusive mode"))
        operation_id = await desk.start()

        async def attempt() -> int:
            return (await desk.operation(operation_id)).attempt

        await eventually(attempt, 1)
        await door.kill()
    await door.restart()

    async def status() -> OperationStatus:
        return (await desk.operation(operation_id)).status

    await eventually(status, OperationStatus.SUCCEEDED)
    operation = await desk.operation(operation_id)
    assert operation.attempt == 2
    assert len(_read(await desk.content(operation))) == operation.rows
    finished = text("select count(*) from timers where kind = :kind")

    async def timers() -> int:
        async with desk.database.session(brand.tenant_id) as session:
            return int((await session.connection.execute(finished, {"kind": EXPORT_DUE})).scalar_one())

    await eventually(timers, 0)
