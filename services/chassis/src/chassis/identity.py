"""Who is calling: a short-lived ES256 token, signed by the calling process, verified by every service."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from structlog.contextvars import bound_contextvars

from chassis.logs import get_logger

AUDIENCE = "quanzi-internal"
LIFETIME = 120
# The one issuer that speaks for people and partners; every other speaks for itself, as a service.
FRONT_DOOR = "gateway"
SERVICE_ROLES = frozenset({"service"})

_ALGORITHM = "ES256"
_CACHED = 4096

_K = TypeVar("_K")
_V = TypeVar("_V")

log = get_logger(__name__)


class IdentityRefused(Exception):
    """The token does not prove an identity. `reason` is UPPER_SNAKE and safe to show."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Caller:
    tenant_id: UUID
    subject: str
    roles: frozenset[str]
    issuer: str


_caller: ContextVar[Caller] = ContextVar("caller")


def caller() -> Caller:
    """The identity of the current call. Raises LookupError outside of one."""
    return _caller.get()


@contextmanager
def calling_as(identity: Caller) -> Iterator[None]:
    """Make `identity` the current caller, and its tenant part of every log line, inside the block."""
    token = _caller.set(identity)
    try:
        with bound_contextvars(tenant=str(identity.tenant_id)):
            yield
    finally:
        _caller.reset(token)


class Signer:
    """Signs identities as one issuer, whose name is also the `kid` of its key."""

    def __init__(self, issuer: str, private_key: bytes) -> None:
        self.issuer = issuer
        key = serialization.load_pem_private_key(private_key, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the signing key must be an EC private key (P-256)")
        self._key = key
        self._signed: OrderedDict[Caller, tuple[float, str]] = OrderedDict()

    @classmethod
    def from_file(cls, issuer: str, path: Path) -> Signer:
        return cls(issuer, path.read_bytes())

    def service(self, tenant_id: UUID) -> Caller:
        """This issuer itself, at work for a tenant."""
        return Caller(tenant_id, self.issuer, SERVICE_ROLES, self.issuer)

    def sign(self, identity: Caller) -> str:
        """A token valid for at least half of LIFETIME; the issuer in it is this signer."""
        now = time.time()
        if (known := self._signed.get(identity)) and now < known[0]:
            return known[1]
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": identity.subject,
            "tenant": str(identity.tenant_id),
            "roles": sorted(identity.roles),
            "iat": int(now),
            "exp": int(now) + LIFETIME,
        }
        token = jwt.encode(claims, self._key, algorithm=_ALGORITHM, headers={"kid": self.issuer})
        _remember(self._signed, identity, (now + LIFETIME / 2, token))
        return token


class Verifier:
    """Verifies tokens against a JWKS file, read again when it changes. An issuer may have several keys."""

    def __init__(self, jwks_file: Path, reread_seconds: float = 1.0) -> None:
        self._file = jwks_file
        self._keys: dict[str, list[ec.EllipticCurvePublicKey]] = {}
        self._version: tuple[int, int] | None = None
        self._reread_seconds = reread_seconds
        self._checked = time.monotonic()
        self._verified: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._read(self._stamp())

    def verify(self, token: str) -> Caller:
        """Raises IdentityRefused: IDENTITY_INVALID, IDENTITY_EXPIRED or IDENTITY_FORGED."""
        self._refresh()
        if known := self._verified.get(token):
            if time.time() >= known[0]:
                del self._verified[token]
                raise _expired()
            return known[1]
        claims = self._claims(token)
        identity = _identity(claims)
        _remember(self._verified, token, (float(claims["exp"]), identity))
        return identity

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except jwt.PyJWTError as error:
            raise IdentityRefused("IDENTITY_INVALID", "the identity token is malformed") from error
        for key in self._keys.get(str(kid), ()):
            try:
                claims: dict[str, Any] = jwt.decode(
                    token,
                    key,
                    algorithms=[_ALGORITHM],
                    audience=AUDIENCE,
                    issuer=kid,
                    options={"require": ["exp", "iat", "iss", "aud", "sub"]},
                )
            except jwt.InvalidSignatureError:
                continue
            except jwt.ExpiredSignatureError:
                raise _expired() from None
            except jwt.PyJWTError as error:
                raise IdentityRefused(
                    "IDENTITY_INVALID", f"the identity token is refused: {error}"
                ) from error
            return claims
        raise IdentityRefused("IDENTITY_FORGED", f"no key of issuer {kid!r} signed this identity token")

    def _refresh(self) -> None:
        if time.monotonic() - self._checked < self._reread_seconds:
            return
        try:
            if (stamp := self._stamp()) != self._version:
                self._read(stamp)
        except (OSError, ValueError, jwt.PyJWTError) as error:
            log.warning("keys not reloaded, the known ones stay", file=str(self._file), error=str(error))
        self._checked = time.monotonic()

    def _stamp(self) -> tuple[int, int]:
        stat = self._file.stat()
        return stat.st_mtime_ns, stat.st_ino

    def _read(self, stamp: tuple[int, int]) -> None:
        keys: dict[str, list[ec.EllipticCurvePublicKey]] = {}
        for entry in json.loads(self._file.read_bytes())["keys"]:
            key = ECAlgorithm.from_jwk(entry)
            if isinstance(key, ec.EllipticCurvePublicKey):
                keys.setdefault(entry["kid"], []).append(key)
        self._keys, self._version = keys, stamp
        self._verified.clear()


def generate_key(issuer: str) -> tuple[bytes, dict[str, str]]:
    """A fresh key pair: the private key as PEM, the public one as an entry for the JWKS file."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return pem, {**public, "kid": issuer, "alg": _ALGORITHM, "use": "sig"}


def _identity(claims: dict[str, Any]) -> Caller:
    issuer, roles = claims["iss"], frozenset(claims.get("roles", ()))
    if issuer != FRONT_DOOR and roles != SERVICE_ROLES:
        raise IdentityRefused("IDENTITY_FORGED", f"issuer {issuer!r} may speak only as a service")
    try:
        return Caller(UUID(claims["tenant"]), claims["sub"], roles, issuer)
    except (KeyError, ValueError, AttributeError) as error:
        raise IdentityRefused("IDENTITY_INVALID", "the identity token names no tenant") from error


def _expired() -> IdentityRefused:
    return IdentityRefused("IDENTITY_EXPIRED", "the identity token has expired; sign a new one")


def _remember(cache: OrderedDict[_K, _V], key: _K, value: _V) -> None:
    cache[key] = value
    cache.move_to_end(key)
    if len(cache) > _CACHED:
        cache.popitem(last=False)
