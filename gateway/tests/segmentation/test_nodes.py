"""Segments, alerts, exports and erasures are found by their ids."""

from __future__ import annotations

import pytest

from quanzi.segmentation.v1 import alerts_pb2, erasures_pb2, operations_pb2, segments_pb2

from ..conftest import Door
from ..fakes import FakeServices
from ..test_members import uuid
from .filled import filled

ANSWERS = {
    "Segment": ("BatchGetSegments", filled(segments_pb2.BatchGetSegmentsResponse)),
    "Alert": ("BatchGetAlerts", filled(alerts_pb2.BatchGetAlertsResponse)),
    "Operation": ("BatchGetOperations", filled(operations_pb2.BatchGetOperationsResponse)),
    "Erasure": ("BatchGetErasures", filled(erasures_pb2.BatchGetErasuresResponse)),
}


@pytest.mark.parametrize("kind", ANSWERS)
async def test_by_id(door: Door, services: FakeServices, kind: str) -> None:
    call, answer = ANSWERS[kind]
    services.answers[call] = lambda _: answer
    known, unknown = (f"gid://quanzi/{kind}/{uuid('x', i)}" for i in (1, 2))
    asked = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    found = (await door.ask(asked, ids=[known, unknown]))["data"]["nodes"]
    assert found == [{"__typename": kind, "id": known}, None]
    assert services.calls == {call: 1}


async def test_the_file_of_an_export_has_an_address_once_it_is_there(
    door: Door, services: FakeServices
) -> None:
    for status, url in (
        (operations_pb2.OPERATION_STATUS_RUNNING, None),
        (operations_pb2.OPERATION_STATUS_SUCCEEDED, f"/v1/operations/{uuid('x', 1)}/result"),
    ):
        answer = filled(operations_pb2.BatchGetOperationsResponse)
        answer.operations[0].status = status
        services.answers["BatchGetOperations"] = lambda _, answer=answer: answer
        asked = "query ($id: ID!) { node(id: $id) { ... on Operation { resultUrl } } }"
        found = await door.ask(asked, id=f"gid://quanzi/Operation/{uuid('x', 1)}")
        assert found["data"]["node"] == {"resultUrl": url}
