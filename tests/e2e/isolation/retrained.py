"""A model of a brand's own, learnt from cases that were closed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chassis.ids import new_id
from chassis.testbed.waiting import until

from ...harness.brand import Brand, row

_RISKY, _INNOCENT = "在家做兼职，第{}期招人", "宝妈第{}天分享：兼职带娃两不误"
_OF_EACH = 30
_WAITING = "query { cases(kind: MESSAGE_REVIEW, first: 100) { nodes { id maskedText } } }"
_STATE = "query ($id: ID!) { node(id: $id) { ... on ClassifierModel { state } } }"


async def retrained(brand: Brand, group: str) -> dict[str, str]:
    """Global ids by the name that inputs call them; `group` is a reference. The model is not in force."""
    now = datetime.now(UTC)
    texts = [pattern.format(number) for number in range(_OF_EACH) for pattern in (_RISKY, _INNOCENT)]
    await brand.admin.bring(
        [
            row("message", f"lesson-{number}", f"wm-lesson-{number}", now, group=group, text=text)
            for number, text in enumerate(texts)
        ]
    )

    async def waiting() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await brand.admin.ask(_WAITING))["cases"]["nodes"]
        return [case for case in found if case["maskedText"] in texts]

    cases = await until(waiting, lambda found: len(found) == len(texts), "a case of each text")
    await brand.admin.do("casesDecide", "results { reason }", decisions=[_decision(case) for case in cases])
    wanted = await brand.admin.do("classifierRetrain", "model { id }", idempotencyKey=str(new_id()))
    model_id: str = wanted["model"]["id"]

    async def state() -> str:
        return (await brand.admin.ask(_STATE, id=model_id))["node"]["state"]  # type: ignore[no-any-return]

    assert await until(state, lambda it: it != "TRAINING", "the model") == "TRAINED"
    return {"classifierModel": model_id}


def _decision(case: dict[str, Any]) -> dict[str, Any]:
    if "招人" in case["maskedText"]:
        return {"case": case["id"], "outcome": "VALUABLE_ALERT", "category": "FRAUD"}
    return {"case": case["id"], "outcome": "FALSE_POSITIVE"}
