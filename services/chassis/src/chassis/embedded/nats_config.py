"""The configuration of the local nats-server: who may publish what, as production has it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nkeys
from nacl.utils import random as random_bytes

ACCOUNT = "QUANZI"
ADMIN = "admin"
SERVICES = ("segmentation", "content", "campaigns", "support", "risk", "gateway")
AUTH_REQUESTS = "$SYS.REQ.USER.AUTH"

_EXTRA_PUBLISH = {"gateway": ["quanzi.*.inbound.>"]}
_EXTRA_SUBSCRIBE = {"gateway": [AUTH_REQUESTS]}
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


@dataclass(frozen=True, slots=True)
class NatsConfig:
    port: int
    monitor_port: int
    store: Path
    passwords: Mapping[str, str]  # of `SERVICES` and `ADMIN`
    issuer: str  # public key that signs what partners may do

    def render(self) -> str:
        """The configuration file: nats-server reads JSON as it reads its own format."""
        return json.dumps(
            {
                "server_name": "quanzi",
                "listen": f"127.0.0.1:{self.port}",
                "http": f"127.0.0.1:{self.monitor_port}",
                "max_payload": 1024 * 1024,
                "max_pending": 64 * 1024 * 1024,
                "jetstream": {
                    "store_dir": str(self.store),
                    "max_memory_store": 64 * 1024 * 1024,
                    "max_file_store": 16 * 1024 * 1024 * 1024,
                },
                "accounts": {ACCOUNT: {"jetstream": "enabled", "users": self._users()}, "SYS": {}},
                "system_account": "SYS",
                "authorization": {
                    "timeout": 5,
                    "auth_callout": {
                        "issuer": self.issuer,
                        "account": ACCOUNT,
                        "auth_users": [*SERVICES, ADMIN],
                    },
                },
            },
            indent=2,
        )

    def _users(self) -> Sequence[Mapping[str, object]]:
        services = [
            {"user": name, "password": self.passwords[name], "permissions": permissions(name)}
            for name in SERVICES
        ]
        return [*services, {"user": ADMIN, "password": self.passwords[ADMIN]}]


def new_account_seed() -> str:
    return str(nkeys.encode_seed(random_bytes(32), nkeys.PREFIX_BYTE_ACCOUNT).decode())


def public_key(seed: str) -> str:
    return str(nkeys.from_seed(bytearray(seed.encode())).public_key.decode())
