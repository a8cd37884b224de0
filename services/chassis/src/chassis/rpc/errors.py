"""Errors on the wire: one table per service maps exception classes to a gRPC status and a reason.

A refusal carries `google.rpc.ErrorInfo` (reason, domain `quanzi.<service>`, field, trace id) and `BadRequest`
where fields are to blame. Anything not in a table is logged and masked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import grpc
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from google.rpc.status_pb2 import Status

from chassis.logs import get_logger
from chassis.telemetry import trace_id

ErrorTable = Mapping[type[Exception], tuple[grpc.StatusCode, str]]

DETAILS_KEY = "grpc-status-details-bin"
_DOMAIN = "quanzi."
_OUTAGES = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}

log = get_logger(__name__)


class CallRefused(Exception):
    """A refusal by the chassis itself, before the handler."""

    def __init__(
        self,
        code: grpc.StatusCode,
        reason: str,
        message: str,
        violations: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.violations = violations


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a client learns from a failed call; reason and service are empty if the call never arrived."""

    code: grpc.StatusCode
    reason: str
    message: str
    field: str | None
    service: str

    @classmethod
    def of(cls, error: grpc.aio.AioRpcError) -> Refusal:
        info = ErrorInfo()
        for key, value in error.trailing_metadata() or ():
            if key == DETAILS_KEY and isinstance(value, bytes):
                for detail in Status.FromString(value).details:
                    detail.Unpack(info)
        return cls(
            code=error.code(),
            reason=info.reason,
            message=error.details() or "",
            field=info.metadata.get("field"),
            service=info.domain.removeprefix(_DOMAIN),
        )


def to_status(error: Exception, service: str, errors: ErrorTable, method: str) -> Status:
    """The status an exception becomes; an unknown one is logged with its traceback and masked."""
    if isinstance(error, CallRefused):
        return _status(service, error.code, error.reason, str(error), error.violations)
    if known := _lookup(error, errors):
        field = getattr(error, "field", None)
        return _status(service, *known, str(error), [(field, str(error))] if field else [])
    if isinstance(error, grpc.aio.AioRpcError) and error.code() in _OUTAGES:
        log.warning("peer unavailable", method=method, error=error.details())
        return _status(
            service, grpc.StatusCode.UNAVAILABLE, "PEER_UNAVAILABLE", "a needed service is away; retry"
        )
    log.error("unexpected error", method=method, exc_info=error)
    return _status(service, grpc.StatusCode.INTERNAL, "INTERNAL", "internal error")


def _lookup(error: Exception, errors: ErrorTable) -> tuple[grpc.StatusCode, str] | None:
    return next((errors[kind] for kind in type(error).__mro__ if kind in errors), None)


def _status(
    service: str,
    code: grpc.StatusCode,
    reason: str,
    message: str,
    violations: Sequence[tuple[str, str]] = (),
) -> Status:
    info = ErrorInfo(reason=reason, domain=f"{_DOMAIN}{service}")
    if trace := trace_id():
        info.metadata["trace_id"] = trace
    status = Status(code=Code.Value(code.name), message=message)
    if violations:
        info.metadata["field"] = violations[0][0]
        fields = [BadRequest.FieldViolation(field=field, description=why) for field, why in violations]
        status.details.add().Pack(BadRequest(field_violations=fields))
    status.details.add().Pack(info)
    return status
