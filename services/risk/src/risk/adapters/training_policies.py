"""Policies of training in PostgreSQL; the default is not stored."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from risk.adapters.training_tables import training_policies
from risk.domain.errors import StaleVersion
from risk.domain.training_policy import TrainingPolicy

_COLUMNS = [training_policies.c[name] for name in TrainingPolicy.__dataclass_fields__]


class SqlTrainingPolicies:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def current(self) -> TrainingPolicy:
        newest = select(*_COLUMNS).order_by(training_policies.c.version.desc()).limit(1)
        row = (await self._connection.execute(newest)).mappings().one_or_none()
        return TrainingPolicy(**row) if row else TrainingPolicy()

    async def add(self, policy: TrainingPolicy, now: datetime) -> None:
        row = asdict(policy) | {"tenant_id": self._tenant_id, "created_at": now}
        adding = insert(training_policies).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise StaleVersion("Somebody else changed the policy just now: read it again")
