"""Same key and body → the same answer, computed once; same key and another body → refused."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

MAX_KEY_LENGTH = 128
M = TypeVar("M", bound=Message)


class IdempotencyError(Exception):
    field = "idempotency_key"


class IdempotencyKeyMissing(IdempotencyError):
    """The call changes something that must not change twice, so it needs a key."""


class IdempotencyKeyTooLong(IdempotencyError):
    """A key has at most 128 characters."""


class IdempotencyConflict(IdempotencyError):
    """The key was used with another request."""


class IdempotentRequest(Protocol):
    @property
    def idempotency_key(self) -> str: ...
    def SerializeToString(self, *, deterministic: bool = ...) -> bytes: ...  # noqa: N802


_CLAIM = text("""
    insert into idempotency_keys (tenant_id, operation, key, request_hash)
    values (:tenant_id, :operation, :key, :request_hash)
    on conflict do nothing
    returning true
""")
_RECALL = text("""
    select request_hash, response from idempotency_keys
    where tenant_id = :tenant_id and operation = :operation and key = :key
""")
_STORE = text("""
    update idempotency_keys set response = :response
    where tenant_id = :tenant_id and operation = :operation and key = :key
""")


class Idempotency:
    def __init__(self, connection: AsyncConnection, tenant_id: UUID) -> None:
        self._connection, self._tenant_id = connection, tenant_id

    async def claim(self, operation: str, key: str, request_hash: bytes) -> bytes | None:
        """Take the key, or recall the answer given under it. Waits for a transaction that holds the same key.

        Raises IdempotencyConflict.
        """
        row = {"tenant_id": self._tenant_id, "operation": operation, "key": key}
        if (await self._connection.execute(_CLAIM, {**row, "request_hash": request_hash})).scalar():
            return None
        stored = (await self._connection.execute(_RECALL, row)).one()
        if stored.request_hash != request_hash:
            raise IdempotencyConflict("This key was used with another request; take a new key.")
        answer: bytes = stored.response
        return answer

    async def store(self, operation: str, key: str, response: bytes) -> None:
        row = {"tenant_id": self._tenant_id, "operation": operation, "key": key}
        await self._connection.execute(_STORE, {**row, "response": response})


async def answer_once(
    idempotency: Idempotency,
    operation: str,
    request: IdempotentRequest,
    response_type: type[M],
    compute: Callable[[], Awaitable[M]],
) -> M:
    """Compute the answer and keep it in this transaction, or give the one that was kept.

    A refusal raised by `compute` rolls the key back with everything else: the caller may try again with it.
    Raises IdempotencyKeyMissing, IdempotencyKeyTooLong, IdempotencyConflict.
    """
    key = request.idempotency_key
    if not key:
        raise IdempotencyKeyMissing("Send an idempotency key: one new id per intended change.")
    if len(key) > MAX_KEY_LENGTH:
        raise IdempotencyKeyTooLong(f"An idempotency key has at most {MAX_KEY_LENGTH} characters.")
    request_hash = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
    stored = await idempotency.claim(operation, key, request_hash)
    if stored is not None:
        return response_type.FromString(stored)
    response = await compute()
    await idempotency.store(operation, key, response.SerializeToString())
    return response
