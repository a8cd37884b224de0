"""Policy versions in PostgreSQL; a policy is read as a whole, so it is kept as JSON."""

from dataclasses import astuple
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

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

    async def add(self, policy: SupportPolicy, now: datetime) -> None:
        row = {
            "tenant_id": self._tenant_id,
            "version": policy.version,
            "policy": _stored(policy),
            "created_at": now,
        }
        adding = insert(support_policies).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise StaleVersion("Somebody else changed the policy just now; read it again.")


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
