"""The versions of a tenant's policy in PostgreSQL; the default is not stored."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import text

from campaigns.domain.errors import StaleVersion
from campaigns.domain.policy import CampaignPolicy
from chassis.database import Session

_CURRENT = text("""
    select version, interval_days, max_payment_deadline_seconds from campaign_policies
    where tenant_id = :tenant_id order by version desc limit 1
""")
_ADD = text("""
    insert into campaign_policies
        (tenant_id, version, interval_days, max_payment_deadline_seconds, created_at)
    values (:tenant_id, :version, :interval_days, :max_payment_deadline_seconds, :created_at)
    on conflict do nothing
""")


class SqlPolicies:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def current(self) -> CampaignPolicy:
        row = (await self._connection.execute(_CURRENT, {"tenant_id": self._tenant_id})).one_or_none()
        return CampaignPolicy(**row._mapping) if row else CampaignPolicy()

    async def add(self, policy: CampaignPolicy, now: datetime) -> None:
        row = asdict(policy) | {"tenant_id": self._tenant_id, "created_at": now}
        if (await self._connection.execute(_ADD, row)).rowcount != 1:
            raise StaleVersion("Somebody else changed the policy just now; read it again.")
