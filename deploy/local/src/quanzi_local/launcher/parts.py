"""The six processes of the platform and their settings."""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit

from quanzi_local.credentials import (
    DEVELOPMENT_AUDIENCE,
    DEVELOPMENT_ISSUER,
    GATEWAY,
    PROCESSES,
    SERVICES,
    Credentials,
)
from quanzi_local.home import Home
from quanzi_local.launcher.ports import LOOPBACK, free_ports
from quanzi_local.launcher.servers import Servers
from quanzi_local.launcher.supervisor import Part

# The caller's environment may say otherwise.
DEFAULTS = {"QUANZI_LOG_FORMAT": "json", "QUANZI_DRAIN_SECONDS": "8"}


def parts(home: Home, credentials: Credentials, servers: Servers, http_port: int) -> list[Part]:
    """Services first, the gateway last."""
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True)) | {GATEWAY: http_port}
    addresses = {name: f"{LOOPBACK}:{port}" for name, port in ports.items()}
    peers = {f"QUANZI_{name.upper()}_ADDRESS": addresses[name] for name in SERVICES}

    def part(name: str) -> Part:
        ready_file = home.ready_files / f"{name}.json"
        own = {"QUANZI_GRPC_LISTEN": addresses[name]}
        if name == GATEWAY:
            own = _gateway(credentials, servers, http_port)
        settings = peers | _shared(name, credentials, servers) | own | {"QUANZI_READY_FILE": str(ready_file)}
        return Part(name, name, addresses[name], {**DEFAULTS, **os.environ, **settings}, ready_file)

    return [part(name) for name in PROCESSES]


def role_url(admin_url: str, role: str, password: str) -> str:
    """The same server and database, as another role."""
    address = urlsplit(admin_url)
    host = address.netloc.rpartition("@")[2]
    return urlunsplit(address._replace(netloc=f"{role}:{password}@{host}"))


def _shared(name: str, credentials: Credentials, servers: Servers) -> dict[str, str]:
    role = f"{name}_app"
    settings = {
        "QUANZI_SERVICE": name,
        "QUANZI_DATABASE_URL": role_url(servers.database_url, role, credentials.password(role)),
        "QUANZI_NATS_URL": servers.nats_url,
        "QUANZI_SIGNING_KEY_FILE": str(credentials.key_file(name)),
        "QUANZI_JWKS_FILE": str(credentials.jwks),
    }
    if login := servers.nats_login(name):
        user, password_file = login
        settings |= {"QUANZI_NATS_USER": user, "QUANZI_NATS_PASSWORD_FILE": str(password_file)}
    return settings


def _gateway(credentials: Credentials, servers: Servers, http_port: int) -> dict[str, str]:
    settings = {
        "QUANZI_HTTP_PORT": str(http_port),
        "QUANZI_GATEWAY_DEVELOPMENT": "true",
        "QUANZI_IDENTITY_JWKS_FILE": str(credentials.development_jwks),
        "QUANZI_IDENTITY_ISSUER": DEVELOPMENT_ISSUER,
        "QUANZI_IDENTITY_AUDIENCE": DEVELOPMENT_AUDIENCE,
        "QUANZI_API_KEY_PEPPER_FILE": str(credentials.password_file("api-key-pepper")),
    }
    if servers.nats:
        settings["QUANZI_NATS_ISSUER_SEED_FILE"] = str(servers.nats.issuer_seed_file)
    return settings
