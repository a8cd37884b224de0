"""Errors on the public side: what a client may see of them, and what is logged and masked."""

from __future__ import annotations

import re
from collections.abc import Mapping

import grpc
from graphql import GraphQLError, GraphQLSyntaxError

from chassis.logs import get_logger
from chassis.rpc.errors import Refusal
from chassis.telemetry import trace_id

INTERNAL = "INTERNAL"
_SUGGESTION = re.compile(r" Did you mean .*\?$", re.DOTALL)

# A failed call of a service, as a top-level error. What is not here is our fault: INTERNAL.
_CODES: Mapping[grpc.StatusCode, str] = {
    grpc.StatusCode.UNAUTHENTICATED: "UNAUTHENTICATED",
    grpc.StatusCode.PERMISSION_DENIED: "FORBIDDEN",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "RATE_LIMITED",
    grpc.StatusCode.UNAVAILABLE: "SERVICE_UNAVAILABLE",
    grpc.StatusCode.DEADLINE_EXCEEDED: "SERVICE_UNAVAILABLE",
    grpc.StatusCode.INVALID_ARGUMENT: "BAD_USER_INPUT",
    grpc.StatusCode.OUT_OF_RANGE: "BAD_USER_INPUT",
    grpc.StatusCode.NOT_FOUND: "NOT_FOUND",
    grpc.StatusCode.FAILED_PRECONDITION: "REFUSED",
    grpc.StatusCode.ABORTED: "REFUSED",
    grpc.StatusCode.ALREADY_EXISTS: "REFUSED",
}

log = get_logger(__name__)


class PublicError(Exception):
    """A top-level error that a client may read; `code` in UPPER_SNAKE, `status` of a plain HTTP answer."""

    def __init__(self, code: str, message: str, *, status: int = 400, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.field = field
        # Further figures for the client.
        self.facts: dict[str, object] = {}

    def extensions(self) -> dict[str, object]:
        named = {"field": self.field} if self.field else {}
        return {"code": self.code, "traceId": trace_id(), **named, **self.facts}


def unauthenticated(message: str) -> PublicError:
    return PublicError("UNAUTHENTICATED", message, status=401)


def forbidden(message: str) -> PublicError:
    return PublicError("FORBIDDEN", message, status=403)


def unavailable(what: str) -> PublicError:
    return PublicError("SERVICE_UNAVAILABLE", f"{what} is away; try again", status=503)


def invalid(field: str, message: str) -> PublicError:
    return PublicError("BAD_USER_INPUT", message, field=field)


def make_public(errors: list[GraphQLError], *, suggestions: bool) -> None:
    """Rewrite errors in place: known ones get their code, the others are logged once and masked."""
    logged: set[int] = set()
    for error in errors:
        known = _known(error)
        if known is None:
            cause = error.original_error or error
            if id(cause) not in logged:
                logged.add(id(cause))
                log.error("unexpected error", path=error.path, exc_info=cause)
            known = PublicError(INTERNAL, "internal error")
        error.message = str(known) if suggestions else _SUGGESTION.sub("", str(known))
        error.extensions = known.extensions()


def answer(error: PublicError) -> dict[str, object]:
    """The body of a plain HTTP answer."""
    return {"errors": [{"message": str(error), "extensions": error.extensions()}]}


def of_refusal(refusal: Refusal) -> PublicError | None:
    """The top-level error of a failed call; None for what must be masked."""
    code = _CODES.get(refusal.code)
    if code == "SERVICE_UNAVAILABLE":
        return unavailable(refusal.service or "a service")
    return PublicError(code, refusal.message, field=refusal.field) if code else None


def _known(error: GraphQLError) -> PublicError | None:
    match error.original_error:
        case PublicError() as known:
            return known
        case grpc.aio.AioRpcError() as failed:
            return of_refusal(Refusal.of(failed))
        case None if code := (error.extensions or {}).get("code"):
            return PublicError(str(code), error.message)
        case None if isinstance(error, GraphQLSyntaxError):
            code = "TOO_MANY_TOKENS" if "Parsing aborted" in error.message else "GRAPHQL_PARSE_FAILED"
            return PublicError(code, error.message)
        case None | GraphQLError():
            return PublicError("GRAPHQL_VALIDATION_FAILED", error.message)
        case _:
            return None
