"""The fixtures every service builds its tests on."""

from pathlib import Path

import nats
import psycopg
import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.databases import DatabaseFactory
from chassis.testbed.processes import ServiceProcess
from chassis.testbed.servers import NatsForTests

SAMPLE = Path(__file__).parents[1] / "data" / "sample"


async def test_databases_of_one_schema_share_nothing(service_database: DatabaseFactory) -> None:
    tenant = new_id()
    with service_database("sample", SAMPLE) as first, service_database("sample", SAMPLE) as second:
        database = Database.connect(first.url, "sample")
        async with database.session(tenant) as session:
            assert await session.inbox.claim("c", ["1"]) == {"1"}
        await database.dispose()
        database = Database.connect(second.url, "sample")
        async with database.session(tenant) as session:
            assert await session.inbox.claim("c", ["1"]) == {"1"}
        await database.dispose()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(first.url)


async def test_each_service_logs_in_under_its_own_name(nats_server: NatsForTests) -> None:
    client = await nats.connect(nats_server.url, **nats_server.login("risk"))
    assert client.is_connected
    await client.close()


def test_a_process_is_ready_when_its_start_returns_and_survives_no_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "sleeper.py"
    package.write_text(
        "import json, os, pathlib, time\n"
        "print('starts')\n"
        "pathlib.Path(os.environ['QUANZI_READY_FILE']).write_text(json.dumps({'grpc_port': 7}))\n"
        "time.sleep(600)\n"
    )
    process = ServiceProcess("sleeper", tmp_path, {"PYTHONPATH": str(tmp_path)})
    process.start()
    assert process.address == "127.0.0.1:7"
    assert process.running
    process.kill()
    assert not process.running
    process.start()
    assert process.running
    process.close()
