"""`GET /v1/operations/{id}/result`: the file of an operation, as it comes from the service."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from http import HTTPStatus

import grpc
import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from chassis.identity import Caller, calling_as
from chassis.logs import get_logger
from chassis.rpc.errors import Refusal
from chassis.telemetry import extracted, tracer
from gateway.errors import INTERNAL, PublicError, answer, of_refusal
from gateway.gateway import Gateway
from gateway.global_ids import PREFIX, uuid_of
from quanzi.segmentation.v1.operations_pb2 import (
    EXPORT_FORMAT_CSV,
    EXPORT_FORMAT_NDJSON,
    EXPORT_FORMAT_PARQUET,
    OPERATION_STATUS_SUCCEEDED,
    BatchGetOperationsRequest,
    Operation,
    ReadOperationResultRequest,
)

PATH = "/v1/operations/{id}/result"
JSON = "application/json"
_MEDIA_TYPES = {
    EXPORT_FORMAT_CSV: "text/csv; charset=utf-8",
    EXPORT_FORMAT_NDJSON: "application/x-ndjson",
    EXPORT_FORMAT_PARQUET: "application/vnd.apache.parquet",
}
_STATUSES = {
    "FORBIDDEN": HTTPStatus.FORBIDDEN,
    "NOT_FOUND": HTTPStatus.NOT_FOUND,
    "REFUSED": HTTPStatus.CONFLICT,
}
# A call ends after so many seconds, whatever is left of the file; the next one goes on where it ended.
_CALL_SECONDS = 50.0

log = get_logger(__name__)


class ResultDoor:
    """Nothing of a file is kept here but the part on its way."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._operations = gateway.clients.operations

    async def give(self, request: Request) -> Response:
        with extracted(request.headers), tracer().start_as_current_span(f"GET {PATH}"):
            try:
                identity = await self._gateway.authenticator.identify(request.headers.get("authorization"))
                operation = await self._operation(identity.caller, request.path_params["id"])
                headers = _headers(operation)
                if headers["etag"] in request.headers.get("if-none-match", ""):
                    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"etag": headers["etag"]})
                parts = self._parts(identity.caller, operation)
                first = await anext(parts, b"")  # what is refused is refused before the first byte
                media_type = _MEDIA_TYPES[operation.format]
                return StreamingResponse(_after(first, parts), headers=headers, media_type=media_type)
            except PublicError as error:
                return _refusal(error)
            except grpc.aio.AioRpcError as failed:
                return _refusal(_public(failed))
            except Exception:
                log.exception("unexpected error")
                return _refusal(_masked())

    async def _operation(self, caller: Caller, text: str) -> Operation:
        """Raises PublicError NOT_FOUND, REFUSED, BAD_USER_INPUT; AioRpcError."""
        operation_id = uuid_of(f"{PREFIX}Operation/{text}", "Operation", "id")
        with calling_as(caller):
            found = await self._operations.BatchGetOperations(BatchGetOperationsRequest(ids=[operation_id]))
        if not found.operations:
            raise PublicError("NOT_FOUND", f"there is no operation {operation_id}", status=404)
        operation: Operation = found.operations[0]
        if operation.status != OPERATION_STATUS_SUCCEEDED:
            raise PublicError("REFUSED", "the operation has no file, or not yet", status=409)
        return operation

    async def _parts(self, caller: Caller, operation: Operation) -> AsyncIterator[bytes]:
        given = 0
        while given < operation.bytes:
            request = ReadOperationResultRequest(id=operation.id, offset=given)
            with calling_as(caller):
                answers = self._operations.ReadOperationResult(request, timeout=_CALL_SECONDS)
            begun = given
            try:
                async for read in answers:
                    given += len(read.part)
                    yield read.part
            except grpc.aio.AioRpcError as cut:
                if cut.code() is not grpc.StatusCode.DEADLINE_EXCEEDED or given == begun:
                    raise
            finally:
                answers.cancel()
            if given == begun:
                raise EOFError(f"operation {operation.id} has {operation.bytes} bytes, {given} came")


async def _after(first: bytes, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in parts:
        yield part


def _headers(operation: Operation) -> dict[str, str]:
    digest = b64encode(bytes.fromhex(operation.sha256)).decode()
    return {
        "content-disposition": f'attachment; filename="{operation.file_name}"',
        "content-length": str(operation.bytes),
        "etag": f'"{operation.sha256}"',
        "repr-digest": f"sha-256=:{digest}:",
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
    }


def _public(failed: grpc.aio.AioRpcError) -> PublicError:
    error = of_refusal(Refusal.of(failed)) or _masked()
    error.status = _STATUSES.get(error.code, error.status)
    return error


def _refusal(error: PublicError) -> Response:
    headers = {"retry-after": "1"} if error.status == 503 else {}
    return Response(orjson.dumps(answer(error)), error.status, headers, JSON)


def _masked() -> PublicError:
    return PublicError(INTERNAL, "internal error", status=500)
