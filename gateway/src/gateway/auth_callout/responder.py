"""Answers nats-server when it asks who logs in and what they may do (auth callout).

A partner logs in with its id as the user and its API key as the password. Services have users in the server's
own configuration and are never asked about. All replicas of the gateway answer, as one queue group.
"""

from __future__ import annotations

import asyncio
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from chassis.clock import Clock
from chassis.faults import is_transient
from chassis.logs import get_logger
from gateway.auth_callout.permissions import ACCOUNT, permissions
from gateway.auth_callout.tokens import Issuer, MalformedToken, claims_of
from gateway.errors import PublicError
from gateway.partners.directory import PartnerDirectory
from gateway.partners.event_feed import EventFeed
from gateway.partners.partner import Partner

SUBJECT = "$SYS.REQ.USER.AUTH"
QUEUE = "gateway"
LOGIN_SECONDS = 3600
"""A login ends after that long; the client logs in again."""
_PATIENCE_SECONDS = 4.0
_AT_ONCE = 16

log = get_logger(__name__)


class AuthResponder:
    def __init__(
        self, connection: Client, directory: PartnerDirectory, feed: EventFeed, issuer: Issuer, clock: Clock
    ) -> None:
        self._connection = connection
        self._directory, self._feed, self._issuer, self._clock = directory, feed, issuer, clock

    async def run(self) -> None:
        """Until cancelled."""
        room = asyncio.Semaphore(_AT_ONCE)
        subscription = await self._connection.subscribe(SUBJECT, queue=QUEUE)
        try:
            async with asyncio.TaskGroup() as answering:
                async for request in subscription.messages:
                    await room.acquire()
                    answering.create_task(self._respond(request)).add_done_callback(lambda _: room.release())
        finally:
            if self._connection.is_connected:
                await subscription.unsubscribe()

    async def _respond(self, request: Msg) -> None:
        try:
            answer = await self._answer(request.data)
            await request.respond(answer.encode())
        except (MalformedToken, KeyError, nats.errors.Error) as error:
            log.warning("login not answered", reason=repr(error))

    async def _answer(self, request: bytes) -> str:
        asked = claims_of(request)["nats"]
        user_key, server = asked["user_nkey"], asked["server_id"]["id"]
        response: dict[str, Any] = {"type": "authorization_response", "version": 2}
        now = int(self._clock().timestamp())
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                partner = await self._partner(asked["connect_opts"])
        except (PublicError, TimeoutError) as error:
            response["error"] = str(error) or "try again"
        else:
            user = {
                "sub": user_key,
                "aud": ACCOUNT,
                "name": str(partner.id),
                "exp": now + LOGIN_SECONDS,
                "nats": permissions(partner.id),
            }
            response["jwt"] = self._issuer.sign(user, now)
        return self._issuer.sign({"sub": user_key, "aud": server, "nats": response}, now)

    async def _partner(self, login: dict[str, Any]) -> Partner:
        """Raises PublicError."""
        try:
            partner = await self._directory.find(str(login.get("pass", "")), fresh=True)
        except Exception as error:
            if is_transient(error):
                raise PublicError("SERVICE_UNAVAILABLE", "try again") from error
            raise
        if partner is None or login.get("user") != str(partner.id):
            log.info("login refused", user=str(login.get("user"))[:64])
            raise PublicError("UNAUTHENTICATED", "user is the partner id, password its API key")
        await self._feed.ensure(partner)
        return partner
