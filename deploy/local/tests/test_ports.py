import socket

import pytest

from quanzi_local.home import NotUsable
from quanzi_local.launcher.ports import free_ports, require_free


def test_a_taken_port_is_refused_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NotUsable, match=f"port {port} is not free.*QUANZI_HTTP_PORT={port + 1}"):
            require_free(port, "QUANZI_HTTP_PORT")
    require_free(port, "QUANZI_HTTP_PORT")


def test_free_ports_are_distinct() -> None:
    assert len(set(free_ports(8))) == 8
