"""The reasons the gateway knows are those the services give."""

from __future__ import annotations

from importlib import import_module

from chassis.rpc.answers import CHASSIS_ERRORS
from gateway.reasons import REASONS

SERVICES = ("segmentation", "content", "campaigns", "support", "risk")


def test_every_reason_is_given_by_a_service() -> None:
    tables = [import_module(f"{service}.entrypoints.errors").ERRORS for service in SERVICES]
    given = {reason for table in (*tables, CHASSIS_ERRORS) for _, reason in table.values()}
    assert set(REASONS) - given == set()
