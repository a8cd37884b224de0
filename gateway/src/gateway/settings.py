"""Settings of the gateway; every variable starts with QUANZI_."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from chassis.settings import Address, ServiceSettings


class GatewaySettings(ServiceSettings):
    service: str = "gateway"

    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8000, ge=0, le=65535)
    # Pages of these origins may send operations and open WebSockets, beside the gateway's own.
    allowed_origins: tuple[str, ...] = ()

    segmentation_address: Address
    content_address: Address
    campaigns_address: Address
    support_address: Address
    risk_address: Address

    # Identities of people: ES256 tokens of this issuer for this audience, verified with this JWKS file.
    identity_jwks_file: Path
    identity_issuer: str
    identity_audience: str
    # API keys of partners are stored as HMAC-SHA256 under this pepper.
    api_key_pepper_file: Path
    # Seed of the account key that signs what partners may do on NATS; without it no partner connects to NATS.
    nats_issuer_seed_file: Path | None = None

    # GraphiQL, introspection and suggestions for everyone, webhooks to loopback addresses.
    gateway_development: bool = False
    # Folder of <sha256>.graphql files; clients may send the hash alone.
    persisted_documents: Path | None = None
    persisted_documents_only: bool = False

    graphql_body_bytes: int = 1_000_000
    graphql_max_depth: int = 15
    graphql_max_aliases: int = 30
    graphql_max_tokens: int = 2_000
    # Points of one operation; a client's bucket of `cost_capacity` points refills by `cost_refill` a second.
    # A tenant has `cost_tenant_factor` times that for all its clients together.
    cost_per_operation: int = 10_000
    cost_capacity: int = 100_000
    cost_refill: float = 10_000.0
    cost_tenant_factor: int = 5
    # Events waiting for one subscriber before it is dropped.
    subscription_queue: int = 500

    # Rows of one request to the bulk door, and bytes of one line.
    bulk_rows: int = 100_000
    bulk_line_bytes: int = 64 * 1024
