"""`quanzi events` and `quanzi deadletters` against a real NATS."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from nats.js import JetStreamContext

from chassis.cloudevents import CloudEvent
from chassis.deadletters import DeadLetter, bury
from chassis.embedded import nats as embedded_nats
from chassis.messaging import ensure_streams
from quanzi_local.connections import NatsLogin, nats_client

Quanzi = Callable[..., str]
TENANT = UUID("01890000-0000-7000-8000-000000000001")
SUBJECT = f"quanzi.{TENANT}.risk.violation.found.v1"


@pytest.fixture(scope="module")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embedded_nats.start(tmp_path_factory.mktemp("nats")) as server:
        yield server.url.replace("//", f"//admin:{server.password_file('admin').read_text()}@")


@pytest.fixture
async def js(nats_url: str) -> AsyncIterator[JetStreamContext]:
    async with nats_client(NatsLogin(nats_url)) as client:
        context = client.jetstream()
        await ensure_streams(context)
        yield context


@pytest.fixture
def quanzi(nats_url: str, tmp_path: Path) -> Quanzi:
    def call(*arguments: str) -> str:
        answer = subprocess.run(
            [sys.executable, "-m", "quanzi_local", *arguments],
            env={**os.environ, "NATS_URL": nats_url, "QUANZI_HOME": str(tmp_path), "COLUMNS": "300"},
            capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        return answer.stdout

    return call


async def publish(js: JetStreamContext, number: int) -> None:
    event = CloudEvent(
        id=str(number),
        source="risk",
        type="quanzi.risk.violation.found.v1",
        subject=f"violation-{number}",
        time=datetime(2026, 1, 31, 12, tzinfo=UTC),
        schema="quanzi.risk.v1.ViolationFound",
        partition_key="m1",
        sequence=number,
        tenant_id=TENANT,
        data=json.dumps({"rule": "广告"}).encode(),
    )
    await js.publish(SUBJECT, event.data, headers=event.headers())


async def test_events_are_shown_one_a_line(js: JetStreamContext, quanzi: Quanzi) -> None:
    for number in (1, 2, 3):
        await publish(js, number)
    lines = quanzi("events", "tail", "quanzi.*.risk.>", "--from-start", "--count", "2").splitlines()
    assert [line.split("  ")[1:] for line in lines] == [
        ["risk.violation.found.v1", "violation-1", '{"rule": "广告"}'],
        ["risk.violation.found.v1", "violation-2", '{"rule": "广告"}'],
    ]
    everything = quanzi("events", "tail", "quanzi.*.>", "--from-start", "--count", "3")
    assert everything.startswith("\n".join(lines))
    (line,) = quanzi("events", "tail", SUBJECT, "--from-start", "--count", "1", "--json").splitlines()
    shown = json.loads(line)
    assert (shown["subject"], shown["body"], shown["headers"]["ce-id"]) == (SUBJECT, {"rule": "广告"}, "1")


async def test_dead_letters_are_listed_and_replayed(js: JetStreamContext, quanzi: Quanzi) -> None:
    letter = DeadLetter("risk-activities", "a-1", "no such rule", "EVENTS", 7, SUBJECT, {}, b"{}")
    await bury(js, letter)
    listed = quanzi("deadletters", "list")
    assert all(word in listed for word in ("risk-activities", "a-1", "no such rule", SUBJECT))
    number = listed.splitlines()[1].split()[0]
    assert SUBJECT in quanzi("deadletters", "replay", number)
    assert quanzi("deadletters", "list") == "there are none\n"
