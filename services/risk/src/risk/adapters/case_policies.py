"""Policies of cases in PostgreSQL."""

from collections.abc import Mapping
from typing import Any

from chassis.database import Session
from risk.adapters.case_tables import case_policies
from risk.adapters.versioned_policies import SqlPolicies
from risk.domain.case_policy import CasePolicy
from risk.domain.verdict import RiskCategory


class SqlCasePolicies(SqlPolicies[CasePolicy]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, case_policies, CasePolicy)

    def _read(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        risks = {RiskCategory(int(category)): points for category, points in row["category_risks"].items()}
        return {**row, "category_risks": risks}
