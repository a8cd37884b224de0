from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.enums import WireEnum
from chassis.ids import new_id
from quanzi.segmentation.v1 import erasures_pb2, operations_pb2
from segmentation.domain.erasure import SERVICES, Erasure, ErasureReceipt, ErasureStatus
from segmentation.domain.errors import (
    DomainError,
    OperationNotFinished,
    ResultExpired,
    ResultNotAllowed,
    UnsuitableFormat,
)
from segmentation.domain.operation import (
    ExportFormat,
    ExportKind,
    FactsExport,
    MemberExport,
    Operation,
    OperationStatus,
    SegmentExport,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)
FACTS = FactsExport((), date(2026, 1, 1), date(2026, 1, 31))
ADMIN, OPERATOR = frozenset({"admin"}), frozenset({"operator"})


def _operation(wanted: SegmentExport | FactsExport | MemberExport = FACTS) -> Operation:
    form = ExportFormat.NDJSON if isinstance(wanted, MemberExport) else ExportFormat.CSV
    return Operation.start(new_id(), wanted, form, "operator-1", NOW)


def _done(operation: Operation) -> Operation:
    return replace(operation, status=OperationStatus.SUCCEEDED, expires_at=NOW + timedelta(days=7))


def test_numbers_are_those_of_the_contract() -> None:
    for ours, contract in (
        (ExportKind, operations_pb2.ExportKind),
        (ExportFormat, operations_pb2.ExportFormat),
        (OperationStatus, operations_pb2.OperationStatus),
        (ErasureStatus, erasures_pb2.ErasureStatus),
    ):
        WireEnum(ours, contract)
        assert sorted(ours) == [number for number in contract.values() if number]


@pytest.mark.parametrize(
    ("wanted", "form"),
    [
        (FACTS, ExportFormat.NDJSON),
        (SegmentExport(new_id()), ExportFormat.NDJSON),
        (MemberExport(new_id()), ExportFormat.CSV),
    ],
)
def test_a_kind_has_its_formats(
    wanted: SegmentExport | FactsExport | MemberExport, form: ExportFormat
) -> None:
    with pytest.raises(UnsuitableFormat):
        Operation.start(new_id(), wanted, form, "operator-1", NOW)


def test_progress_is_full_only_at_the_end() -> None:
    operation = replace(_operation(), total=10, rows=20)
    assert operation.progress == 0.99
    assert replace(operation, status=OperationStatus.SUCCEEDED).progress == 1
    assert replace(operation, total=0).progress == 0


def test_the_name_of_a_file_is_plain() -> None:
    assert _operation().file_name == "facts-2026-01-01-2026-01-31.csv"


@pytest.mark.parametrize(
    ("operation", "roles", "now", "refusal"),
    [
        (_operation(), ADMIN, NOW, OperationNotFinished),
        (_done(_operation()), OPERATOR, NOW + timedelta(days=7), ResultExpired),
        (_done(_operation(MemberExport(new_id()))), OPERATOR, NOW, ResultNotAllowed),
    ],
)
def test_who_gets_no_file(
    operation: Operation, roles: frozenset[str], now: datetime, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        operation.give_out(roles, now)


def test_an_erasure_is_complete_when_all_have_reported() -> None:
    erasure = Erasure(new_id(), new_id(), (), "asked by the member", "admin-1", NOW)
    receipts = [ErasureReceipt(service, {}, NOW) for service in SERVICES]
    almost = replace(erasure, receipts=receipts[1:])
    assert almost.waiting_for == [SERVICES[0]]
    assert almost.complete(NOW) is almost
    complete = replace(erasure, receipts=receipts).complete(NOW)
    assert complete.status is ErasureStatus.COMPLETED
    assert complete.complete(NOW) is complete
