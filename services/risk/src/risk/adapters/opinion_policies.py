"""Policies of the watch on opinion in PostgreSQL; the default is not stored."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from risk.adapters.opinion_tables import opinion_policies
from risk.domain.errors import StaleVersion
from risk.domain.opinion_plan import OwnerRole, PlanTask, Severity
from risk.domain.opinion_policy import OpinionPolicy

_COLUMNS = [opinion_policies.c[name] for name in OpinionPolicy.__dataclass_fields__]


class SqlOpinionPolicies:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def current(self) -> OpinionPolicy:
        newest = select(*_COLUMNS).order_by(opinion_policies.c.version.desc()).limit(1)
        row = (await self._connection.execute(newest)).mappings().one_or_none()
        if row is None:
            return OpinionPolicy()
        plan = tuple(
            PlanTask(Severity(severity), OwnerRole(role), text, minutes)
            for severity, role, text, minutes in row["plan"]
        )
        return OpinionPolicy(**{**row, "plan": plan})

    async def add(self, policy: OpinionPolicy, now: datetime) -> None:
        plan = [[task.severity.value, task.role.value, task.text, task.minutes] for task in policy.plan]
        row = asdict(policy) | {"tenant_id": self._tenant_id, "created_at": now, "plan": plan}
        adding = insert(opinion_policies).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise StaleVersion("Somebody else changed the policy just now: read it again")
