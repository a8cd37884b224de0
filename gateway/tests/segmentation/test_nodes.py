"""Whatever has a global id is found by it."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLInterfaceType

from chassis.tenancy import TenantProfile
from gateway.schema import build_schema
from quanzi.segmentation.v1 import operations_pb2

from ..conftest import TENANT, Door
from ..fakes import FakeServices
from ..test_members import uuid
from .filled import filled

SCHEMA = build_schema()._schema
NODE = SCHEMA.type_map["Node"]
assert isinstance(NODE, GraphQLInterfaceType)
KINDS = sorted(kind.name for kind in SCHEMA.get_implementations(NODE).objects)


@pytest.fixture
def registered(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def find(tenant_id: Any) -> TenantProfile:
        return TenantProfile(tenant_id, "acme", "Acme", "Asia/Shanghai", "CNY")

    monkeypatch.setattr(door.gateway.tenants, "find", find)


@pytest.mark.usefixtures("everything_is_answered", "registered")
@pytest.mark.parametrize("kind", KINDS)
async def test_by_id(door: Door, services: FakeServices, kind: str) -> None:
    known = str(TENANT) if kind == "Tenant" else uuid("x", 1)
    ids = [f"gid://quanzi/{kind}/{one}" for one in (known, uuid("x", 2))]
    answer = await door.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)
    assert answer["data"]["nodes"] == [{"__typename": kind, "id": ids[0]}, None]
    assert all(calls == 1 for calls in services.calls.values())
    one = await door.ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=ids[0])
    assert one["data"]["node"] == {"__typename": kind, "id": ids[0]}


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
