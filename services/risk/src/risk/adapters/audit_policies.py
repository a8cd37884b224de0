"""Policies of audits in PostgreSQL; the default is not stored."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from risk.adapters.fraud_tables import audit_policies
from risk.domain.audit_policy import AuditPolicy
from risk.domain.errors import StaleVersion

_COLUMNS = [audit_policies.c[name] for name in AuditPolicy.__dataclass_fields__]


class SqlAuditPolicies:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def current(self) -> AuditPolicy:
        newest = select(*_COLUMNS).order_by(audit_policies.c.version.desc()).limit(1)
        row = (await self._connection.execute(newest)).mappings().one_or_none()
        return AuditPolicy(**row) if row else AuditPolicy()

    async def add(self, policy: AuditPolicy, now: datetime) -> None:
        row = asdict(policy) | {"tenant_id": self._tenant_id, "created_at": now}
        adding = insert(audit_policies).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise StaleVersion("Somebody else changed the policy just now: read it again")
