"""The import against a gateway of a few lines that keeps what it is sent, over a real HTTP connection."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from quanzi_local.gateway_client import connect
from quanzi_local.intake import upload
from quanzi_local.intake.activities import ActivityDefaults, activity_rows
from quanzi_local.intake.records import read_records
from quanzi_local.intake.rejects import RejectsFile
from quanzi_local.intake.run import Counts, run_import
from quanzi_local.intake.upload import UploadRefused


class Door(ThreadingHTTPServer):
    """Refuses rows without member, keeps one row per source id; `faults` are answered first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.rows: dict[str, dict[str, Any]] = {}
        self.sizes: list[int] = []
        self.faults: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Door

    def do_POST(self) -> None:
        rows = [
            json.loads(line) for line in self.rfile.read(int(self.headers["content-length"])).splitlines()
        ]
        status = self.server.faults.pop(0) if self.server.faults else 200
        self.send_response(status)
        self.end_headers()
        if status == 200:
            self.server.sizes.append(len(rows))
            for line in self._take(rows):
                self.wfile.write(json.dumps(line).encode() + b"\n")

    def _take(self, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        counts = {"accepted": 0, "rejected": 0}
        for number, row in enumerate(rows, 1):
            if not row.get("member"):
                counts["rejected"] += 1
                yield {
                    "line": number,
                    "code": "MISSING_FIELD",
                    "field": "member",
                    "message": "member is missing",
                }
            else:
                counts["accepted"] += 1
                self.server.rows[row["source_id"]] = row
        yield counts

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setattr(upload, "MAX_ROWS", 100)
    monkeypatch.setattr(upload, "FIRST_PAUSE", 0.001)
    with Door() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """250 rows: every 50th is no JSON, every 60th has no member."""
    path = tmp_path / "rows.ndjson"
    rows = [
        {"kind": "message", "member": f"m{n}" if n % 60 else "", "source_id": str(n)} for n in range(1, 251)
    ]
    lines = ["{broken" if n % 50 == 0 else json.dumps(row) for n, row in enumerate(rows, 1)]
    path.write_text("\n".join(lines))
    return path


def refused(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def run(
    door: Door, file: Path, prepared: list[str] | None = None
) -> tuple[Counts, list[dict[str, Any]]]:
    async def prepare(groups: object) -> None:
        assert prepared is not None
        prepared.extend(groups)  # type: ignore[arg-type]

    rows = activity_rows(read_records(file), ActivityDefaults("test", "g1"))
    with RejectsFile.beside(file) as rejects:
        async with connect(door.url, "token") as client:
            counts = await run_import(
                client, rows, rejects, lambda _: None, prepare if prepared is not None else None
            )
    return counts, refused(rejects.path)


async def test_good_rows_are_sent_and_the_others_written_with_line_and_reason(door: Door, file: Path) -> None:
    counts, rejects = await run(door, file)
    assert counts == Counts(accepted=241, rejected=9)
    assert len(door.rows) == 241
    assert [(reject["line"], reject["code"]) for reject in rejects] == [
        (50, "INVALID_JSON"), (60, "MISSING_FIELD"), (100, "INVALID_JSON"), (120, "MISSING_FIELD"),
        (150, "INVALID_JSON"), (180, "MISSING_FIELD"), (200, "INVALID_JSON"), (240, "MISSING_FIELD"),
        (250, "INVALID_JSON"),
    ]  # fmt: skip
    assert [reject["row"] for reject in rejects[:2]] == [
        "{broken",
        '{"kind": "message", "member": "", "source_id": "60"}',
    ]
    assert max(door.sizes) <= 100
    assert door.rows["1"] == {
        "source": "test",
        "group": "g1",
        "kind": "message",
        "member": "m1",
        "source_id": "1",
    }


async def test_a_second_import_adds_nothing(door: Door, file: Path) -> None:
    await run(door, file)
    counts, _ = await run(door, file)
    assert counts == Counts(accepted=241, rejected=9)
    assert len(door.rows) == 241


async def test_transient_faults_are_retried(door: Door, file: Path) -> None:
    door.faults = [503, 429, 502]
    counts, _ = await run(door, file)
    assert counts.accepted == 241


async def test_a_refusal_of_the_request_ends_the_import(door: Door, file: Path) -> None:
    door.faults = [401]
    with pytest.raises(UploadRefused, match="401"):
        await run(door, file)


async def test_groups_are_prepared_once_each_before_their_rows(door: Door, file: Path) -> None:
    prepared: list[str] = []
    await run(door, file, prepared)
    assert prepared == ["g1"]


async def test_no_gateway_is_said_plainly(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "FIRST_PAUSE", 0.001)
    rows = activity_rows(read_records(file), ActivityDefaults("test"))
    async with connect("http://127.0.0.1:9", "token") as client:
        rejects = RejectsFile(tmp_path / "r")
        with pytest.raises(UploadRefused, match="quanzi up"):
            await run_import(client, rows, rejects, lambda _: None)


def test_an_import_without_refusals_leaves_no_rejects_file(tmp_path: Path) -> None:
    stale = tmp_path / "rows.csv.rejects.ndjson"
    stale.write_text("of the last time")
    with RejectsFile.beside(tmp_path / "rows.csv"):
        pass
    assert not stale.exists()


def test_chunks_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(upload, "MAX_BYTES", 1_000)
    file = tmp_path / "rows.ndjson"
    file.write_text("\n".join(json.dumps({"source_id": str(n), "text": "x" * 300}) for n in range(20)))
    sizes = [
        len(chunk.body) for chunk in upload.chunks(activity_rows(read_records(file), ActivityDefaults("t")))
    ]
    assert len(sizes) > 4
    assert max(sizes) < 1_500
