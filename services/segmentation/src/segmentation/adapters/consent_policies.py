"""Versioned purposes of consent in PostgreSQL; a tenant without a version has the default."""

from dataclasses import asdict
from datetime import datetime

import orjson
from sqlalchemy import text

from chassis.database import Session
from segmentation.domain.consents import DEFAULT_PURPOSES, ConsentPolicy, ConsentPurpose

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('consent-policy/' || :tenant_id, 0))")
_IN_FORCE = text("""
    select version, cast(purposes as text) as purposes from consent_policies order by version desc limit 1
""")
_CODES = text("""
    select distinct purpose ->> 'code'
    from consent_policies cross join lateral jsonb_array_elements(purposes) as purpose
""")
_ADD = text("""
    insert into consent_policies (tenant_id, version, purposes, created_at)
    values (:tenant_id, :version, cast(:purposes as jsonb), :created_at)
""")


class SqlConsentPolicies:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def in_force(self) -> ConsentPolicy:
        row = (await self._connection.execute(_IN_FORCE)).one_or_none()
        if row is None:
            return ConsentPolicy()
        return ConsentPolicy(row.version, tuple(ConsentPurpose(**it) for it in orjson.loads(row.purposes)))

    async def replaceable(self) -> ConsentPolicy:
        await self._connection.execute(_LOCK, {"tenant_id": str(self._tenant_id)})
        return await self.in_force()

    async def former_purposes(self) -> frozenset[str]:
        return frozenset((await self._connection.execute(_CODES)).scalars()) | {*DEFAULT_PURPOSES}

    async def add(self, policy: ConsentPolicy, now: datetime) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "version": policy.version,
            "purposes": orjson.dumps([asdict(it) for it in policy.purposes]).decode(),
            "created_at": now,
        }
        await self._connection.execute(_ADD, parameters)
