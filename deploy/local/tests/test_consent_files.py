"""Consents from files to the graph, against a door of a few lines that keeps them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from graphql import build_schema, parse, validate
from typer.testing import CliRunner

from quanzi_local.cli import app
from quanzi_local.home import PROJECT
from quanzi_local.intake import consent_import

HEADER = "source_id,member,purpose,state,channel,notice_version,evidence,occurred_at"


class Door(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.consents: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls = 0
        self.broken = False


class Handler(BaseHTTPRequestHandler):
    server: Door

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.calls += 1
        rejections = []
        for index, it in enumerate(asked["variables"]["consents"]):
            if it["member"]:
                self.server.consents[it["source"], it["sourceId"]] = it
            else:
                rejections.append(
                    {"index": index, "code": "MISSING_FIELD", "field": "sourceId", "message": "?"}
                )
        accepted = len(asked["variables"]["consents"]) - len(rejections)
        payload = {"accepted": accepted, "rejections": rejections, "userErrors": []}
        answer = (
            {"errors": [{"message": "away"}]} if self.server.broken else {"data": {"consentsRecord": payload}}
        )
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def door() -> Iterator[Door]:
    server = Door()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def imported(door: Door, file: Path) -> Result:
    address = ["--url", f"http://127.0.0.1:{door.server_port}", "--token", "t"]
    return CliRunner().invoke(app, ["import", "consents", str(file), *address])


def test_the_document_is_one_of_the_graph() -> None:
    schema = build_schema((PROJECT / "gateway" / "schema.graphql").read_text("utf-8"))
    assert validate(schema, parse(consent_import._RECORD)) == []


def test_rows_are_recorded_and_refused_ones_told(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consent_import, "AT_ONCE", 3)
    file = tmp_path / "consents.csv"
    at = "2026-01-05T10:00:00+08:00"
    lines = [
        f"1,wm-1,marketing,given,store,2026-01,form/1,{at}",
        f"2,wm-1,marketing,Withdrawn,hotline,,,{at}",
        f"3,wm-1,marketing,maybe,hotline,,,{at}",
        f"4,,marketing,GIVEN,store,2026-01,,{at}",
        "5,wm-1,marketing,GIVEN,store,2026-01,,2026-01-05T10:00:00",
        f"6,wm-2,marketing,GIVEN,store,2026-01,,{at}",
    ]
    file.write_text("\n".join([HEADER, *lines]), "utf-8")
    for _ in range(2):
        result = imported(door, file)
        assert result.exit_code == 0, result.output
        assert "6 rows" in result.output
        assert "3 accepted, 3 rejected" in result.output
    assert door.calls == 4
    assert door.consents["consents", "2"] == {
        "source": "consents", "sourceId": "2", "member": "wm-1", "purpose": "marketing", "state": "WITHDRAWN",
        "channel": "hotline", "noticeVersion": "", "evidence": "", "occurredAt": at,
    }  # fmt: skip
    refused = [json.loads(line) for line in Path(f"{file}.rejects.ndjson").read_text("utf-8").splitlines()]
    assert [(it["line"], it["code"], it["field"]) for it in refused] == [
        (4, "INVALID_FIELD", "state"),
        (5, "MISSING_FIELD", "source_id"),
        (6, "INVALID_FIELD", "occurred_at"),
    ]


def test_a_door_that_is_closed_is_told(door: Door, tmp_path: Path) -> None:
    file = tmp_path / "consents.ndjson"
    row = {"source_id": "1", "member": "wm-1", "state": "GIVEN", "occurred_at": "2026-01-05T10:00:00+08:00"}
    file.write_text(json.dumps(row), "utf-8")
    door.broken = True
    assert "a second import goes on" in str(imported(door, file).exception)
