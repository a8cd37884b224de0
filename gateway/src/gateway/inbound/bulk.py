"""`POST /v1/activities`: NDJSON of any length, read as it comes, answered line by line."""

from __future__ import annotations

import grpc
import orjson
from starlette.requests import Request
from starlette.responses import Response

from chassis.identity import calling_as
from chassis.logs import get_logger
from chassis.rpc.errors import Refusal
from chassis.telemetry import extracted, tracer
from gateway.errors import INTERNAL, PublicError, answer, of_refusal
from gateway.gateway import Gateway
from gateway.inbound.intake import RefusedRow, Submission
from gateway.inbound.rows import RowRefused
from gateway.settings import GatewaySettings

NDJSON = "application/x-ndjson"
JSON = "application/json"

log = get_logger(__name__)


class BulkDoor:
    """Nothing of a request is kept but what waits to be published and what was refused."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def receive(self, request: Request) -> Response:
        with extracted(request.headers), tracer().start_as_current_span("POST /v1/activities"):
            accepted = 0
            try:
                identity = await self._gateway.authenticator.identify(request.headers.get("authorization"))
                with calling_as(identity.caller):
                    submission = await self._gateway.intake.open(identity, request.query_params.get("source"))
                    try:
                        await _read(request, submission, self._gateway.settings)
                    finally:
                        accepted = submission.accepted
            except PublicError as error:
                return _refusal(error, accepted)
            except grpc.aio.AioRpcError as failed:
                return _refusal(of_refusal(Refusal.of(failed)) or _masked(), accepted)
            except Exception:
                log.exception("unexpected error")
                return _refusal(_masked(), accepted)
            return _outcome(submission)


async def _read(request: Request, submission: Submission, settings: GatewaySettings) -> None:
    """Raises PublicError TOO_MANY_ROWS, SERVICE_UNAVAILABLE. What was published before stays published."""
    line = 0
    rest = bytearray()
    skipping = False  # the rest of a line that is too long
    async for chunk in request.stream():
        *complete, tail = chunk.split(b"\n")
        for part in complete:
            line += 1
            if line > settings.bulk_rows:
                await submission.publish()
                message = f"one request carries at most {settings.bulk_rows} rows; send the rest in another"
                raise PublicError("TOO_MANY_ROWS", message, status=413)
            if not skipping:
                _add(submission, line, rest + part if rest else part, settings.bulk_line_bytes)
            rest.clear()
            skipping = False
        if not skipping:
            rest += tail
        if len(rest) > settings.bulk_line_bytes:
            _add(submission, line + 1, rest, settings.bulk_line_bytes)
            rest.clear()
            skipping = True
        await submission.publish_full_chunks()
    if rest and not skipping:
        _add(submission, line + 1, rest, settings.bulk_line_bytes)
    await submission.publish()


def _add(submission: Submission, line: int, text: bytes | bytearray, most: int) -> None:
    if len(text) > most:
        submission.refuse(line, RowRefused("LINE_TOO_LONG", None, f"a line has at most {most} bytes"))
        return
    if not text.strip():
        return
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        submission.refuse(line, RowRefused("MALFORMED_JSON", None, f"not JSON: {error}"))
        return
    submission.add(line, row)


def _outcome(submission: Submission) -> Response:
    """One line for each refused row, in order, then the counts."""
    refused = sorted(submission.refused, key=lambda row: row.line)
    counts = {"accepted": submission.accepted, "rejected": len(refused)}
    return Response(b"".join([*map(_line, refused), orjson.dumps(counts), b"\n"]), media_type=NDJSON)


def _line(row: RefusedRow) -> bytes:
    return orjson.dumps(
        {"line": row.line, "code": row.code, "field": row.field, "message": row.message},
        option=orjson.OPT_APPEND_NEWLINE,
    )


def _refusal(error: PublicError, accepted: int) -> Response:
    error.facts["accepted"] = accepted
    headers = {"retry-after": "1"} if error.status == 503 else {}
    return Response(orjson.dumps(answer(error)), error.status, headers, JSON)


def _masked() -> PublicError:
    return PublicError(INTERNAL, "internal error", status=500)
