"""Somebody has read the report of an audit."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.audit import Audit


async def acknowledge_audit(uow: UnitOfWork, audit_id: UUID, by: str, note: str, now: datetime) -> Audit:
    """The first one stays. Raises AuditNotFound."""
    audit = (await uow.audits.hold(audit_id)).acknowledge(by, note, now)
    await uow.audits.acknowledge(audit)
    return audit
