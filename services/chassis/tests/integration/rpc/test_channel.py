"""Retries, draining and the journey of a trace, over real sockets."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import grpc
import pytest

from chassis import telemetry
from chassis.rpc.deadline import ending_in
from chassis.rpc.errors import Refusal
from chassis.testbed.waiting import until_true


def failing_once() -> Any:
    failures = iter([True])

    def answer(_: Any) -> str:
        if next(failures, False):
            raise Away("not yet")
        return "there"

    return answer


class Away(Exception):
    pass


@pytest.fixture
def flaky(world: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    world.errors[Away] = (grpc.StatusCode.UNAVAILABLE, "AWAY")
    return world.echo(answer=failing_once())


async def test_retries_a_safe_method(world: Any, flaky: Any) -> None:
    server = await world.server(flaky)
    async with world.stub(server) as stub:
        assert (await stub.Read(world.contract.EchoRequest())).text == "there"
    assert flaky.calls == 2


async def test_never_retries_a_method_with_effects(world: Any, flaky: Any) -> None:
    server = await world.server(flaky)
    async with world.stub(server) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.Echo(world.contract.EchoRequest())
    assert (Refusal.of(refused.value).reason, flaky.calls) == ("AWAY", 1)


async def test_a_call_ends_no_later_than_the_one_it_serves(world: Any) -> None:
    server = await world.server(world.echo(seconds=3))
    async with world.stub(server) as stub:
        with ending_in(0.2), pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.Echo(world.contract.EchoRequest())
    assert refused.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_drains_under_load_without_an_error(world: Any) -> None:
    """Two replicas under unsafe calls, which nothing retries; one drains, everything is answered."""
    slow, other = world.echo(seconds=0.02), world.echo(seconds=0.02)
    draining, staying = await world.server(slow), await world.server(other)
    answered = 0
    halt = asyncio.Event()

    async def load(stub: Any) -> None:
        nonlocal answered
        while not halt.is_set():
            await stub.Echo(world.contract.EchoRequest(text="x"))
            answered += 1

    async with world.stub(draining, staying) as stub, asyncio.TaskGroup() as group:
        for _ in range(40):
            group.create_task(load(stub))
        await until_true(lambda: slow.calls > 40 and other.calls > 40)
        await draining.stop()
        served = slow.calls
        since = other.calls
        await until_true(lambda: other.calls > since + 200)
        halt.set()
    assert slow.calls == served > 0
    assert answered == slow.calls + other.calls


async def test_a_trace_crosses_the_wire(world: Any, spans: Path) -> None:
    server = await world.server(world.echo())
    async with world.stub(server) as stub:
        with telemetry.tracer().start_as_current_span("journey"):
            await stub.Echo(world.contract.EchoRequest())
    served, journey = map(json.loads, _last_two(spans))
    assert (served["name"], journey["name"]) == ("/chassis.tests.EchoService/Echo", "journey")
    assert served["trace_id"] == journey["trace_id"]
    assert served["parent"] == journey["span_id"]


def _last_two(spans: Path) -> list[str]:
    return spans.read_text().splitlines()[-2:]
