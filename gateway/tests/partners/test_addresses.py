"""Webhooks go to public addresses only, and to the very address that was looked up."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.webhooks.addresses import AddressRefused, Resolve, pin
from gateway.webhooks.attempt import WebhookClient

from .receiver import receiving


def resolving(*answers: Sequence[str]) -> Resolve:
    """A name service that answers differently each time."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0)

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",  # noqa: S104
        "255.255.255.255",
        "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1", "::ffff:10.0.0.1",
        "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001:0:1::1",
    ],
)  # fmt: skip
async def test_inner_addresses_are_refused(address: str) -> None:
    with pytest.raises(AddressRefused, match="not lead to a public"):
        await pin("https://hook.example/", resolving([address]), allow_loopback=False)
    with pytest.raises(AddressRefused, match="not lead to a public"):  # one good address does not help
        await pin("https://hook.example/", resolving(["93.184.215.14", address]), allow_loopback=False)


async def test_a_public_address_is_pinned() -> None:
    target = await pin("https://hook.example:8443/a?b=c", resolving(["93.184.215.14"]), allow_loopback=False)
    assert str(target.url) == "https://93.184.215.14:8443/a?b=c"
    assert (target.host, target.name) == ("hook.example:8443", "hook.example")
    target = await pin("https://hook.example/", resolving(["2606:4700::1111"]), allow_loopback=False)
    assert str(target.url) == "https://[2606:4700::1111]/"


@pytest.mark.parametrize(
    "url",
    ["http://hook.example/", "ftp://hook.example/", "https:///x", "https://u:p@hook.example/", "hook", "https://h/#f",
     "https://h/" + "x" * 2000, "file:///etc/passwd", ""],
)  # fmt: skip
async def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        await pin(url, resolving(["93.184.215.14"]), allow_loopback=False)


async def test_development_allows_loopback_and_nothing_more() -> None:
    target = await pin("http://localhost:9000/", resolving(["127.0.0.1", "::1"]), allow_loopback=True)
    assert str(target.url) == "http://127.0.0.1:9000/"
    for addresses in (["10.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["93.184.215.14"]):
        with pytest.raises(AddressRefused):
            await pin("http://hook.example/", resolving(addresses), allow_loopback=True)


async def test_a_name_that_changes_its_address_is_looked_up_once_per_attempt() -> None:
    async with receiving() as receiver:
        url = f"http://hook.example:{receiver.port}/hook"
        client = WebhookClient(allow_loopback=True, resolve=resolving(["127.0.0.1"], ["10.0.0.7"]))
        assert (await client.post(url, {}, b"{}")).code == 204
        assert receiver.got[0].headers["host"] == f"hook.example:{receiver.port}"
        answer = await client.post(url, {}, b"{}")
        assert (answer.code, len(receiver.got)) == (None, 1)
        assert answer.error
        await client.close()


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For the server, and for a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))


async def test_the_certificate_must_be_that_of_the_name_not_of_the_address(tmp_path: Path) -> None:
    server, trusting = certificate("hook.example", tmp_path)
    async with receiving(server) as receiver:
        client = WebhookClient(
            allow_loopback=True, resolve=resolving(["127.0.0.1"], ["127.0.0.1"]), tls=trusting
        )
        assert (await client.post(f"https://hook.example:{receiver.port}/", {}, b"{}")).code == 204
        answer = await client.post(f"https://other.example:{receiver.port}/", {}, b"{}")
        assert answer.code is None
        assert answer.error
        assert "CERTIFICATE_VERIFY_FAILED" in answer.error
        await client.close()
