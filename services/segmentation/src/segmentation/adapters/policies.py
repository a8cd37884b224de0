"""Versioned policies in PostgreSQL, one JSON document each; a tenant without one has the default."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import text

from chassis.database import Session
from segmentation.domain.policy import (
    IndicatorKind,
    IndicatorPolicy,
    RfmCuts,
    Threshold,
    Tier,
    TierPolicy,
    TierTarget,
)

# Whoever decides by the policy shares this lock with the others; whoever replaces it wants it alone.
_SHARE = "pg_advisory_xact_lock_shared(hashtextextended('tier-policy/' || :tenant_id, 0))"
_CLAIM = "pg_advisory_xact_lock(hashtextextended('tier-policy/' || :tenant_id, 0))"
_IN_FORCE = "select cast(document as text) from {table} order by version desc limit 1"

_LOCK_SHARED = text(f"select {_SHARE}")
_LOCK = text(f"select {_CLAIM}")
_TIERS = text(_IN_FORCE.format(table="tier_policies"))
_INDICATORS = text(_IN_FORCE.format(table="indicator_policies"))
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

    async def indicators(self) -> IndicatorPolicy:
        document = (await self._connection.execute(_INDICATORS)).scalar_one_or_none()
        return _read_indicator_policy(json.loads(document)) if document else IndicatorPolicy()


def write_tier_policy(policy: TierPolicy) -> str:
    return json.dumps(asdict(policy))


def read_tier_policy(document: str) -> TierPolicy:
    values: dict[str, Any] = json.loads(document)
    cuts = RfmCuts(**{name: tuple(cuts) for name, cuts in values.pop("cuts").items()})
    targets = tuple(
        TierTarget(Tier(target["tier"]), target["min_share"], target["max_share"])
        for target in values.pop("targets")
    )
    return TierPolicy(cuts=cuts, targets=targets, **values)


def _read_indicator_policy(values: dict[str, Any]) -> IndicatorPolicy:
    thresholds = {
        IndicatorKind[name]: Threshold(**threshold) for name, threshold in values.pop("thresholds").items()
    }
    return IndicatorPolicy(thresholds=thresholds, **values)
