"""The life of an API key."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from chassis.database import Database
from chassis.ids import new_id
from gateway.partners import directory

from ..conftest import Door, Keys
from .conftest import do, register

WHO = "{ webhookEndpoints { nodes { id } } }"


async def code_of(door: Door, query: str, token: str) -> str | None:
    errors = (await door.ask(query, token)).get("errors")
    return errors[0]["extensions"]["code"] if errors else None


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "CACHED_SECONDS", 0.0)


async def test_a_key_opens_the_graph_for_its_partner_alone(admin: Door) -> None:
    _, key = await register(admin)
    assert await code_of(admin, WHO, key) is None
    assert await code_of(admin, "{ partners { nodes { id } } }", key) == "FORBIDDEN"
    for wrong in (key[:-1] + ("0" if key[-1] != "0" else "1"), "qz_000000000000_" + "0" * 48, "qz_x"):
        assert await code_of(admin, WHO, wrong) == "UNAUTHENTICATED"


async def test_only_administrators_register(admin: Door, keys: Keys, tenant: UUID) -> None:
    query = 'mutation { partnerRegister(input: {name: "x"}) { apiKey } }'
    for role in ("operator", "partner"):
        assert await code_of(admin, query, keys.token(role, tenant=tenant)) == "FORBIDDEN"


async def test_names_are_unique_and_short(admin: Door) -> None:
    await register(admin, "SCRM")
    for name, code in (("SCRM", "CONFLICT"), ("", "INVALID"), ("x" * 101, "INVALID")):
        payload = await do(admin, "partnerRegister", "apiKey", name=name)
        assert payload["apiKey"] is None
        assert [(error["field"], error["code"]) for error in payload["userErrors"]] == [("name", code)]


async def test_rotation_lets_the_old_key_overlap_or_ends_it(admin: Door) -> None:
    partner, first = await register(admin)
    second = (await do(admin, "partnerKeyRotate", "apiKey", partner=partner))["apiKey"]
    assert [await code_of(admin, WHO, key) for key in (first, second)] == [None, None]
    third = (await do(admin, "partnerKeyRotate", "apiKey", partner=partner, overlapHours=0))["apiKey"]
    codes = [await code_of(admin, WHO, key) for key in (first, second, third)]
    assert codes == ["UNAUTHENTICATED", "UNAUTHENTICATED", None]
    payload = await do(admin, "partnerKeyRotate", "apiKey", partner=partner, overlapHours=1000)
    assert payload["userErrors"][0]["field"] == "overlapHours"


async def test_a_disabled_partner_is_refused_everywhere_and_stays_so(admin: Door) -> None:
    partner, key = await register(admin)
    await do(admin, "webhookEndpointCreate", "secret", key, url="http://127.0.0.1:9/")
    for _ in range(2):
        payload = await do(admin, "partnerDisable", "partner { disabledAt }", partner=partner)
        assert payload["partner"]["disabledAt"]
    assert await code_of(admin, WHO, key) == "UNAUTHENTICATED"
    endpoints = (await admin.ask("{ webhookEndpoints { nodes { status } } }"))["data"]["webhookEndpoints"]
    assert endpoints["nodes"] == [{"status": "DISABLED"}]
    assert (await do(admin, "partnerKeyRotate", "apiKey", partner=partner))["userErrors"][0][
        "code"
    ] == "CONFLICT"


async def test_another_tenant_knows_nothing_of_it(admin: Door, keys: Keys) -> None:
    partner, _ = await register(admin)
    stranger = keys.token(tenant=new_id())
    payload = await do(admin, "partnerDisable", "partner { id }", stranger, partner=partner)
    assert payload["userErrors"][0]["code"] == "NOT_FOUND"
    listed = await admin.ask("{ partners { nodes { id } totalCount } }", stranger)
    assert listed["data"]["partners"] == {"nodes": [], "totalCount": 0}


async def test_no_key_is_stored_and_the_first_look_sees_no_hash(
    admin: Door, database: Database, tenant: UUID
) -> None:
    _, key = await register(admin)
    async with database.relay_session() as relay:
        (prefix,) = (await relay.execute(text("select prefix from api_keys"))).scalars()
    assert prefix == key.split("_")[1]
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.relay_session() as relay:
            await relay.execute(text("select hash from api_keys"))
    async with database.session(tenant) as session:
        stored = (await session.connection.execute(text("select hash from api_keys"))).scalar_one()
    assert stored != hashlib.sha256(key.encode()).digest()
    assert key.encode() not in stored


async def test_partners_are_listed_by_pages(admin: Door) -> None:
    for name in "abc":
        await register(admin, name)
    query = """
        query ($after: String) {
          partners(first: 2, after: $after) {
            nodes { name nats { user } } pageInfo { endCursor hasNextPage } totalCount
          }
        }
    """
    first = (await admin.ask(query))["data"]["partners"]
    assert ([node["name"] for node in first["nodes"]], first["totalCount"]) == (["a", "b"], 3)
    rest = (await admin.ask(query, after=first["pageInfo"]["endCursor"]))["data"]["partners"]
    assert [node["name"] for node in rest["nodes"]] == ["c"]
    assert (await admin.ask(query, after="zz"))["errors"][0]["extensions"]["field"] == "after"
