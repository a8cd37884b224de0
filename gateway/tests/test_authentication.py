"""Who is let in, and as whom."""

from __future__ import annotations

import time
from uuid import UUID

import grpc
import jwt
import pytest
import time_machine

from chassis.identity import generate_key
from quanzi.segmentation.v1 import members_pb2

from .conftest import ISSUER, TENANT, Door, Keys
from .fakes import FakeServices, Refuse
from .test_members import serve

QUERY = "{ members { nodes { id } } }"
OTHER = UUID("22222222-2222-7222-8222-222222222222")


async def refusal(door: Door, authorization: str) -> tuple[int, str]:
    response = await door.http.post(
        "/graphql", json={"query": QUERY}, headers={"authorization": authorization}
    )
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


async def test_only_valid_tokens_pass(door: Door, keys: Keys, services: FakeServices) -> None:
    serve(services)
    stranger, _ = generate_key(ISSUER)
    good = jwt.decode(keys.token(), options={"verify_signature": False})
    forged = jwt.encode(good, stranger, "ES256", headers={"kid": ISSUER})
    unsigned = jwt.encode(good, None, "none", headers={"kid": ISSUER})
    for authorization, code in (
        ("", "UNAUTHENTICATED"),
        ("Basic YTpi", "UNAUTHENTICATED"),
        ("Bearer nonsense", "UNAUTHENTICATED"),
        ("Bearer qz_nobody", "UNAUTHENTICATED"),
        (f"Bearer {forged}", "UNAUTHENTICATED"),
        (f"Bearer {unsigned}", "UNAUTHENTICATED"),
        (f"Bearer {keys.token(lifetime=-1)}", "TOKEN_EXPIRED"),
        (f"Bearer {keys.token(iss='someone')}", "UNAUTHENTICATED"),
        (f"Bearer {keys.token(aud='another')}", "UNAUTHENTICATED"),
        (f"Bearer {keys.token(tenant_id='acme')}", "UNAUTHENTICATED"),
    ):
        assert await refusal(door, authorization) == (401, code), authorization
    assert services.calls.total() == 0
    assert "errors" not in await door.ask(QUERY)


async def test_a_token_that_was_good_expires(door: Door, keys: Keys, services: FakeServices) -> None:
    serve(services)
    token = keys.token(lifetime=600)
    assert "errors" not in await door.ask(QUERY, token=token)
    with time_machine.travel(time.time() + 601):
        assert await refusal(door, f"Bearer {token}") == (401, "TOKEN_EXPIRED")


async def test_services_see_the_caller_of_each_request(
    door: Door, keys: Keys, services: FakeServices
) -> None:
    serve(services)
    await door.ask(QUERY, token=keys.token("agent", "service", "root", sub="bob"))
    await door.ask(QUERY, token=keys.token("operator", tenant=OTHER))
    first, second = services.callers
    assert (first.tenant_id, first.subject, first.roles) == (TENANT, "bob", {"agent"})
    assert (second.tenant_id, second.roles) == (OTHER, {"operator"})


async def test_a_refusal_of_permission_is_a_top_level_error_and_not_logged(
    door: Door, services: FakeServices, caplog: pytest.LogCaptureFixture
) -> None:
    def forbid(_request: object) -> members_pb2.ListMembersResponse:
        raise Refuse(grpc.StatusCode.PERMISSION_DENIED, "ROLE_MISSING", "needs admin")

    services.answers["ListMembers"] = forbid
    answer = await door.ask(QUERY)
    (error,) = answer["errors"]
    assert answer["data"] == {"members": None}
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert not caplog.records
