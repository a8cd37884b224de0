"""Audits and their findings in PostgreSQL."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select, update

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.fraud_tables import audit_findings, audits
from risk.domain.audit import Audit, AuditCheck, AuditFinding, AuditSeverity
from risk.domain.errors import AuditNotFound


class SqlAudits:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def add(self, audit: Audit) -> None:
        row = {
            "tenant_id": self._tenant_id,
            "id": audit.id,
            "from_at": audit.from_at,
            "completed_at": audit.completed_at,
            "requested_by": audit.requested_by,
            "policy_version": audit.policy_version,
            "acknowledged_by": audit.acknowledged_by,
            "note": audit.note,
        }
        findings = [
            {
                "tenant_id": self._tenant_id,
                "audit_id": audit.id,
                "checked": finding.check.value,
                "severity": finding.severity.value,
                "figures": dict(finding.figures),
                "about": list(finding.about),
            }
            for finding in audit.findings
        ]
        await self._connection.execute(insert(audits), row)
        await self._connection.execute(insert(audit_findings), findings)

    async def hold(self, audit_id: UUID) -> Audit:
        query = self._audits().where(audits.c.id == audit_id).with_for_update()
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise AuditNotFound(f"There is no audit {audit_id}")
        [audit] = await self._with_findings([_to_audit(row)])
        return audit

    async def acknowledge(self, audit: Audit) -> None:
        await self._connection.execute(
            update(audits)
            .where(audits.c.tenant_id == self._tenant_id, audits.c.id == audit.id)
            .values(
                acknowledged_at=audit.acknowledged_at, acknowledged_by=audit.acknowledged_by, note=audit.note
            )
        )

    async def last(self) -> Audit | None:
        newest = self._audits().order_by(audits.c.completed_at.desc(), audits.c.id.desc()).limit(1)
        rows = await self._connection.execute(newest)
        return next(iter(await self._with_findings([_to_audit(row) for row in rows])), None)

    async def many(self, ids: Collection[UUID]) -> Sequence[Audit]:
        rows = await self._connection.execute(self._audits().where(audits.c.id.in_(ids)))
        return await self._with_findings([_to_audit(row) for row in rows])

    async def page(self, request: PageRequest) -> Page[Audit]:
        order = audits.c.completed_at, audits.c.id
        page = await fetch_page(self._connection, self._audits(), order, request, _to_audit, descending=True)
        return replace(page, items=await self._with_findings(page.items))

    async def _with_findings(self, found: Sequence[Audit]) -> list[Audit]:
        query = (
            select(audit_findings)
            .where(
                audit_findings.c.tenant_id == self._tenant_id,
                audit_findings.c.audit_id.in_([audit.id for audit in found]),
            )
            .order_by(audit_findings.c.checked)
        )
        by_audit: defaultdict[UUID, list[AuditFinding]] = defaultdict(list)
        for row in await self._connection.execute(query) if found else ():
            by_audit[row.audit_id].append(
                AuditFinding(
                    AuditCheck(row.checked), AuditSeverity(row.severity), row.figures, tuple(row.about)
                )
            )
        return [replace(audit, findings=tuple(by_audit[audit.id])) for audit in found]

    def _audits(self) -> Select[Any]:
        return select(audits).where(audits.c.tenant_id == self._tenant_id)


def _to_audit(row: Row[Any]) -> Audit:
    return Audit(
        id=row.id,
        from_at=row.from_at,
        completed_at=row.completed_at,
        requested_by=row.requested_by,
        policy_version=row.policy_version,
        findings=(),
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        note=row.note,
    )
