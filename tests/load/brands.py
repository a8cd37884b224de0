"""One tenant in a database of its own, on a server of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psutil
import psycopg

from chassis.embedded import postgres
from chassis.ids import new_id
from chassis.migrations import upgrade
from chassis.provision import provision

SERVICE = Path(__file__).parents[2] / "services" / "segmentation"
# What a database of such a brand would have at least; fsync is on.
SERVER = {"shared_buffers": "1GB", "max_wal_size": "8GB", "work_mem": "16MB", "checkpoint_timeout": "15min"}


@dataclass(frozen=True, slots=True)
class Brand:
    folder: Path
    admin_url: str
    url: str
    tenant_id: UUID

    def ask(self, statement: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def new_brand(**settings: str) -> Iterator[Brand]:
    """Settings of the server go beside SERVER."""
    with tempfile.TemporaryDirectory(prefix="quanzi-scale-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with postgres.start(folder / "postgres", settings=SERVER | settings) as server:
            passwords = dict.fromkeys(("segmentation_owner", "segmentation_app"), server.password)
            provision(server.url, ["segmentation"], passwords)
            upgrade(SERVICE, server.url.replace("postgres:", "segmentation_owner:", 1))
            url = server.url.replace("postgres:", "segmentation_app:", 1)
            yield Brand(folder, server.url, url, new_id())


def mib(process: psutil.Process) -> float:
    """Resident; 0 once it is gone."""
    try:
        return float(process.memory_info().rss / 2**20)
    except psutil.NoSuchProcess:
        return 0.0
