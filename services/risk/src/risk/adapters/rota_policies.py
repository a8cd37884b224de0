"""Policies of the rota in PostgreSQL; the default is not stored."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from risk.adapters.rota_tables import rota_policies
from risk.domain.errors import StaleVersion
from risk.domain.rota_policy import RotaPolicy

_COLUMNS = [rota_policies.c[name] for name in RotaPolicy.__dataclass_fields__]


class SqlRotaPolicies:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def current(self) -> RotaPolicy:
        newest = select(*_COLUMNS).order_by(rota_policies.c.version.desc()).limit(1)
        row = (await self._connection.execute(newest)).mappings().one_or_none()
        return RotaPolicy(**row) if row else RotaPolicy()

    async def add(self, policy: RotaPolicy, now: datetime) -> None:
        row = asdict(policy) | {"tenant_id": self._tenant_id, "created_at": now}
        adding = insert(rota_policies).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise StaleVersion("Somebody else changed the policy just now: read it again")
