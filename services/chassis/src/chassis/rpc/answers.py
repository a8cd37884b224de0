"""The status that an exception becomes on the wire: its service's table, then what holds for all."""

from __future__ import annotations

from collections.abc import Sequence

import grpc
import nats.errors
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from google.rpc.status_pb2 import Status
from grpc import StatusCode

from chassis.faults import TransientFault, is_transient, is_unstorable
from chassis.idempotency import IdempotencyConflict, IdempotencyKeyMissing, IdempotencyKeyTooLong
from chassis.keyset import InvalidCursor
from chassis.logs import get_logger
from chassis.rpc.errors import DOMAIN, CallRefused, ErrorTable
from chassis.telemetry import trace_id
from chassis.tenancy import UnknownTenant

CHASSIS_ERRORS: ErrorTable = {
    IdempotencyConflict: (StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"),
    IdempotencyKeyMissing: (StatusCode.INVALID_ARGUMENT, "IDEMPOTENCY_KEY_MISSING"),
    IdempotencyKeyTooLong: (StatusCode.INVALID_ARGUMENT, "IDEMPOTENCY_KEY_TOO_LONG"),
    InvalidCursor: (StatusCode.INVALID_ARGUMENT, "INVALID_CURSOR"),
    UnknownTenant: (StatusCode.FAILED_PRECONDITION, "UNKNOWN_TENANT"),
    TransientFault: (StatusCode.UNAVAILABLE, "TRY_AGAIN"),
}

_PEER_AWAY = {StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED}

log = get_logger(__name__)


def to_status(error: Exception, service: str, errors: ErrorTable, method: str) -> Status:
    """An outage is told as such; anything unknown is logged with its traceback and masked."""
    if isinstance(error, CallRefused):
        return _status(service, error.code, error.reason, str(error), error.violations)
    if known := _lookup(error, errors) or _lookup(error, CHASSIS_ERRORS):
        field = getattr(error, "field", None)
        return _status(service, *known, str(error), [(field, str(error))] if field else [])
    if away := _outage(error):
        log.warning("outage", method=method, reason=away, error=repr(error))
        return _status(service, StatusCode.UNAVAILABLE, away, "a part this service needs is away; try again")
    if is_unstorable(error):
        why = "a text holds the character NUL, which cannot be stored: take it out"
        return _status(service, StatusCode.INVALID_ARGUMENT, "INVALID_CHARACTER", why)
    log.error("unexpected error", method=method, exc_info=error)
    return _status(service, StatusCode.INTERNAL, "INTERNAL", "internal error")


def _lookup(error: Exception, errors: ErrorTable) -> tuple[StatusCode, str] | None:
    return next((errors[kind] for kind in type(error).__mro__ if kind in errors), None)


def _outage(error: Exception) -> str | None:
    if isinstance(error, grpc.aio.AioRpcError):
        return "PEER_UNAVAILABLE" if error.code() in _PEER_AWAY else None
    if isinstance(error, nats.errors.Error):
        return "MESSAGING_UNAVAILABLE"
    return "DATABASE_UNAVAILABLE" if is_transient(error) else None


def _status(
    service: str,
    code: StatusCode,
    reason: str,
    message: str,
    violations: Sequence[tuple[str, str]] = (),
) -> Status:
    info = ErrorInfo(reason=reason, domain=f"{DOMAIN}{service}")
    if trace := trace_id():
        info.metadata["trace_id"] = trace
    status = Status(code=Code.Value(code.name), message=message)
    if violations:
        info.metadata["field"] = violations[0][0]
        fields = [BadRequest.FieldViolation(field=field, description=why) for field, why in violations]
        status.details.add().Pack(BadRequest(field_violations=fields))
    status.details.add().Pack(info)
    return status
