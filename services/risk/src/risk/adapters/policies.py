"""Policies in PostgreSQL; the default is not stored."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from risk.adapters.tables import risk_policies
from risk.domain.errors import StaleVersion
from risk.domain.ladder import LadderAction
from risk.domain.policy import RiskPolicy

_COLUMNS = [risk_policies.c[name] for name in RiskPolicy.__dataclass_fields__]


class SqlPolicies:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def current(self) -> RiskPolicy:
        newest = select(*_COLUMNS).order_by(risk_policies.c.version.desc()).limit(1)
        row = (await self._connection.execute(newest)).mappings().one_or_none()
        if row is None:
            return RiskPolicy()
        return RiskPolicy(**{**row, "ladder": tuple(LadderAction(step) for step in row["ladder"])})

    async def add(self, policy: RiskPolicy, now: datetime) -> None:
        row = asdict(policy) | {"tenant_id": self._tenant_id, "created_at": now}
        adding = insert(risk_policies).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise StaleVersion("Somebody else changed the policy just now: read it again")
