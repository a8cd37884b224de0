"""The real histories: CDNOW's orders, and a public group chat. Read in place."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from .history import Did, History

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CDNOW = DATA / "orders" / "CDNOW_master.txt"
CHAT = DATA / "groupchat" / "ubuntu_help.ndjson.gz"

needs_cdnow = pytest.mark.skipif(not CDNOW.exists(), reason=f"needs {CDNOW.name} in {CDNOW.parent}")
needs_chat = pytest.mark.skipif(not CHAT.exists(), reason=f"needs {CHAT.name} in {CHAT.parent}")


def cdnow() -> list[Did]:
    """69,659 orders of 23,570 customers, each line one order, dollars as hundredths."""
    done = []
    for number, line in enumerate(CDNOW.read_text().splitlines()[1:]):
        customer, day, _, dollars = line.split()
        at = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        amount = round(float(dollars) * 100)
        done.append(Did(f"{number}", "order_paid", customer, at, order=f"{number}", amount=amount))
    return done


def chat() -> list[Did]:
    """142,381 activities of 15,152 members of one group."""
    with gzip.open(CHAT, "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return [
            Did(
                row["source_id"],
                row["kind"],
                row["member"],
                datetime.fromisoformat(row["occurred_at"]),
                row["group"],
            )
            for row in rows
        ]


def history(done: list[Did], zone: str) -> History:
    return History(done, [], ZoneInfo(zone))
