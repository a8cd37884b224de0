"""pytest plugin, loaded by the conftest.py of the repository: real servers, databases and processes.

`DATABASE_URL` and `NATS_URL` name servers to use; without them containers are started where a Docker API
answers, else the embedded servers. Under pytest-xdist each worker has its own, unless they are given.
"""

import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog
from nats import connect
from nats.js import JetStreamContext

from chassis.embedded import nats, postgres
from chassis.messaging import ensure_streams
from chassis.testbed.containers import docker_answers, nats_container, postgres_container
from chassis.testbed.databases import DatabaseFactory
from chassis.testbed.processes import IdentityKeys, ServiceProcess
from chassis.testbed.servers import NatsForTests, PostgresForTests


def pytest_configure() -> None:
    """Plain tracebacks: structlog's own default shows every local variable, which takes seconds for each."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """Every user can reach it, as pytest's folders cannot: as root, the servers run as another user."""
    with TemporaryDirectory(prefix="quanzi-test-", ignore_cleanup_errors=True) as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


@pytest.fixture(scope="session")
def postgres_server(server_folder: Path) -> Iterator[PostgresForTests]:
    with ExitStack() as running:
        if url := os.environ.get("DATABASE_URL"):
            yield PostgresForTests(url)
        elif docker_answers():
            yield PostgresForTests(running.enter_context(postgres_container()))
        else:
            server = running.enter_context(postgres.start(server_folder / "postgres", fsync=False))
            yield PostgresForTests(server.url, server)


@pytest.fixture(scope="session")
def nats_server(server_folder: Path) -> Iterator[NatsForTests]:
    with ExitStack() as running:
        if url := os.environ.get("NATS_URL"):
            yield NatsForTests(url)
        elif docker_answers():
            url, credentials = running.enter_context(nats_container(server_folder))
            yield NatsForTests(url, credentials)
        else:
            server = running.enter_context(nats.start(server_folder / "nats"))
            yield NatsForTests(server.url, server.credentials, server)


@pytest.fixture(scope="session")
async def jetstream(nats_server: NatsForTests) -> AsyncIterator[JetStreamContext]:
    """The streams, as an administrator."""
    client = await connect(nats_server.url, **nats_server.login("admin"))
    await ensure_streams(client.jetstream())
    yield client.jetstream()
    await client.close()


@pytest.fixture(scope="session")
def service_database(postgres_server: PostgresForTests) -> Iterator[DatabaseFactory]:
    """`service_database("risk")` → a `ServiceDatabase`, fresh and migrated, dropped when the session ends.

    As a context manager it is dropped at the end of the block.
    """
    factory = DatabaseFactory(postgres_server)
    yield factory
    factory.close()


@pytest.fixture(scope="session")
def identity_keys(tmp_path_factory: pytest.TempPathFactory) -> IdentityKeys:
    return IdentityKeys(tmp_path_factory.mktemp("identity"))


StartProcess = Callable[[str, str, Mapping[str, str]], ServiceProcess]


@contextmanager
def _processes(folder: Path, nats_server: NatsForTests, keys: IdentityKeys) -> Iterator[StartProcess]:
    with ExitStack() as running:

        def start(service: str, database_url: str, settings: Mapping[str, str]) -> ServiceProcess:
            environment = {
                "QUANZI_DATABASE_URL": database_url,
                **nats_server.settings(service),
                **keys.settings(service),
                **settings,
            }
            started = ServiceProcess(service, folder, environment)
            running.callback(started.close)
            started.start()
            return started

        yield start


@pytest.fixture
def process(tmp_path: Path, nats_server: NatsForTests, identity_keys: IdentityKeys) -> Iterator[StartProcess]:
    """`process("risk", database.url, {})` runs `python -m risk` until the test ends; returns when ready.

    NATS user and keys are set; name peers and the like in the settings.
    """
    with _processes(tmp_path, nats_server, identity_keys) as start:
        yield start


@pytest.fixture(scope="module")
def shared_process(
    tmp_path_factory: pytest.TempPathFactory, nats_server: NatsForTests, identity_keys: IdentityKeys
) -> Iterator[StartProcess]:
    """As `process`, until the last test of the file ends: a start costs seconds."""
    with _processes(tmp_path_factory.mktemp("processes"), nats_server, identity_keys) as start:
        yield start
