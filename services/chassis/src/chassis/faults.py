"""What will pass if tried again later, and what will not."""

import asyncpg
import grpc
import nats.errors
from sqlalchemy import exc

# Connection, rollback (deadlock, serialization), resources, operator intervention and cancelled statements.
TRANSIENT_SQLSTATE_CLASSES = ("08", "40", "53", "57")
TRANSIENT_SQLSTATES = ("25P03", "55P03")
UNSTORABLE_SQLSTATES = ("22021", "22P05")
PEER_AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


class TransientFault(Exception):
    """Nothing is wrong with the request or message itself: try again later."""


class PoisonMessage(Exception):
    """Raised by a consumer's handler: this message will never be handled, do not try again."""


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed later without anybody changing it."""
    if isinstance(error, (TransientFault, OSError, TimeoutError, nats.errors.Error, exc.TimeoutError)):
        return True
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated or _transient_sqlstate(getattr(error.orig, "sqlstate", None))
    if isinstance(error, asyncpg.PostgresError):
        return _transient_sqlstate(error.sqlstate)
    if isinstance(error, grpc.aio.AioRpcError):
        return error.code() in PEER_AWAY
    return isinstance(error, asyncpg.InterfaceError)


def is_unstorable(error: BaseException) -> bool:
    """Whether a text was refused by PostgreSQL for a character in it: NUL."""
    orig = error.orig if isinstance(error, exc.DBAPIError) else error
    return getattr(orig, "sqlstate", None) in UNSTORABLE_SQLSTATES


def _transient_sqlstate(sqlstate: str | None) -> bool:
    return sqlstate is not None and (
        sqlstate[:2] in TRANSIENT_SQLSTATE_CLASSES or sqlstate in TRANSIENT_SQLSTATES
    )
