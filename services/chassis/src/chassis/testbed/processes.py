"""Service processes as they run in production, for tests that start, kill and restart them."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from chassis.embedded.children import Child
from chassis.embedded.nats_config import SERVICES
from chassis.identity import Signer, generate_key
from chassis.testbed.waiting import PATIENCE


class IdentityKeys:
    """A signing key for each service, and the JWKS file all of them verify with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.jwks_file = folder / "jwks.json"
        public = []
        for service in SERVICES:
            private, key = generate_key(service)
            self.signing_key_file(service).write_bytes(private)
            public.append(key)
        self.jwks_file.write_text(json.dumps({"keys": public}))

    def signing_key_file(self, service: str) -> Path:
        return self._folder / f"{service}.pem"

    def signer(self, service: str) -> Signer:
        return Signer.from_file(service, self.signing_key_file(service))

    def settings(self, service: str) -> dict[str, str]:
        return {
            "QUANZI_SIGNING_KEY_FILE": str(self.signing_key_file(service)),
            "QUANZI_JWKS_FILE": str(self.jwks_file),
        }


class ServiceProcess:
    """`python -m <service>`; the process tells its port in QUANZI_READY_FILE. Its output is in `log`."""

    def __init__(self, service: str, folder: Path, settings: Mapping[str, str]) -> None:
        self.service = service
        self.log = folder / f"{service}-{id(self)}.log"
        self._ready_file = self.log.with_suffix(".ready")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("QUANZI_")}
        self._environment = {**inherited, **settings, "QUANZI_READY_FILE": str(self._ready_file)}
        self._child: Child | None = None
        self.grpc_port = 0
        self.http_port = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.grpc_port}"

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.running

    def start(self) -> None:
        """Returns when it is ready; starting again listens on another port. Raises `ChildFailed`."""
        self._ready_file.unlink(missing_ok=True)
        self._child = Child(
            self.service,
            [sys.executable, "-m", self.service],
            log=self.log,
            environment=self._environment,
        )
        self._child.wait_ready(self._ready_file.exists, PATIENCE)
        told = json.loads(self._ready_file.read_text())
        self.grpc_port = told.get("grpc_port", 0)
        self.http_port = told.get("http_port", 0)

    def stop(self) -> int:
        """SIGTERM: it drains. Returns its exit code."""
        return self._child.stop() if self._child else 0

    def kill(self) -> None:
        """SIGKILL."""
        if self._child:
            self._child.kill()

    def close(self) -> None:
        self.kill()
