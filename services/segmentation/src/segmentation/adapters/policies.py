"""Versioned tier policies in PostgreSQL, one JSON document each; a tenant without one has the default."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.totals import total_of
from segmentation.domain.policy import RfmCuts, Tier, TierPolicy, TierPolicyVersion, TierTarget

# Whoever decides by the policy shares this lock with the others; whoever replaces it wants it alone.
_SHARE = "pg_advisory_xact_lock_shared(hashtextextended('tier-policy/' || :tenant_id, 0))"
_CLAIM = "pg_advisory_xact_lock(hashtextextended('tier-policy/' || :tenant_id, 0))"

_LOCK_SHARED = text(f"select {_SHARE}")
_LOCK = text(f"select {_CLAIM}")
_TIERS = text("select cast(document as text) from tier_policies order by version desc limit 1")
_VERSIONS = """
    select cast(document as text) as document, created_at from tier_policies {after}
    order by version desc limit :limit
"""
_VERSIONS_FIRST = text(_VERSIONS.format(after=""))
_VERSIONS_NEXT = text(_VERSIONS.format(after="where version < :version"))
_ADD = text("""
    insert into tier_policies (tenant_id, version, document, created_at)
    values (:tenant_id, :version, cast(:document as jsonb), :created_at)
""")


class SqlPolicies:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def tiers(self) -> TierPolicy:
        await self._connection.execute(_LOCK_SHARED, {"tenant_id": str(self._tenant_id)})
        return await self._tiers()

    async def replaceable_tiers(self) -> TierPolicy:
        await self._connection.execute(_LOCK, {"tenant_id": str(self._tenant_id)})
        return await self._tiers()

    async def _tiers(self) -> TierPolicy:
        document = (await self._connection.execute(_TIERS)).scalar_one_or_none()
        return read_tier_policy(document) if document else TierPolicy()

    async def add_tiers(self, policy: TierPolicy, now: datetime) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "version": policy.version,
            "document": write_tier_policy(policy),
            "created_at": now,
        }
        await self._connection.execute(_ADD, parameters)

    async def tier_versions(self, request: PageRequest) -> Page[TierPolicyVersion]:
        parameters: dict[str, Any] = {"limit": request.first + 1}
        if request.after:
            [parameters["version"]] = request.place(int)
        rows = await self._connection.execute(
            _VERSIONS_NEXT if request.after else _VERSIONS_FIRST, parameters
        )
        total = await total_of(self._connection, request, "tier_policies", {})
        versions = [TierPolicyVersion(read_tier_policy(row.document), row.created_at) for row in rows]
        return page_of(versions, request, _key, total)


def _key(version: TierPolicyVersion) -> tuple[int]:
    return (version.policy.version,)


def write_tier_policy(policy: TierPolicy) -> str:
    return json.dumps(asdict(policy))


def read_tier_policy(document: str) -> TierPolicy:
    values: dict[str, Any] = json.loads(document)
    cuts = RfmCuts(**{name: tuple(cuts) for name, cuts in values.pop("cuts").items()})
    targets = tuple(
        TierTarget(Tier(target["tier"]), target["min_share"], target["max_share"])
        for target in values.pop("targets")
    )
    precedence = tuple(map(Tier, values.pop("precedence")))
    return TierPolicy(cuts=cuts, targets=targets, precedence=precedence, **values)
