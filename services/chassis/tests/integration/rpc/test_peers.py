"""Channels to peers: as the service itself, and secured as the settings say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chassis.identity import generate_key
from chassis.rpc.client import as_service, open_peer
from chassis.settings import Address, ServiceSettings

from .conftest import Stub


class Settings(ServiceSettings):
    echo_address: Address


def certificate(folder: Path) -> dict[str, Path]:
    """For both sides at localhost, its own authority."""
    private, _ = generate_key("tls")
    key = serialization.load_pem_private_key(private, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = {"certificate": signed.public_bytes(serialization.Encoding.PEM), "key": private}
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return {
        "tls_certificate_file": folder / "certificate",
        "tls_key_file": folder / "key",
        "tls_authority_file": folder / "certificate",
    }


def peer_settings(world: Any, port: int, **more: Any) -> Settings:
    """Those of a service that the server knows."""
    given = {"service": "other", "signing_key_file": world.directory / "other", **more}
    return Settings(**{**world.settings().model_dump(), **given, "echo_address": f"localhost:{port}"})


async def test_a_peer_is_called_as_the_service_itself(world: Any) -> None:
    server = await world.server(world.echo())
    async with open_peer(peer_settings(world, server.port), "echo", [world.contract.service]) as channel:
        with as_service(world.tenant):
            assert (await Stub(channel).Read(world.contract.EchoRequest(text="hello"))).text == "hello"


async def test_both_sides_prove_themselves(world: Any) -> None:
    tls = certificate(world.directory)
    server = await world.server(world.echo(), grpc_listen="localhost:0", **tls)
    settings = peer_settings(world, server.port, **tls)
    async with open_peer(settings, "echo", [world.contract.service]) as channel:
        with as_service(world.tenant):
            assert (await Stub(channel).Echo(world.contract.EchoRequest(text="hello"))).text == "hello"
    async with open_peer(peer_settings(world, server.port), "echo", [world.contract.service]) as channel:
        with as_service(world.tenant), pytest.raises(grpc.aio.AioRpcError) as refused:
            await Stub(channel).Echo(world.contract.EchoRequest())
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
