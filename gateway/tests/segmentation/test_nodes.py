"""Whatever has a global id is found by it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLInterfaceType

from chassis.tenancy import TenantProfile
from gateway.partners.partner import Partner
from gateway.schema import build_schema
from gateway.webhooks.delivery_store import Delivery, DeliveryStatus
from gateway.webhooks.endpoint import Endpoint, EndpointStatus
from quanzi.segmentation.v1 import operations_pb2

from ..conftest import TENANT, Door
from ..fakes import FakeServices
from ..test_members import uuid
from .filled import filled

AT = datetime(2026, 11, 2, tzinfo=UTC)
SCHEMA = build_schema()._schema
NODE = SCHEMA.type_map["Node"]
assert isinstance(NODE, GraphQLInterfaceType)
KINDS = sorted(kind.name for kind in SCHEMA.get_implementations(NODE).objects)


@pytest.fixture
def registered(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def find(tenant_id: Any) -> TenantProfile:
        return TenantProfile(tenant_id, "acme", "Acme", "Asia/Shanghai", "CNY")

    monkeypatch.setattr(door.gateway.tenants, "find", find)


@pytest.fixture
def of_partners(door: Door, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The gateway's own: looked up for an administrator, at once; how often, by kind."""
    first, asked = UUID(uuid("x", 1)), Counter[str]()
    partner = Partner(TENANT, first, "SCRM", AT, None, AT)
    endpoint = Endpoint(
        TENANT, first, first, "https://scrm.example", (), (), EndpointStatus.ACTIVE, None, AT, first
    )
    delivery = Delivery(
        first, first, "e", "t", AT, b"{}", DeliveryStatus.PENDING, AT, AT, 0, *[None] * 5
    )  # fmt: skip

    def answering(kind: str, known: Any) -> Any:
        async def by_ids(*scope: Any) -> list[Any]:
            asked[kind] += 1
            assert scope[0] == TENANT
            return [known] if known.id in scope[-1] else []

        return by_ids

    desks = door.gateway.partners, door.gateway.webhooks
    monkeypatch.setattr(desks[0], "by_ids", answering("Partner", partner))
    monkeypatch.setattr(desks[1], "endpoints_by_ids", answering("WebhookEndpoint", endpoint))
    monkeypatch.setattr(desks[1], "deliveries_by_ids", answering("WebhookDelivery", delivery))
    return asked


@pytest.mark.usefixtures("everything_is_answered", "registered")
@pytest.mark.parametrize("kind", KINDS)
async def test_by_id(door: Door, services: FakeServices, of_partners: Counter[str], kind: str) -> None:
    known = str(TENANT) if kind == "Tenant" else uuid("x", 1)
    ids = [f"gid://quanzi/{kind}/{one}" for one in (known, uuid("x", 2))]
    answer = await door.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)
    assert answer["data"]["nodes"] == [{"__typename": kind, "id": ids[0]}, None]
    assert all(calls == 1 for calls in (*services.calls.values(), *of_partners.values()))
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
