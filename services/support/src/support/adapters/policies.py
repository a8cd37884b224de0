"""Policy versions in PostgreSQL; a policy is read as a whole, so it is kept as JSON."""

from dataclasses import astuple, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from chassis.database import Session
from support.adapters.tables import support_policies
from support.domain.errors import StaleVersion
from support.domain.policy import SupportPolicy
from support.domain.service_hours import ServiceInterval


class SqlPolicies:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def current(self) -> SupportPolicy:
        statement = select(support_policies.c.policy).order_by(support_policies.c.version.desc()).limit(1)
        stored = (await self._connection.execute(statement)).scalar()
        return _policy(stored) if stored else SupportPolicy()

    async def replace(self, policy: SupportPolicy, expected_version: int, now: datetime) -> SupportPolicy:
        current = await self.current()
        stale = StaleVersion("The policy was changed meanwhile; read it again.", "expected_version")
        if current.version != expected_version:
            raise stale
        following = replace(policy, version=expected_version + 1)
        statement = insert(support_policies).values(
            tenant_id=self._tenant_id, version=following.version, policy=_stored(following), created_at=now
        )
        try:
            async with self._connection.begin_nested():
                await self._connection.execute(statement)
        except IntegrityError as error:
            raise stale from error
        return following


def _stored(policy: SupportPolicy) -> dict[str, Any]:
    return {
        "version": policy.version,
        "first_response_seconds": policy.first_response_seconds,
        "faq_confidence": policy.faq_confidence,
        "faq_margin": policy.faq_margin,
        "service_hours": [astuple(interval) for interval in policy.service_hours],
        "holidays": sorted(day.isoformat() for day in policy.holidays),
    }


def _policy(stored: dict[str, Any]) -> SupportPolicy:
    intervals = tuple(ServiceInterval(*interval) for interval in stored["service_hours"])
    holidays = frozenset(date.fromisoformat(day) for day in stored["holidays"])
    return SupportPolicy(**{**stored, "service_hours": intervals, "holidays": holidays})
