"""The servers in containers, where a Docker API answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from chassis.embedded.nats_config import NatsConfig, NatsCredentials

POSTGRES_IMAGE = "postgres:18-alpine"
NATS_IMAGE = "nats:2-alpine"
_CLIENT_PORT, _MONITOR_PORT = 4222, 8222


@lru_cache
def docker_answers() -> bool:
    import docker
    from docker.errors import DockerException

    try:
        return bool(docker.from_env(timeout=2).ping())
    except DockerException:
        return False


@contextmanager
def postgres_container() -> Iterator[str]:
    """The administrator's URL."""
    from testcontainers.community.postgres import PostgresContainer

    locale = "--locale-provider=builtin --builtin-locale=C.UTF-8 --lc-ctype=C.UTF-8 --encoding=UTF8"
    container = PostgresContainer(POSTGRES_IMAGE, driver=None).with_env("POSTGRES_INITDB_ARGS", locale)
    with container.with_command("postgres -c max_connections=120 -c fsync=off") as server:
        yield server.get_connection_url()


@contextmanager
def nats_container(folder: Path) -> Iterator[tuple[str, NatsCredentials]]:
    """Address and credentials; configured like the embedded server. `folder` receives them."""
    from testcontainers.community.nats import NatsContainer

    credentials = NatsCredentials(folder / "credentials")
    config = NatsConfig(_CLIENT_PORT, _MONITOR_PORT, Path("/data"), credentials, host="0.0.0.0")  # noqa: S104 inside
    file = folder / "nats.conf"
    file.write_text(config.render())
    container = NatsContainer(NATS_IMAGE).with_volume_mapping(str(file), "/nats.conf")
    with container.with_command("--config /nats.conf") as server:
        yield server.nats_uri(), credentials
