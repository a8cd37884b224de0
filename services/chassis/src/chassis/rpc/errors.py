"""Errors on the wire: one table per service maps exception classes to a gRPC status and a reason.

A refusal carries `google.rpc.ErrorInfo` (reason, domain `quanzi.<service>`, field, trace id) and `BadRequest`
where fields are to blame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import grpc
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

ErrorTable = Mapping[type[Exception], tuple[grpc.StatusCode, str]]

DETAILS_KEY = "grpc-status-details-bin"
DOMAIN = "quanzi."


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
            service=info.domain.removeprefix(DOMAIN),
        )
