from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any, Literal
from uuid import UUID

import pytest

from chassis import logs
from chassis.identity import Caller, calling_as
from chassis.settings import ProcessSettings

LogFormat = Literal["console", "json"]
Lines = Callable[[], list[dict[str, Any]]]

log = logs.get_logger("chassis.tests")


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[LogFormat], StringIO]]:
    """Configure logs inside the test; what is returned gets everything written to stderr."""

    def configure(log_format: LogFormat) -> StringIO:
        written = StringIO()
        monkeypatch.setattr(sys, "stderr", written)
        logs.configure(ProcessSettings(service="sample", log_format=log_format))
        return written

    yield configure
    logging.getLogger().handlers.clear()


@pytest.fixture
def lines(configured: Callable[[LogFormat], StringIO]) -> Lines:
    written = configured("json")
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_carries_service_logger_and_level(lines: Lines) -> None:
    log.info("hello", count=3)
    [line] = lines()
    expected = {"event": "hello", "count": 3, "level": "info", "service": "sample", "logger": "chassis.tests"}
    assert expected.items() <= line.items()
    assert line["timestamp"].endswith("Z")


def test_a_line_carries_the_tenant_of_the_caller(lines: Lines) -> None:
    with calling_as(Caller(UUID(int=7), "x", frozenset(), "gateway")):
        log.info("inside")
    log.info("outside")
    assert [line.get("tenant") for line in lines()] == [str(UUID(int=7)), None]


def test_secrets_never_get_out(lines: Lines) -> None:
    log.info(
        "connected to nats://app:hunter2@broker",
        password="hunter2",
        options={"Authorization": "Bearer hunter2", "urls": ["postgresql://app:hunter2@db/app"]},
        header="Bearer hunter2",
    )
    log.error("failed", exc_info=ValueError("postgresql://app:hunter2@db refused"))
    logging.getLogger("driver").warning("retrying %s", "postgresql://app:hunter2@db")
    said = lines()
    assert len(said) == 3
    assert "hunter2" not in json.dumps(said)
    assert said[0]["event"] == "connected to nats://app:***@broker"


def test_the_standard_library_goes_the_same_way(lines: Lines) -> None:
    logging.getLogger("sqlalchemy.pool").warning("slow %s", "checkout")
    [line] = lines()
    assert (line["event"], line["service"], line["logger"]) == ("slow checkout", "sample", "sqlalchemy.pool")


def test_people_read_one_plain_line(configured: Callable[[LogFormat], StringIO]) -> None:
    written = configured("console")
    log.warning("careful", field="name")
    [line] = written.getvalue().splitlines()
    assert "careful" in line
    assert "field=name" in line
    assert "\x1b" not in line
