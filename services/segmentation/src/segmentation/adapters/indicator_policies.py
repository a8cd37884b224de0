"""Versioned thresholds in PostgreSQL, a JSON document each; a removal is a version without a document."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session
from segmentation.domain.indicator_policy import IndicatorKind, IndicatorPolicy, PoliciesInForce, Threshold

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('indicator-policy/' || :tenant_id, 0))")
_IN_FORCE = text("""
    (select cast(null as uuid) as group_id, version, cast(document as text) as document
     from indicator_policies order by version desc limit 1)
    union all
    (select distinct on (group_id) group_id, version, cast(document as text)
     from group_indicator_policies
     where :every or group_id = any(cast(:group_ids as uuid[])) order by group_id, version desc)
""")
_ADD = text("""
    insert into indicator_policies (tenant_id, version, document, created_at)
    select :tenant_id, coalesce(max(version), 0) + 1, cast(:document as jsonb), :now from indicator_policies
    returning version
""")
_ADD_TO_GROUP = text("""
    insert into group_indicator_policies (tenant_id, group_id, version, document, created_at)
    select :tenant_id, :group_id, coalesce(max(version), 0) + 1, cast(:document as jsonb), :now
    from group_indicator_policies where group_id = :group_id
    returning version
""")


class SqlIndicatorPolicies:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def in_force(self, group_ids: Sequence[UUID] | None = None) -> PoliciesInForce:
        parameters = {"every": group_ids is None, "group_ids": list(group_ids or ())}
        rows = await self._connection.execute(_IN_FORCE, parameters)
        found = {row.group_id: _read(row.document, row.version, row.group_id) for row in rows if row.document}
        return PoliciesInForce(found.pop(None, IndicatorPolicy()), found)

    async def replaceable(self, group_id: UUID | None) -> IndicatorPolicy | None:
        await self._connection.execute(_LOCK, {"tenant_id": str(self._tenant_id)})
        policies = await self.in_force([group_id] if group_id else [])
        return policies.own.get(group_id) if group_id else policies.tenant

    async def add(self, policy: IndicatorPolicy, now: datetime) -> IndicatorPolicy:
        return replace(policy, version=await self._add(policy.group_id, _write(policy), now))

    async def remove(self, group_id: UUID, now: datetime) -> None:
        await self._add(group_id, None, now)

    async def _add(self, group_id: UUID | None, document: str | None, now: datetime) -> int:
        parameters: dict[str, Any] = {"tenant_id": self._tenant_id, "document": document, "now": now}
        if group_id:
            parameters["group_id"] = group_id
        added = await self._connection.execute(_ADD_TO_GROUP if group_id else _ADD, parameters)
        return int(added.scalar_one())


def _write(policy: IndicatorPolicy) -> str:
    thresholds = {kind.name: asdict(threshold) for kind, threshold in policy.thresholds.items()}
    return json.dumps(
        {
            "thresholds": thresholds,
            "risk_messages_per_member": policy.risk_messages_per_member,
            "risk_minimum_members": policy.risk_minimum_members,
            "alert_window_days": policy.alert_window_days,
        }
    )


def _read(document: str, version: int, group_id: UUID | None) -> IndicatorPolicy:
    values: dict[str, Any] = json.loads(document)
    thresholds = {
        IndicatorKind[name]: Threshold(**threshold) for name, threshold in values.pop("thresholds").items()
    }
    return IndicatorPolicy(version=version, thresholds=thresholds, group_id=group_id, **values)
