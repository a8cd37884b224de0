"""Policy versions in PostgreSQL; a policy is read as a whole, so it is kept as JSON."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from content.adapters.tables import content_policies
from content.domain.content_type import ContentType
from content.domain.errors import StaleVersion
from content.domain.policy import ContentPolicy, TypeRule


class SqlPolicies:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def current(self) -> ContentPolicy:
        statement = select(content_policies.c.policy).order_by(content_policies.c.version.desc()).limit(1)
        stored = (await self._connection.execute(statement)).scalar()
        return _policy(stored) if stored else ContentPolicy()

    async def add(self, policy: ContentPolicy, now: datetime) -> None:
        row = {
            "tenant_id": self._tenant_id,
            "version": policy.version,
            "policy": _stored(policy),
            "created_at": now,
        }
        adding = insert(content_policies).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise StaleVersion("Somebody else changed the policy just now; read it again.")


def _stored(policy: ContentPolicy) -> dict[str, Any]:
    types = {content_type.value: asdict(rule) for content_type, rule in policy.types.items()}
    fields = {name: getattr(policy, name) for name in ContentPolicy.__slots__ if name != "types"}
    return {**fields, "types": types}


def _policy(stored: dict[str, Any]) -> ContentPolicy:
    types = {ContentType(name): TypeRule(**rule) for name, rule in stored["types"].items()}
    reminders = tuple(stored["reminder_minutes"])
    return ContentPolicy(**{**stored, "types": types, "reminder_minutes": reminders})
