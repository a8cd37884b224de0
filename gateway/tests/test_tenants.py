"""Registering tenants, in a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.testbed.databases import DatabaseFactory
from gateway.gateway import Gateway
from gateway.tenants.registry import TenantRegistry
from quanzi.tenancy.v1.events_pb2 import TenantRegistered

from .conftest import TENANT, Door, Keys

REGISTER = """
mutation ($input: TenantRegisterInput!) {
  tenantRegister(input: $input) {
    tenant { id slug name timeZone currency } userErrors { field code message }
  }
}
"""
ACME = {"slug": "acme", "name": "Acme", "timeZone": "Asia/Shanghai", "currency": "CNY"}


@pytest.fixture
async def database(service_database: DatabaseFactory) -> AsyncIterator[Database]:
    with service_database("gateway") as fresh:
        database = Database.connect(fresh.url, "gateway")
        yield database
        await database.dispose()


@pytest.fixture
async def office(make_gateway: Callable[..., Gateway], keys: Keys, database: Database) -> Door:
    gateway = replace(make_gateway(), tenants=TenantRegistry(database))
    return Door(gateway, keys.token("admin", platform=True))


async def register(office: Door, token: str | None = None, **changes: str) -> dict[str, Any]:
    answer = await office.ask(REGISTER, token=token, input=ACME | changes)
    payload: dict[str, Any] = answer["data"]["tenantRegister"]
    return payload


async def events(database: Database) -> list[str]:
    async with database.session(TENANT) as session:
        rows = await session.connection.execute(text("select type from outbox order by sequence"))
        return list(rows.scalars())


async def test_a_tenant_is_registered_once_and_told_once(office: Door, database: Database) -> None:
    assert (await register(office))["tenant"] == {"id": f"gid://quanzi/Tenant/{TENANT}", **ACME}
    assert (await register(office))["userErrors"] == []
    assert await events(database) == ["quanzi.gateway.tenant.registered.v1"]
    assert TenantRegistered.DESCRIPTOR.full_name == "quanzi.tenancy.v1.TenantRegistered"
    assert (await register(office, name="Acme 2"))["tenant"]["name"] == "Acme 2"
    assert len(await events(database)) == 2
    assert (await office.ask("{ tenant { slug } }"))["data"]["tenant"] == {"slug": "acme"}


async def test_what_cannot_be_registered(office: Door, keys: Keys) -> None:
    await register(office)
    other = keys.token("admin", tenant=uuid4(), platform=True)
    for changes, token, field, code in (
        ({"slug": "Acme Inc"}, None, "slug", "INVALID"),
        ({"timeZone": "Peking"}, None, "timeZone", "INVALID"),
        ({"currency": "yuan"}, None, "currency", "INVALID"),
        ({"currency": "USD"}, None, "currency", "CONFLICT"),
        ({}, other, "slug", "CONFLICT"),
    ):
        (error,) = (await register(office, token, **changes))["userErrors"]
        assert (error["field"], error["code"]) == (field, code)


async def test_only_the_platform_registers_tenants(office: Door, keys: Keys) -> None:
    for token in (keys.token("admin"), keys.token("operator", platform=True)):
        answer = await office.ask(REGISTER, token=token, input=ACME)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_tenant_that_is_not_registered_is_told_so(office: Door) -> None:
    answer = await office.ask("{ tenant { slug } }")
    assert answer["errors"][0]["extensions"]["code"] == "UNKNOWN_TENANT"
