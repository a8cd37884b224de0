"""Policies of cases in PostgreSQL; the default is not stored."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from risk.adapters.case_tables import case_policies
from risk.domain.case_policy import CasePolicy
from risk.domain.errors import StaleVersion

_COLUMNS = [case_policies.c[name] for name in CasePolicy.__dataclass_fields__]


class SqlCasePolicies:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def current(self) -> CasePolicy:
        newest = select(*_COLUMNS).order_by(case_policies.c.version.desc()).limit(1)
        row = (await self._connection.execute(newest)).mappings().one_or_none()
        return CasePolicy(**row) if row else CasePolicy()

    async def add(self, policy: CasePolicy, now: datetime) -> None:
        row = asdict(policy) | {"tenant_id": self._tenant_id, "created_at": now}
        adding = insert(case_policies).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise StaleVersion("Somebody else changed the policy just now: read it again")
