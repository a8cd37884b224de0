"""Partners, webhook endpoints and deliveries by their global ids: seen by whoever may see the lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from chassis.database import Database
from chassis.ids import new_id
from gateway.webhooks import delivery_store
from gateway.webhooks.delivery_store import Event

from ..conftest import Door, Keys
from .conftest import do, register

NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on WebhookEndpoint { partnerId } } }"


async def _ids(admin: Door, database: Database, tenant: UUID, name: str) -> tuple[list[str], str]:
    """Of a partner, its endpoint and its delivery; with the key of the partner."""
    partner, key = await register(admin, name)
    made = await do(
        admin, "webhookEndpointCreate", "endpoint { id }", key, url="http://127.0.0.1:9/", eventTypes=[]
    )
    endpoint = made["endpoint"]["id"]
    now = datetime.now(UTC) + timedelta(minutes=1)
    async with database.session(tenant) as session:
        await delivery_store.record(session, [Event(str(new_id()), "t", now, [], b"{}")], now)
    query = "query ($endpoint: ID!) { webhookDeliveries(endpoint: $endpoint) { nodes { id } } }"
    deliveries = (await admin.ask(query, endpoint=endpoint))["data"]["webhookDeliveries"]["nodes"]
    return [partner, endpoint, deliveries[0]["id"]], key


async def _nodes(door: Door, ids: list[str], token: str | None = None) -> tuple[list[Any], list[str]]:
    """Ids of what is there, and codes of errors."""
    answer = await door.ask(NODES, token, ids=ids)
    found = [node and node["id"] for node in answer["data"]["nodes"]]
    return found, [error["extensions"]["code"] for error in answer.get("errors", ())]


async def test_administrators_see_all_of_their_tenant(
    admin: Door, database: Database, tenant: UUID, keys: Keys
) -> None:
    ids, _ = await _ids(admin, database, tenant, "SCRM")
    assert await _nodes(admin, ids) == (ids, [])
    unknown = [f"{one.rpartition('/')[0]}/{new_id()}" for one in ids]
    assert await _nodes(admin, unknown) == ([None] * 3, [])
    assert await _nodes(admin, ids, keys.token(tenant=new_id())) == ([None] * 3, [])


async def test_a_partner_sees_its_own(admin: Door, database: Database, tenant: UUID) -> None:
    mine, key = await _ids(admin, database, tenant, "SCRM")
    others, _ = await _ids(admin, database, tenant, "other")
    assert await _nodes(admin, [*mine[1:], *others[1:]], key) == ([*mine[1:], None, None], [])
    assert await _nodes(admin, mine[:1], key) == ([None], ["FORBIDDEN"])


@pytest.mark.parametrize("role", ["operator", "moderator", "agent"])
async def test_others_see_none(admin: Door, database: Database, tenant: UUID, keys: Keys, role: str) -> None:
    ids, _ = await _ids(admin, database, tenant, "SCRM")
    found = await _nodes(admin, ids, keys.token(role, tenant=tenant))
    assert found == ([None] * 3, ["FORBIDDEN"] * 3)


async def test_many_take_one_statement_of_each_kind(admin: Door, database: Database, tenant: UUID) -> None:
    ids = [one for name in ("a", "b", "c") for one in (await _ids(admin, database, tenant, name))[0]]
    statements: list[str] = []

    def see(_: Any, __: Any, statement: str, *___: Any) -> None:
        if any(f"FROM {table}" in " ".join(statement.split()) for table in TABLES):
            statements.append(statement)

    engine = database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", see)
    try:
        assert await _nodes(admin, ids) == (ids, [])
    finally:
        event.remove(engine, "before_cursor_execute", see)
    assert len(statements) == 3, statements


TABLES = ("partners", "webhook_endpoints", "webhook_deliveries")
