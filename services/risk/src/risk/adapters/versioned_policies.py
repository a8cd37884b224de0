"""Versions of a policy in PostgreSQL, one column for each of its fields; the default is not stored."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Generic

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from risk.application.policy_ports import P
from risk.domain.errors import StaleVersion


class SqlPolicies(Generic[P]):
    """What a column holds in another form than its field is for `_read` and `_written`."""

    def __init__(self, session: Session, table: Table, kind: type[P]) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id
        self._table, self._kind = table, kind

    async def current(self) -> P:
        columns = [self._table.c[name] for name in self._kind.__dataclass_fields__]
        newest = select(*columns).order_by(self._table.c.version.desc()).limit(1)
        row = (await self._connection.execute(newest)).one_or_none()
        return self._kind(**self._read(row._asdict())) if row else self._kind()

    async def add(self, policy: P, now: datetime) -> None:
        row = {**self._written(policy), "tenant_id": self._tenant_id, "created_at": now}
        adding = insert(self._table).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise StaleVersion("Somebody else changed the policy just now: read it again")

    def _read(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        return row

    def _written(self, policy: P) -> Mapping[str, Any]:
        return asdict(policy)
