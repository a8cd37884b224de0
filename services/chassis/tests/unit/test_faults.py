import asyncpg
import grpc
import nats.errors
import pytest
from sqlalchemy import exc

from chassis.backoff import Backoff
from chassis.faults import TransientFault, is_transient
from chassis.ids import derived_id, new_id


def wrapped(sqlstate: str, *, invalidated: bool = False) -> exc.DBAPIError:
    original = Exception()
    original.sqlstate = sqlstate  # type: ignore[attr-defined]
    return exc.DBAPIError("select 1", None, original, connection_invalidated=invalidated)


def refused(code: grpc.StatusCode) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata())


@pytest.mark.parametrize(
    "error",
    [
        TransientFault(),
        ConnectionRefusedError(),
        TimeoutError(),
        exc.TimeoutError(),
        nats.errors.TimeoutError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.InterfaceError("connection is closed"),
        wrapped("40P01"),
        wrapped("40001"),
        wrapped("55P03"),
        wrapped("57014"),
        wrapped("42601", invalidated=True),
        refused(grpc.StatusCode.UNAVAILABLE),
    ],
    ids=repr,
)
def test_waiting_helps(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        asyncpg.UniqueViolationError(),
        wrapped("23505"),
        wrapped("42501"),
        refused(grpc.StatusCode.NOT_FOUND),
    ],
    ids=repr,
)
def test_waiting_does_not_help(error: Exception) -> None:
    assert not is_transient(error)


def test_pauses_grow_to_a_limit() -> None:
    backoff = Backoff(first=1, limit=8)
    for ceiling in (1, 2, 4, 8, 8, 8):
        assert ceiling / 2 <= backoff.next() <= ceiling
    backoff.reset()
    assert not backoff.failing
    assert backoff.next() <= 1


def test_derived_ids_tell_tenant_kind_and_reference_apart() -> None:
    tenant = new_id()
    assert derived_id(tenant, "member", "wm1") == derived_id(tenant, "member", "wm1")
    others = {
        derived_id(tenant, "member", "wm2"),
        derived_id(tenant, "group", "wm1"),
        derived_id(new_id(), "member", "wm1"),
    }
    assert derived_id(tenant, "member", "wm1") not in others
    assert len(others) == 3


def test_new_ids_sort_by_time() -> None:
    ids = [new_id() for _ in range(1000)]
    assert sorted(ids) == ids
    assert {each.version for each in ids} == {7}
