"""Policy versions in PostgreSQL; a policy is read as a whole, so it is kept as JSON."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

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

    async def replace(self, policy: ContentPolicy, expected_version: int, now: datetime) -> ContentPolicy:
        current = await self.current()
        stale = StaleVersion("The policy was changed meanwhile; read it again.", "expected_version")
        if current.version != expected_version:
            raise stale
        following = replace(policy, version=expected_version + 1)
        statement = insert(content_policies).values(
            tenant_id=self._tenant_id, version=following.version, policy=_stored(following), created_at=now
        )
        try:
            async with self._connection.begin_nested():
                await self._connection.execute(statement)
        except IntegrityError as error:
            raise stale from error
        return following


def _stored(policy: ContentPolicy) -> dict[str, Any]:
    types = {content_type.value: asdict(rule) for content_type, rule in policy.types.items()}
    fields = {name: getattr(policy, name) for name in ContentPolicy.__slots__ if name != "types"}
    return {**fields, "types": types}


def _policy(stored: dict[str, Any]) -> ContentPolicy:
    types = {ContentType(name): TypeRule(**rule) for name, rule in stored["types"].items()}
    reminders = tuple(stored["reminder_minutes"])
    return ContentPolicy(**{**stored, "types": types, "reminder_minutes": reminders})
