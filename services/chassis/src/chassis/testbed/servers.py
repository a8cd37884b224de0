"""The servers of a test session, whoever runs them."""

import hashlib
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from chassis.embedded.nats import NatsServer
from chassis.embedded.nats_config import NatsCredentials
from chassis.embedded.postgres import PostgresServer


@dataclass(frozen=True, slots=True)
class PostgresForTests:
    """`url` is an administrator's. `embedded`, if the server is ours, lets a test stop, kill and start it."""

    url: str
    embedded: PostgresServer | None = None

    @property
    def role_password(self) -> str:
        """Of every role of the services: roles belong to the server, so all who test on it must agree."""
        return hashlib.sha256(self.url.encode()).hexdigest()

    def url_of(self, database: str, role: str | None = None, password: str = "") -> str:
        """Of another database, as another role."""
        parts = urlsplit(self.url)
        place = parts.netloc.rpartition("@")[2]
        netloc = f"{role}:{quote(password)}@{place}" if role else parts.netloc
        return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))


@dataclass(frozen=True, slots=True)
class NatsForTests:
    """`credentials` is None for a given server, whose address carries what it needs."""

    url: str
    credentials: NatsCredentials | None = None
    embedded: NatsServer | None = None

    def settings(self, user: str) -> dict[str, str]:
        """With which a process of this service connects."""
        settings = {"QUANZI_NATS_URL": self.url}
        if self.credentials:
            file = self.credentials.password_file(user)
            settings |= {"QUANZI_NATS_USER": user, "QUANZI_NATS_PASSWORD_FILE": str(file)}
        return settings

    def login(self, user: str) -> dict[str, str]:
        """Keyword arguments for `nats.connect`."""
        return {"user": user, "password": self.credentials.password(user)} if self.credentials else {}
