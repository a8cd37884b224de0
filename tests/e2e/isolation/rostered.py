"""The rota of a brand, a shift that was offered, and the training of its month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chassis.testbed.waiting import until

from ...harness.brand import Brand

_OPEN = "mutation { trainingSessionOpen { trainingSession { id } userErrors { code } } }"


async def rostered(brand: Brand, group: str) -> dict[str, str]:
    """Global ids by the name that inputs and arguments call them; `group` is one."""
    do = brand.admin.do
    for staff_id in ("admin-1", "moderator-1"):
        moderator = {"staffId": staff_id, "name": staff_id, "groups": [group]}
        # Risk may not have heard of the group yet.
        await until(
            lambda put=moderator: brand.admin.mutate("moderatorPut", "moderator { name }", **put),
            lambda answer: not answer["userErrors"],
            "the group to be known to risk",
        )
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    night = {"weekday": tomorrow.isoweekday(), "startMinute": 180, "minutes": 60, "fromDay": str(tomorrow)}
    made = await do(
        "shiftTemplateCreate",
        "template { id } shifts { id }",
        group=group,
        staffId="moderator-1",
        **night,
    )
    first, second, *_ = [shift["id"] for shift in made["shifts"]]
    offer = await do("shiftOffer", "swap { id }", shift=second, to="admin-1")
    opened = (await brand.admin.ask(_OPEN))["trainingSessionOpen"]
    return {
        "shift": first,
        "shiftTemplate": made["template"]["id"],
        "shiftSwap": offer["swap"]["id"],
        "trainingSession": opened["trainingSession"]["id"],
    }
