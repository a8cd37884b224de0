"""Who stands before the door: a person with a token of the identity provider, or a partner with a key."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt

from chassis.identity import FRONT_DOOR, Caller
from chassis.logs import get_logger
from gateway.errors import PublicError, forbidden, unauthenticated

API_KEY_PREFIX = "qz_"
# Roles that people may carry; "service" is for services alone.
ROLES = frozenset({"admin", "operator", "moderator", "agent", "partner"})

_CACHED = 4096

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """`expires_at` in Unix seconds. `platform` marks those who may register tenants."""

    caller: Caller
    expires_at: float
    platform: bool = False
    partner_id: UUID | None = None

    def require(self, *roles: str) -> None:
        """Raises PublicError FORBIDDEN unless the caller has one of the roles."""
        if not self.caller.roles.intersection(roles):
            raise forbidden(f"this needs one of the roles {', '.join(roles)}")


FindPartner = Callable[[str], Awaitable[Identity]]


class Authenticator:
    """`find_partner` answers for an API key, or raises PublicError UNAUTHENTICATED."""

    def __init__(self, tokens: TokenVerifier, find_partner: FindPartner) -> None:
        self._tokens = tokens
        self._find_partner = find_partner

    async def identify(self, authorization: str | None) -> Identity:
        """The identity behind an `Authorization` header. Raises PublicError UNAUTHENTICATED."""
        scheme, _, credential = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not credential:
            raise unauthenticated("send `Authorization: Bearer <token or API key>`")
        if credential.startswith(API_KEY_PREFIX):
            return await self._find_partner(credential)
        return self._tokens.verify(credential)


class TokenVerifier:
    """Verifies ES256 tokens of one issuer and audience against a JWKS file, read again when it changes."""

    def __init__(self, jwks_file: Path, issuer: str, audience: str) -> None:
        self._file = jwks_file
        self._issuer = issuer
        self._audience = audience
        self._verified: OrderedDict[str, Identity] = OrderedDict()
        self._checked = time.monotonic()
        self._stamp = jwks_file.stat().st_mtime_ns
        self._keys = _read(jwks_file)

    def verify(self, token: str) -> Identity:
        self._refresh()
        identity = self._verified.get(token)
        if identity is None:
            identity = _identity(self._claims(token))
            self._verified[token] = identity
            if len(self._verified) > _CACHED:
                self._verified.popitem(last=False)
        if time.time() >= identity.expires_at:
            raise _expired()
        return identity

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            key = self._keys.get(str(jwt.get_unverified_header(token).get("kid")))
            if key is None:
                raise unauthenticated("the token is signed with a key that is not known")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["ES256"],
                audience=self._audience,
                issuer=self._issuer,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.ExpiredSignatureError:
            raise _expired() from None
        except jwt.PyJWTError as error:
            raise unauthenticated(f"the token is refused: {error}") from None
        return claims

    def _refresh(self) -> None:
        if time.monotonic() - self._checked < 1.0:
            return
        self._checked = time.monotonic()
        try:
            if (stamp := self._file.stat().st_mtime_ns) != self._stamp:
                self._keys, self._stamp = _read(self._file), stamp
                self._verified.clear()
        except (OSError, ValueError, jwt.PyJWTError) as error:
            log.warning("keys not reloaded, the known ones stay", file=str(self._file), error=str(error))


def _read(jwks_file: Path) -> dict[str, jwt.PyJWK]:
    return {key["kid"]: jwt.PyJWK(key, "ES256") for key in json.loads(jwks_file.read_bytes())["keys"]}


def _identity(claims: dict[str, Any]) -> Identity:
    try:
        tenant_id = UUID(claims["tenant_id"])
        roles = ROLES.intersection(claims.get("roles", ()))
    except (KeyError, ValueError, TypeError, AttributeError):
        raise unauthenticated("the token names no tenant or its roles are malformed") from None
    caller = Caller(tenant_id, str(claims["sub"]), roles, FRONT_DOOR)
    return Identity(caller, float(claims["exp"]), platform=claims.get("platform") is True)


def _expired() -> PublicError:
    return PublicError("TOKEN_EXPIRED", "the token has expired; get a new one", status=401)
