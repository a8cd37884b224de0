"""The six processes on real servers, wired as `quanzi up` wires them, in the hands of a test."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import nats
import psycopg
from nats.aio.client import Client

from chassis.identity import Signer
from chassis.messaging import ensure_streams
from chassis.provision import SCHEMAS
from chassis.testbed.servers import NatsForTests, PostgresForTests
from quanzi_local.credentials import Credentials
from quanzi_local.home import Home
from quanzi_local.identity import development_token
from quanzi_local.launcher.parts import parts, role_url
from quanzi_local.launcher.ports import free_ports
from quanzi_local.launcher.schemas import migrate_all, provision_all
from quanzi_local.launcher.servers import Servers
from quanzi_local.launcher.supervisor import Part

from .part_process import PartProcess

TOKEN_LIFETIME = timedelta(hours=1)


class Platform:
    """One database of its own with all schemas; `processes` by service, `gateway` among them."""

    def __init__(self, folder: Path, postgres: PostgresForTests, nats_server: NatsForTests) -> None:
        self.postgres, self.nats = postgres, nats_server
        self.home = Home(folder)
        self.home.prepare()
        self.trace_file = folder / "traces.ndjson"
        self.credentials = Credentials(self.home.secrets)
        self.credentials.make_keys()
        self._database = f"platform_{secrets.token_hex(4)}"
        self.admin_url = postgres.url_of(self._database)
        self.http_port = free_ports(1)[0]
        self.processes: dict[str, PartProcess] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    async def start(self) -> None:
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute(f'create database "{self._database}"')
        for role in (f"{schema}_{kind}" for schema in SCHEMAS for kind in ("owner", "app")):
            self.credentials.password_file(role).write_text(self.postgres.role_password)
        provision_all(self.admin_url, self.credentials)
        migrate_all(self.admin_url, self.credentials, lambda _: None)
        async with self.nats_admin() as admin:
            await ensure_streams(admin.jetstream())
        servers = Servers(self.admin_url, self.nats.url, self.postgres.embedded, self.nats.embedded)
        for part in parts(self.home, self.credentials, servers, self.http_port):
            self.add(self._completed(part))
        await self.run(*self.processes)

    def add(self, part: Part) -> None:
        self.processes[part.name] = PartProcess(part, self.home.logs)

    def add_replica(self, service: str) -> str:
        """The name of a second process of a service, not yet running, on a port of its own."""
        original = self.processes[service].part
        name = f"{service}-replica"
        address = f"127.0.0.1:{free_ports(1)[0]}"
        ready_file = self.home.ready_files / f"{name}.json"
        own = {"QUANZI_GRPC_LISTEN": address, "QUANZI_READY_FILE": str(ready_file)}
        environment = {**original.environment, **own}
        self.add(
            replace(original, name=name, address=address, environment=environment, ready_file=ready_file)
        )
        return name

    async def run(self, *names: str) -> None:
        """Those of `names` that do not run; returns when they are ready. Raises ChildFailed."""
        wanted = [self.processes[name] for name in names if not self.processes[name].running]
        for process in wanted:
            process.launch()
        for process in wanted:
            await asyncio.to_thread(process.wait_ready)

    async def kill_and_run(self, name: str) -> None:
        """SIGKILL, and up again at the same address."""
        self.processes[name].kill()
        await self.run(name)

    async def retire(self, *names: str) -> None:
        """SIGTERM; they drain and are forgotten. They must end well."""
        for name in names:
            code = await asyncio.to_thread(self.processes.pop(name).stop)
            assert code == 0, f"{name} ended with code {code}"

    def dead(self) -> list[str]:
        return [name for name, process in self.processes.items() if not process.running]

    def token(self, tenant: str, *roles: str, subject: str = "tester", platform: bool = False) -> str:
        """A development token; `tenant` is a slug."""
        return development_token(self.home, tenant, roles, subject, TOKEN_LIFETIME, platform=platform)

    def signer(self, issuer: str) -> Signer:
        return Signer.from_file(issuer, self.credentials.key_file(issuer))

    def app_url(self, schema: str) -> str:
        """The database, as the role a service logs in with."""
        return role_url(self.admin_url, f"{schema}_app", self.postgres.role_password)

    @asynccontextmanager
    async def nats_admin(self) -> AsyncIterator[Client]:
        connection = await nats.connect(self.nats.url, **self.nats.login("admin"))
        try:
            yield connection
        finally:
            await connection.close()

    def close(self) -> None:
        for process in self.processes.values():
            process.kill()
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute(f'drop database if exists "{self._database}" with (force)')

    def _completed(self, part: Part) -> Part:
        """What a launcher of embedded servers cannot know: NATS in a container, where the spans go."""
        issuer = self._issuer_seed() if part.name == "gateway" else {}
        own = {"QUANZI_TRACE_FILE": str(self.trace_file), **self.nats.settings(part.name), **issuer}
        return replace(part, environment={**part.environment, **own})

    def _issuer_seed(self) -> Mapping[str, str]:
        held = self.nats.credentials
        return {"QUANZI_NATS_ISSUER_SEED_FILE": str(held.issuer_seed_file)} if held else {}
