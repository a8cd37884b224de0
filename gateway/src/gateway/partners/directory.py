"""Whose API key it is. Asked by the HTTP doors and by NATS, at every request and every login.

The tenant is not known before the key is: a first look, as the relay role, reads the tenant of a prefix and
can read no hash (see migration 0002); a second one, as that tenant, compares the hash.
"""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict
from uuid import UUID

from sqlalchemy import text

from chassis.clock import Clock
from chassis.database import Database
from chassis.faults import is_transient
from chassis.identity import FRONT_DOOR, Caller
from gateway.authentication import Identity
from gateway.errors import unauthenticated, unavailable
from gateway.partners import store
from gateway.partners.api_keys import ApiKey
from gateway.partners.partner import Partner

CACHED_SECONDS = 2.0
_CACHED = 4096
_IDENTITY_SECONDS = 3600.0

_TENANT = text("select tenant_id from api_keys where prefix = :prefix")


class PartnerDirectory:
    """Answers are up to CACHED_SECONDS old: that long a disabled key still works."""

    def __init__(self, database: Database, pepper: bytes, clock: Clock) -> None:
        self._database, self._pepper, self._clock = database, pepper, clock
        self._answers: OrderedDict[bytes, tuple[float, Partner | None]] = OrderedDict()

    async def identify(self, credential: str) -> Identity:
        """The identity of a partner. Raises PublicError UNAUTHENTICATED, SERVICE_UNAVAILABLE."""
        try:
            partner = await self.find(credential)
        except Exception as error:
            if is_transient(error):
                raise unavailable("the register of partners") from error
            raise
        if partner is None:
            raise unauthenticated("the API key is unknown, expired or disabled")
        caller = Caller(partner.tenant_id, f"partner:{partner.id}", frozenset({"partner"}), FRONT_DOOR)
        return Identity(caller, time.time() + _IDENTITY_SECONDS, partner_id=partner.id)

    async def find(self, credential: str, *, fresh: bool = False) -> Partner | None:
        """The partner of a key in use; with `fresh`, as the database says now."""
        key = ApiKey.parse(credential)
        if key is None:
            return None
        digest = key.digest(self._pepper)
        until, partner = self._answers.get(digest, (0.0, None))
        if time.monotonic() < until and not fresh:
            return partner
        partner = await self._look_up(key.prefix, digest)
        self._answers[digest] = (time.monotonic() + CACHED_SECONDS, partner)
        self._answers.move_to_end(digest)
        if len(self._answers) > _CACHED:
            self._answers.popitem(last=False)
        return partner

    async def _look_up(self, prefix: str, digest: bytes) -> Partner | None:
        async with self._database.relay_session() as connection:
            tenant_id: UUID | None = (await connection.execute(_TENANT, {"prefix": prefix})).scalar()
        if tenant_id is None:
            return None
        async with self._database.session(tenant_id) as session:
            found = await store.of_key(session, prefix, self._clock())
        return found[0] if found and hmac.compare_digest(found[1], digest) else None
