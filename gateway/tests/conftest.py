"""A gateway in this process, in front of fake services, with keys of its own."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from nats.aio.client import Client

from chassis.clock import utc_now
from chassis.database import Database
from chassis.identity import Signer, Verifier, generate_key
from chassis.rpc.client import ForwardedCredentials
from chassis.tenancy import TenantProfile
from gateway.app import build_app
from gateway.authentication import Authenticator, TokenVerifier
from gateway.clients import Clients
from gateway.errors import PublicError
from gateway.gateway import Gateway
from gateway.inbound.envelopes import Publisher
from gateway.inbound.groups import GroupDirectory
from gateway.inbound.intake import Intake
from gateway.limits.buckets import Buckets
from gateway.live.hub import Hub
from gateway.partners.desk import PartnerDesk
from gateway.partners.directory import PartnerDirectory
from gateway.partners.event_feed import EventFeed
from gateway.persisted import PersistedDocuments
from gateway.settings import GatewaySettings
from gateway.tenants.registry import TenantRegistry
from gateway.webhooks.attempt import WebhookClient
from gateway.webhooks.desk import WebhookDesk
from quanzi.inbound.v1.activity_pb2 import Activity

from .fakes import FakeServices

TENANT = UUID("11111111-1111-7111-8111-111111111111")
ISSUER, AUDIENCE = "test-idp", "quanzi"
PEPPER = b"pepper"


@dataclass(frozen=True, slots=True)
class Keys:
    folder: Path
    idp_key: bytes
    verifier: Verifier

    def token(self, *roles: str, tenant: UUID = TENANT, lifetime: float = 600, **claims: Any) -> str:
        now = int(time.time())
        payload = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "tenant_id": str(tenant),
            "roles": roles or ("admin",), "iat": now, "exp": now + lifetime, **claims,
        }  # fmt: skip
        return jwt.encode(payload, self.idp_key, "ES256", headers={"kid": ISSUER})


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("keys")
    private, public = generate_key("gateway")
    (folder / "gateway.pem").write_bytes(private)
    (folder / "jwks.json").write_text(json.dumps({"keys": [public]}))
    idp_private, idp_public = generate_key(ISSUER)
    (folder / "idp-jwks.json").write_text(json.dumps({"keys": [idp_public]}))
    (folder / "pepper").write_bytes(PEPPER)
    return Keys(folder, idp_private, Verifier(folder / "jwks.json"))


@pytest.fixture(scope="session")
async def services(keys: Keys) -> AsyncIterator[FakeServices]:
    services = FakeServices(keys.verifier)
    services.address = await services.start()  # type: ignore[attr-defined]
    yield services
    await services.stop()


@pytest.fixture(autouse=True)
def _forget(services: FakeServices) -> Iterator[None]:
    yield
    services.forget()


@pytest.fixture(scope="session")
def make_settings(keys: Keys, services: FakeServices) -> Callable[..., GatewaySettings]:
    def make(**changes: Any) -> GatewaySettings:
        address = services.address  # type: ignore[attr-defined]
        values = {
            "database_url": "postgresql://none", "nats_url": "nats://127.0.0.1:1",
            "signing_key_file": keys.folder / "gateway.pem", "jwks_file": keys.folder / "jwks.json",
            "segmentation_address": address, "content_address": address, "campaigns_address": address,
            "support_address": address, "risk_address": address,
            "identity_jwks_file": keys.folder / "idp-jwks.json", "identity_issuer": ISSUER,
            "identity_audience": AUDIENCE, "api_key_pepper_file": keys.folder / "pepper",
            "http_port": 0,
        }  # fmt: skip
        return GatewaySettings(**(values | changes))

    return make


class Nowhere(Publisher):
    """Stores nothing: NATS is away."""

    def __init__(self) -> None:
        pass

    async def publish(self, tenant_id: UUID, activities: Sequence[Activity], now: datetime) -> int:
        return 0


class Door:
    """GraphQL and plain HTTP against the application, without a socket."""

    def __init__(self, gateway: Gateway, token: str) -> None:
        self.gateway = gateway
        app = build_app(gateway, {})
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://gateway",
            headers={"authorization": f"Bearer {token}"},
        )

    async def ask(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        response = await self.http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        )
        answer: dict[str, Any] = response.json()
        return answer


@pytest.fixture(scope="session")
def make_gateway(keys: Keys, make_settings: Callable[..., GatewaySettings]) -> Callable[..., Gateway]:
    async def find_tenant(tenant_id: UUID) -> TenantProfile:
        if tenant_id != TENANT:
            raise PublicError("UNKNOWN_TENANT", "not registered", status=403)
        return TenantProfile(TENANT, "acme", "Acme", "Asia/Shanghai", "CNY")

    def make(
        publisher: Publisher | None = None,
        database: Database | None = None,
        nats: Client | None = None,
        **changes: Any,
    ) -> Gateway:
        settings = make_settings(**changes)
        database = database or Database.connect("postgresql://none@127.0.0.1:1/none", "gateway")
        partners = PartnerDirectory(database, PEPPER, utc_now)
        feed = EventFeed((nats or Client()).jetstream())
        webhook_client = WebhookClient(allow_loopback=settings.gateway_development)
        signer = Signer.from_file("gateway", settings.signing_key_file)
        tokens = TokenVerifier(
            settings.identity_jwks_file, settings.identity_issuer, settings.identity_audience
        )
        clients = Clients(settings, ForwardedCredentials(signer))
        directory = GroupDirectory(clients.groups)
        return Gateway(
            settings=settings,
            clients=clients,
            tenants=TenantRegistry(database),
            partners=PartnerDesk(database, feed, PEPPER, utc_now),
            webhooks=WebhookDesk(database, webhook_client, PEPPER, utc_now),
            clock=utc_now,
            intake=Intake(publisher or Nowhere(), directory, find_tenant, utc_now),
            authenticator=Authenticator(tokens, partners.identify),
            buckets=Buckets(),
            documents=PersistedDocuments(settings.persisted_documents),
            hub=Hub(nats or Client(), settings.subscription_queue),
        )

    return make


@pytest.fixture(scope="session")
async def door(make_gateway: Callable[..., Gateway], keys: Keys) -> AsyncIterator[Door]:
    gateway = make_gateway()
    door = Door(gateway, keys.token())
    yield door
    await door.http.aclose()
    await gateway.clients.close()
