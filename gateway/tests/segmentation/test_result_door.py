"""`GET /v1/operations/{id}/result`: bytes as they come, and refusals before the first of them."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import grpc
import pytest

from chassis.ids import new_id
from gateway.gateway import Gateway
from quanzi.segmentation.v1 import operations_pb2 as wire

from ..conftest import TENANT, Door, Keys
from ..fakes import FakeServices, Refuse

CONTENT = "﻿member_id\r\n小王\r\n".encode() * 100
PARTS = [CONTENT[:1000], CONTENT[1000:1001], CONTENT[1001:]]
ID = str(new_id())


def _operation(**changes: Any) -> wire.Operation:
    values: dict[str, Any] = {
        "id": ID,
        "format": wire.EXPORT_FORMAT_CSV,
        "status": wire.OPERATION_STATUS_SUCCEEDED,
        "bytes": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "file_name": "segment-1.csv",
    }
    return wire.Operation(**(values | changes))


@pytest.fixture
async def door(make_gateway: Callable[..., Gateway], keys: Keys, services: FakeServices) -> Door:
    services.answers["BatchGetOperations"] = lambda _: wire.BatchGetOperationsResponse(
        operations=[_operation()]
    )
    services.answers["ReadOperationResult"] = lambda request: [
        wire.ReadOperationResultResponse(part=part)
        for part in (PARTS if not request.offset else [CONTENT[request.offset :]])
    ]
    return Door(make_gateway(), keys.token("operator"))


async def test_the_file_with_what_a_browser_needs(door: Door, services: FakeServices) -> None:
    response = await door.http.get(f"/v1/operations/{ID}/result")
    digest = hashlib.sha256(CONTENT)
    assert response.status_code == 200
    assert response.content == CONTENT
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="segment-1.csv"'
    assert response.headers["content-length"] == str(len(CONTENT))
    assert response.headers["etag"] == f'"{digest.hexdigest()}"'
    assert b64decode(response.headers["repr-digest"].removeprefix("sha-256=:")[:-1]) == digest.digest()
    assert {caller.tenant_id for caller in services.callers} == {TENANT}


async def test_a_file_that_is_known_is_not_sent_again(door: Door, services: FakeServices) -> None:
    etag = (await door.http.get(f"/v1/operations/{ID}/result")).headers["etag"]
    services.calls.clear()
    response = await door.http.get(f"/v1/operations/{ID}/result", headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert services.calls["ReadOperationResult"] == 0


async def test_a_call_that_ends_is_gone_on_with(door: Door, services: FakeServices) -> None:
    """The service may cut a long call; the reader does not notice."""
    offsets = []

    def read(request: wire.ReadOperationResultRequest) -> list[wire.ReadOperationResultResponse]:
        offsets.append(request.offset)
        rest = CONTENT[request.offset :]
        return [wire.ReadOperationResultResponse(part=rest[:900])]

    services.answers["ReadOperationResult"] = read
    assert (await door.http.get(f"/v1/operations/{ID}/result")).content == CONTENT
    assert offsets == list(range(0, len(CONTENT), 900))


@pytest.mark.parametrize(
    ("code", "reason", "status", "public"),
    [
        (grpc.StatusCode.PERMISSION_DENIED, "NOT_ALLOWED", 403, "FORBIDDEN"),
        (grpc.StatusCode.NOT_FOUND, "RESULT_EXPIRED", 404, "NOT_FOUND"),
        (grpc.StatusCode.UNAVAILABLE, "DATABASE_UNAVAILABLE", 503, "SERVICE_UNAVAILABLE"),
    ],
)
async def test_what_the_service_refuses(
    door: Door, services: FakeServices, code: grpc.StatusCode, reason: str, status: int, public: str
) -> None:
    def refuse(_: Any) -> list[wire.ReadOperationResultResponse]:
        raise Refuse(code, reason)

    services.answers["ReadOperationResult"] = refuse
    response = await door.http.get(f"/v1/operations/{ID}/result")
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"] == public


async def test_who_is_not_known_gets_nothing(door: Door) -> None:
    response = await door.http.get(f"/v1/operations/{ID}/result", headers={"authorization": "Bearer no"})
    assert response.status_code == 401


async def test_no_operation_no_file_no_id(door: Door, services: FakeServices) -> None:
    assert (await door.http.get("/v1/operations/7/result")).status_code == 400
    unfinished = _operation(status=wire.OPERATION_STATUS_RUNNING)
    services.answers["BatchGetOperations"] = lambda _: wire.BatchGetOperationsResponse(
        operations=[unfinished]
    )
    assert (await door.http.get(f"/v1/operations/{ID}/result")).status_code == 409
    services.answers["BatchGetOperations"] = lambda _: wire.BatchGetOperationsResponse()
    assert (await door.http.get(f"/v1/operations/{ID}/result")).status_code == 404
