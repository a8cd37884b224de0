"""Secrets of a local installation: made at first use, kept, readable by their owner alone."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from quanzi_local.home import write_private

SERVICES = ("segmentation", "content", "campaigns", "support", "risk")
GATEWAY = "gateway"
PROCESSES = (*SERVICES, GATEWAY)
DEVELOPMENT_ISSUER = "quanzi-dev"
DEVELOPMENT_AUDIENCE = "quanzi"


class Credentials:
    """Files under `folder` (mode 0700): passwords, private keys (PEM), public keys (JWKS)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.jwks = folder / "jwks.json"
        self.development_jwks = folder / "development-jwks.json"

    def password_file(self, name: str) -> Path:
        path = self._folder / f"{name}.password"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24))
        return path

    def password(self, name: str) -> str:
        return self.password_file(name).read_text()

    def key_file(self, issuer: str) -> Path:
        """The private key of a process, or of DEVELOPMENT_ISSUER; there after `make_keys`."""
        return self._folder / f"{issuer}.pem"

    def make_keys(self) -> None:
        """A key pair for each process and one for development identities; once, the JWKS files last."""
        for jwks, issuers in ((self.jwks, PROCESSES), (self.development_jwks, (DEVELOPMENT_ISSUER,))):
            if not jwks.exists():
                write_private(jwks, json.dumps({"keys": [self._make_key(issuer) for issuer in issuers]}))

    def _make_key(self, issuer: str) -> dict[str, str]:
        from chassis.identity import generate_key  # slow to import, and needed once in the life of a home

        private, public = generate_key(issuer)
        write_private(self.key_file(issuer), private.decode())
        return public
