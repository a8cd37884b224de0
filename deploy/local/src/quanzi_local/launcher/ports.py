"""Ports of this machine."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from quanzi_local.home import NotUsable

LOOPBACK = "127.0.0.1"


def require_free(port: int, setting: str) -> None:
    """Raises NotUsable when something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise NotUsable(
                f"port {port} is not free ({error.strerror}): stop what listens there "
                f"(`lsof -i :{port}` names it), or choose another port: {setting}={port + 1} make up"
            ) from error


def free_ports(count: int) -> list[int]:
    """Distinct ports nothing listens on now."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]
