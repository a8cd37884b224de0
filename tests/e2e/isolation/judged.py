"""Cases of a brand: one that waits, and one that was decided and its label frozen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chassis.testbed.waiting import until

from ...harness.brand import Brand, row

_DOUBTFUL = "有人做兼职吗"
_WAITING = "query { cases(kind: MESSAGE_REVIEW) { nodes { id } } }"


async def judged(brand: Brand, group: str, member: str) -> dict[str, str]:
    """Global ids by the name that inputs and arguments call them; `group` and `member` are references."""
    now = datetime.now(UTC)
    said = [
        row("message", f"case-{number}", member, now, group=group, text=f"{_DOUBTFUL}{number}")
        for number in range(2)
    ]
    await brand.admin.bring(said)

    async def waiting() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await brand.admin.ask(_WAITING))["cases"]["nodes"]
        return found

    first, second = await until(waiting, lambda found: len(found) == len(said), "two cases")
    decisions = [{"case": first["id"], "outcome": "FALSE_POSITIVE"}]
    await brand.admin.do("casesDecide", "results { reason }", decisions=decisions)
    period = {"fromAt": "2026-01-01T00:00:00Z", "untilAt": "2099-01-01T00:00:00Z"}
    frozen = await brand.admin.do("evaluationSetFreeze", "evaluationSet { id }", name="首批", **period)
    return {"case": second["id"], "evaluationSet": frozen["evaluationSet"]["id"]}
