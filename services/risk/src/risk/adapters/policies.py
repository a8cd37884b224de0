"""Policies of screening in PostgreSQL."""

from collections.abc import Mapping
from typing import Any

from chassis.database import Session
from risk.adapters.tables import risk_policies
from risk.adapters.versioned_policies import SqlPolicies
from risk.domain.ladder import LadderAction
from risk.domain.policy import RiskPolicy


class SqlRiskPolicies(SqlPolicies[RiskPolicy]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, risk_policies, RiskPolicy)

    def _read(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**row, "ladder": tuple(LadderAction(step) for step in row["ladder"])}
