"""What probes and browsers see of the application."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from chassis.testbed.waiting import until_true
from gateway.app import build_app
from gateway.gateway import Gateway

from .conftest import Door

AWAY = "127.0.0.1:1"


async def test_readiness_is_about_what_the_gateway_cannot_do_without(
    make_gateway: Callable[..., Gateway],
) -> None:
    async def away() -> None:
        raise ConnectionError("no database")

    async def there() -> None:
        pass

    gateway = make_gateway(risk_address=AWAY)
    await until_true(lambda: gateway.clients.away() == ["risk"])
    for check, status, failing in ((there, 200, {}), (away, 503, {"database": "no database"})):
        app = build_app(gateway, {"database": check})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
            answer = await http.get("/readyz")
        assert answer.status_code == status
        assert answer.json()["failing"] == failing
        assert answer.json()["away"] == ["risk"]
    await gateway.clients.close()


async def test_pages_of_allowed_origins_may_ask(make_gateway: Callable[..., Gateway], door: Door) -> None:
    preflight = {
        "origin": "https://ops.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }
    open_door = Door(make_gateway(allowed_origins=("https://ops.example",)), "token")
    allowed = await open_door.http.options("/graphql", headers=preflight)
    assert allowed.headers["access-control-allow-origin"] == "https://ops.example"
    evil = await open_door.http.options("/graphql", headers=preflight | {"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in evil.headers
    closed = await door.http.options("/graphql", headers=preflight)
    assert "access-control-allow-origin" not in closed.headers
