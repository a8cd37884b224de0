"""Policies of the watch on opinion in PostgreSQL."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from chassis.database import Session
from risk.adapters.opinion_tables import opinion_policies
from risk.adapters.versioned_policies import SqlPolicies
from risk.domain.opinion_plan import OwnerRole, PlanTask, Severity
from risk.domain.opinion_policy import OpinionPolicy


class SqlOpinionPolicies(SqlPolicies[OpinionPolicy]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, opinion_policies, OpinionPolicy)

    def _read(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        plan = tuple(
            PlanTask(Severity(severity), OwnerRole(role), text, minutes)
            for severity, role, text, minutes in row["plan"]
        )
        return {**row, "plan": plan}

    def _written(self, policy: OpinionPolicy) -> Mapping[str, Any]:
        plan = [[task.severity.value, task.role.value, task.text, task.minutes] for task in policy.plan]
        return {**asdict(policy), "plan": plan}
