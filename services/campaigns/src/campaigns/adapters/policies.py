"""The versions of a tenant's policy in PostgreSQL."""

from datetime import datetime

from sqlalchemy import text

from campaigns.domain.policy import DEFAULT_POLICY, CampaignPolicy
from chassis.database import Session

_CURRENT = text("""
    select version, interval_days, max_payment_deadline_seconds from campaign_policies
    where tenant_id = :tenant_id order by version desc limit 1
""")
_REPLACE = text("""
    insert into campaign_policies
        (tenant_id, version, interval_days, max_payment_deadline_seconds, created_at)
    select :tenant_id, :version, :interval_days, :max_payment_deadline_seconds, :created_at
    where cast(:version as int) = 1 + (
        select coalesce(max(version), 0) from campaign_policies where tenant_id = :tenant_id
    )
    on conflict do nothing
    returning true
""")


class SqlPolicies:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def current(self) -> CampaignPolicy:
        row = (await self._connection.execute(_CURRENT, {"tenant_id": self._tenant_id})).one_or_none()
        return CampaignPolicy(**row._mapping) if row else DEFAULT_POLICY

    async def replace(self, policy: CampaignPolicy, now: datetime) -> bool:
        parameters = {
            "tenant_id": self._tenant_id,
            "version": policy.version,
            "interval_days": policy.interval_days,
            "max_payment_deadline_seconds": policy.max_payment_deadline_seconds,
            "created_at": now,
        }
        return (await self._connection.execute(_REPLACE, parameters)).scalar() is not None
