"""Streams, and who may publish and read what."""

import asyncio
import base64
import hashlib
import json
import time
from typing import Any

import nats
import nkeys
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import DiscardPolicy

from chassis.embedded.nats import NatsServer
from chassis.embedded.nats_config import ACCOUNT, AUTH_REQUESTS
from chassis.messaging import connect, ensure_streams, streams
from chassis.testbed.waiting import until_true

from .conftest import connected_to


async def test_streams_can_be_made_by_many_at_once_and_brought_up_to_date(own_nats: NatsServer) -> None:
    async with connected_to(own_nats) as client, connected_to(own_nats, "admin") as admin:
        js = client.jetstream()
        await asyncio.gather(*(ensure_streams(js) for _ in range(6)))
        config = (await js.stream_info("INBOUND")).config
        assert config.discard == DiscardPolicy.NEW.value
        await admin.jetstream().update_stream(config.evolve(max_age=3600))
        await ensure_streams(js)
        assert (await js.stream_info("INBOUND")).config.max_age == streams(1)[0].max_age


class Refusals:
    """What the server said no to, as the error callback of a client."""

    def __init__(self) -> None:
        self._told: list[str] = []

    async def __call__(self, error: Exception) -> None:
        self._told.append(str(error).lower())

    async def next(self) -> str:
        await until_true(lambda: bool(self._told))
        return self._told.pop()


async def test_a_service_may_publish_only_under_its_own_name(own_nats: NatsServer) -> None:
    refusals = Refusals()
    login = {"user": "risk", "password": own_nats.credentials.password("risk")}
    client = await nats.connect(own_nats.url, error_cb=refusals.__call__, **login)
    for allowed in ("quanzi.t.risk.violation.found.v1", "quanzi.t.deadletter.risk-activities"):
        await client.publish(allowed, b"")
    for foreign in (
        "quanzi.t.campaigns.item.reserved.v1",
        "quanzi.t.inbound.activities.v1",
        "$JS.API.STREAM.DELETE.EVENTS",
        AUTH_REQUESTS,
    ):
        await client.publish(foreign, b"")
        assert f'publish to "{foreign}"'.lower() in await refusals.next()
    await client.subscribe(AUTH_REQUESTS)
    assert "permissions violation for subscription" in await refusals.next()
    await client.close()


async def test_a_connection_is_made_from_settings(own_nats: NatsServer) -> None:
    class Settings:
        service = "risk"
        nats_url = own_nats.url
        nats_user = "risk"

        def nats_password(self) -> str:
            return own_nats.credentials.password("risk")

    client = await connect(Settings())
    assert client.is_connected
    own_nats.stop()
    own_nats.start()
    await until_true(lambda: client.is_connected)
    await client.close()


def signed(issuer: nkeys.KeyPair, claims: dict[str, Any]) -> str:
    """A NATS JWT: ed25519, and the hash of the claims as its id."""

    def encoded(part: dict[str, Any]) -> str:
        return (
            base64.urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).rstrip(b"=").decode()
        )

    claims = {**claims, "iss": issuer.public_key.decode(), "iat": int(time.time())}
    digest = hashlib.sha256(json.dumps(claims).encode()).digest()
    claims["jti"] = base64.b32encode(digest).rstrip(b"=").decode()
    body = f"{encoded({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{encoded(claims)}"
    return f"{body}.{base64.urlsafe_b64encode(issuer.sign(body.encode())).rstrip(b'=').decode()}"


async def answer_partners(client: Client, server: NatsServer) -> None:
    """A stand-in for the gateway: whoever says "key-of-a" may read the events of tenant a."""
    issuer = nkeys.from_seed(bytearray(server.issuer_seed_file.read_bytes()))

    async def answer(message: Msg) -> None:
        request = message.data.decode().split(".")[1]
        asked = json.loads(base64.urlsafe_b64decode(request + "=" * (-len(request) % 4)))["nats"]
        reply: dict[str, Any] = {"type": "authorization_response", "version": 2}
        if asked["connect_opts"].get("pass") == "key-of-a":
            may = {"pub": {"deny": [">"]}, "sub": {"allow": ["quanzi.a.campaigns.>", "_INBOX.>"]}}
            user = {"sub": asked["user_nkey"], "aud": ACCOUNT, "name": "partner-a"}
            reply["jwt"] = signed(issuer, {**user, "nats": {**may, "type": "user", "version": 2}})
        else:
            reply["error"] = "unknown key"
        claims = {"sub": asked["user_nkey"], "aud": asked["server_id"]["id"], "nats": reply}
        await message.respond(signed(issuer, claims).encode())

    await client.subscribe(AUTH_REQUESTS, cb=answer)
    await client.flush()


async def test_the_gateway_decides_what_a_partner_may_read(own_nats: NatsServer) -> None:
    refusals = Refusals()

    async def log_in(key: str) -> Client:
        return await nats.connect(
            own_nats.url, user="x", password=key, allow_reconnect=False, error_cb=refusals.__call__
        )

    async with connected_to(own_nats) as gateway, connected_to(own_nats, "campaigns") as campaigns:
        await answer_partners(gateway, own_nats)
        partner = await log_in("key-of-a")
        mine = await partner.subscribe("quanzi.a.campaigns.>")
        await partner.flush()
        await campaigns.publish("quanzi.a.campaigns.item.reserved.v1", b"1")
        assert (await mine.next_msg(timeout=20)).data == b"1"
        for foreign in ("quanzi.b.campaigns.>", "quanzi.>", "$SYS.>"):
            await partner.subscribe(foreign)
            assert "permissions violation for subscription" in await refusals.next()
        await partner.publish("quanzi.a.campaigns.item.reserved.v1", b"forged")
        assert "permissions violation for publish" in await refusals.next()
        await partner.close()
        with pytest.raises(NatsError, match="Authorization"):
            await log_in("wrong")
