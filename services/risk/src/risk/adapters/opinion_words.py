"""The emergency plan and sentences about incidents, in Chinese."""

import tomllib
from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files

from chassis import texts
from risk.domain.opinion_incident import Incident
from risk.domain.opinion_plan import OwnerRole, PlanTask, Severity

text = texts.load("risk")


class ChineseOpinionWords:
    @cached_property
    def plan(self) -> Sequence[PlanTask]:
        """Of src/risk/data/emergency_plan_zh.toml."""
        data = tomllib.loads(files("risk").joinpath("data/emergency_plan_zh.toml").read_text("utf-8"))
        return [
            PlanTask(
                Severity[task["severity"].upper()],
                OwnerRole[task["role"].upper()],
                task["text"],
                task["minutes"],
            )
            for task in data["tasks"]
        ]

    def summary(self, incident: Incident) -> str:
        worst = incident.worst
        return text(
            "opinion",
            worst.signal.name,
            place=text("opinion", "IN_GROUP" if incident.group_id else "EVERYWHERE"),
            severity=text("severity", incident.severity.name),
            messages=int(worst.seen.messages),
            size=int(worst.size),
            expected=round(worst.expected, 1),
        )
