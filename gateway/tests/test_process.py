"""The process as it runs in production: real doors, real ends."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from chassis.testbed.databases import DatabaseFactory
from chassis.testbed.servers import NatsForTests
from chassis.testing import StartProcess
from gateway.settings import GatewaySettings

from .conftest import AUDIENCE, ISSUER, Keys


@pytest.fixture
def environment(keys: Keys, make_settings: Callable[..., GatewaySettings]) -> dict[str, str]:
    peers = {
        f"QUANZI_{name}_ADDRESS".upper(): make_settings().segmentation_address
        for name in ("segmentation", "content", "campaigns", "support", "risk")
    }
    return {
        **peers,
        "QUANZI_HTTP_PORT": "0",
        "QUANZI_IDENTITY_JWKS_FILE": str(keys.folder / "idp-jwks.json"),
        "QUANZI_IDENTITY_ISSUER": ISSUER,
        "QUANZI_IDENTITY_AUDIENCE": AUDIENCE,
        "QUANZI_API_KEY_PEPPER_FILE": str(keys.folder / "pepper"),
    }


async def test_it_starts_answers_and_drains(
    process: StartProcess,
    service_database: DatabaseFactory,
    nats_server: NatsForTests,
    environment: dict[str, str],
    keys: Keys,
) -> None:
    with service_database("gateway") as database:
        gateway = process("gateway", database.url, environment)
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{gateway.http_port}", trust_env=False
        ) as http:
            assert (await http.get("/healthz")).json() == {"status": "ok"}
            ready = await http.get("/readyz")
            assert (ready.status_code, ready.json()) == (200, {"failing": {}, "away": []})
            refused = await http.post("/graphql", json={"query": "{ tenant { id } }"})
            assert refused.status_code == 401
            assert len(refused.json()["errors"][0]["extensions"]["traceId"]) == 32
            answer = await http.post(
                "/graphql",
                json={"query": "{ tenant { id } }"},
                headers={"authorization": f"Bearer {keys.token()}"},
            )
            assert answer.json()["errors"][0]["extensions"]["code"] == "UNKNOWN_TENANT"
        assert gateway.stop() == 0
