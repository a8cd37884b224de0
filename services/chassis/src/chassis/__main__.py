"""What is done once per release, not by a running service: `python -m chassis provision|migrate|streams`.

Each verb is safe to repeat and to run twice at once. Settings as for every process (see chassis.settings).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import Field

from chassis import logs
from chassis.messaging import connect, ensure_streams
from chassis.migrations import upgrade
from chassis.provision import SCHEMAS
from chassis.provision import provision as make_roles_and_schemas
from chassis.settings import NatsSettings, ProcessSettings, SettingsError

log = logs.get_logger(__name__)


class ProvisionSettings(ProcessSettings):
    admin_url: str = Field(repr=False)
    # A folder with one file per role, named like it: the password.
    role_passwords_dir: Path


class MigrationSettings(ProcessSettings):
    # Of the role that owns the schema, straight to PostgreSQL: a pooler would lose the advisory lock.
    migrations_url: str = Field(repr=False)
    # Holds `migrations/`; the image of a service has its own in the working directory.
    migrations_dir: Path = Path()


class StreamSettings(NatsSettings):
    stream_replicas: int = Field(default=1, ge=1, le=5)


def provision() -> None:
    """Roles with their passwords, and empty schemas."""
    settings = ProvisionSettings()
    logs.configure(settings)
    roles = [f"{schema}_{role}" for schema in SCHEMAS for role in ("owner", "app")]
    passwords = {
        role: (settings.role_passwords_dir / role).read_text(encoding="utf-8").strip() for role in roles
    }
    make_roles_and_schemas(settings.admin_url, SCHEMAS, passwords)
    log.info("provisioned", schemas=list(SCHEMAS))


def migrate() -> None:
    """The schema of a service to its head."""
    settings = MigrationSettings()
    logs.configure(settings)
    upgrade(settings.migrations_dir, settings.migrations_url)
    log.info("migrated")


def streams() -> None:
    """The JetStream streams as the code has them."""
    settings = StreamSettings()
    logs.configure(settings)
    asyncio.run(_ensure_streams(settings))
    log.info("streams are up to date", replicas=settings.stream_replicas)


async def _ensure_streams(settings: StreamSettings) -> None:
    client = await connect(settings)
    try:
        await ensure_streams(client.jetstream(), settings.stream_replicas)
    finally:
        await client.close()


VERBS: Mapping[str, Callable[[], None]] = {"provision": provision, "migrate": migrate, "streams": streams}


def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or arguments[0] not in VERBS:
        sys.exit(f"usage: python -m chassis {'|'.join(VERBS)}")
    try:
        VERBS[arguments[0]]()
    except SettingsError as error:
        sys.exit(f"settings: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
