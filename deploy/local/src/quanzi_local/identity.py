"""Development identities: what `quanzi token` prints and the other verbs use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_DNS, UUID, uuid5

import jwt

from quanzi_local.credentials import DEVELOPMENT_AUDIENCE, DEVELOPMENT_ISSUER, Credentials
from quanzi_local.home import Home, NotUsable

SAMPLE_TENANT = "sample"


def tenant_id(tenant: str) -> UUID:
    """The id of a tenant named by its id or, for tenants made on this machine, by its slug."""
    try:
        return UUID(tenant)
    except ValueError:
        return uuid5(NAMESPACE_DNS, f"{tenant}.quanzi.local")


def development_token(
    home: Home,
    tenant: str,
    roles: Sequence[str],
    subject: str,
    lifetime: timedelta,
    *,
    platform: bool = False,
) -> str:
    """An ES256 token that the gateway of this home accepts; with `platform` it may register tenants.

    Raises NotUsable before the first `quanzi up`.
    """
    key_file = Credentials(home.secrets).key_file(DEVELOPMENT_ISSUER)
    try:
        key = key_file.read_text()
    except FileNotFoundError as error:
        raise NotUsable(f"{key_file} is not there yet: run `make up` once") from error
    except PermissionError as error:
        raise NotUsable(f"{key_file} belongs to another user: run as the user who ran `make up`") from error
    now = datetime.now(UTC)
    claims = {
        "iss": DEVELOPMENT_ISSUER,
        "aud": DEVELOPMENT_AUDIENCE,
        "sub": subject,
        "tenant_id": str(tenant_id(tenant)),
        "roles": list(roles),
        "platform": platform,
        "iat": now,
        "exp": now + lifetime,
    }
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": DEVELOPMENT_ISSUER})
