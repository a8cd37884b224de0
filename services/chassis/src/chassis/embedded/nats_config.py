"""The configuration of the local nats-server: who may publish what, as production has it.

Partners live in an account of their own. The server does not check the reply subject of a request: in the
account of the platform, a partner could have its events delivered to any subject, even into a stream.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nkeys
from nacl.utils import random as random_bytes

from chassis.embedded.places import secret, write_private

ACCOUNT = "QUANZI"
PARTNERS = "PARTNERS"
ADMIN = "admin"
SERVICES = ("segmentation", "content", "campaigns", "support", "risk", "gateway")
AUTH_REQUESTS = "$SYS.REQ.USER.AUTH"

_EXTRA_PUBLISH = {
    "gateway": ["quanzi.*.inbound.>", "$SYS._INBOX.>"],  # the latter answers AUTH_REQUESTS
    "segmentation": ["quanzi.*.files.>"],
}
_EXTRA_SUBSCRIBE = {"gateway": [AUTH_REQUESTS]}
# What partners reach, by its name in their account; each its own consumer: gateway.auth_callout.permissions.
# JetStream tells about a consumer only under a prefix that is not that of their own account.
_NEXT, _INFO = "$JS.API.CONSUMER.MSG.NEXT.EVENTS.*", "$JS.API.CONSUMER.INFO.EVENTS.*"
_ACK = "$JS.ACK.EVENTS.>"
_FOR_PARTNERS = {
    _NEXT: _NEXT,
    "QUANZI.API.CONSUMER.MSG.NEXT.EVENTS.*": _NEXT,
    "QUANZI.API.CONSUMER.INFO.EVENTS.*": _INFO,
    _ACK: _ACK,
}
_DESTRUCTIVE = ["$JS.API.STREAM.DELETE.>", "$JS.API.STREAM.PURGE.>", "$JS.API.STREAM.MSG.DELETE.>"]


def permissions(service: str) -> dict[str, object]:
    """A service publishes under its own name and reads everything of ours; it destroys no stream."""
    return {
        "publish": {
            "allow": [
                f"quanzi.*.{service}.>",
                "quanzi.*.deadletter.>",
                "$JS.API.>",
                "$JS.ACK.>",
                "_INBOX.>",
                *_EXTRA_PUBLISH.get(service, ()),
            ],
            "deny": _DESTRUCTIVE,
        },
        "subscribe": {"allow": ["quanzi.>", "_INBOX.>", *_EXTRA_SUBSCRIBE.get(service, ())]},
    }


class NatsCredentials:
    """Secrets, made at first use: `<user>.password` for each service and `admin`, and `issuer.seed`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, exist_ok=True)
        for user in (*SERVICES, ADMIN):
            secret(self.password_file(user))
        if not self.issuer_seed_file.exists():
            seed = nkeys.encode_seed(random_bytes(32), nkeys.PREFIX_BYTE_ACCOUNT)
            write_private(self.issuer_seed_file, seed.decode(), None)

    def password_file(self, user: str) -> Path:
        return self._folder / f"{user}.password"

    def password(self, user: str) -> str:
        return self.password_file(user).read_text()

    @property
    def issuer_seed_file(self) -> Path:
        """Account seed (nkey) that signs the answers to `$SYS.REQ.USER.AUTH`: what a partner may do."""
        return self._folder / "issuer.seed"

    def issuer(self) -> str:
        """The public key of the issuer."""
        return str(nkeys.from_seed(bytearray(self.issuer_seed_file.read_bytes())).public_key.decode())


@dataclass(frozen=True, slots=True)
class NatsConfig:
    port: int
    monitor_port: int
    store: Path
    credentials: NatsCredentials
    host: str = "127.0.0.1"

    def render(self) -> str:
        """The configuration file: nats-server reads JSON as it reads its own format."""
        return json.dumps(
            {
                "server_name": "quanzi",
                "listen": f"{self.host}:{self.port}",
                "http": f"{self.host}:{self.monitor_port}",
                "max_payload": 1024 * 1024,
                "max_pending": 64 * 1024 * 1024,
                "jetstream": {
                    "store_dir": str(self.store),
                    "max_memory_store": 64 * 1024 * 1024,
                    "max_file_store": 16 * 1024 * 1024 * 1024,
                },
                "accounts": {
                    ACCOUNT: {
                        "jetstream": "enabled",
                        "users": self._users(),
                        "exports": [
                            {"service": subject, "response_type": "stream"}
                            for subject in (_NEXT, _INFO, _ACK)
                        ],
                    },
                    PARTNERS: {
                        "imports": [
                            {"service": {"account": ACCOUNT, "subject": subject}, "to": name}
                            for name, subject in _FOR_PARTNERS.items()
                        ]
                    },
                    "SYS": {},
                },
                "system_account": "SYS",
                "authorization": {
                    "timeout": 5,
                    "auth_callout": {
                        "issuer": self.credentials.issuer(),
                        "account": ACCOUNT,
                        "auth_users": [*SERVICES, ADMIN],
                    },
                },
            },
            indent=2,
        )

    def _users(self) -> Sequence[Mapping[str, object]]:
        services = [
            {"user": name, "password": self.credentials.password(name), "permissions": permissions(name)}
            for name in SERVICES
        ]
        return [*services, {"user": ADMIN, "password": self.credentials.password(ADMIN)}]
