"""Replace the tenant's policy of audits by a new version."""

from dataclasses import replace
from datetime import datetime

from risk.application.audit_ports import AUDIT
from risk.application.ports import UnitOfWork
from risk.domain.audit_policy import AuditPolicy
from risk.domain.errors import StaleVersion


async def update_audit_policy(
    uow: UnitOfWork, policy: AuditPolicy, expected_version: int, now: datetime
) -> AuditPolicy:
    """The version that follows `expected_version`; the next audit is an interval after the last.

    Raises StaleVersion.
    """
    current = await uow.audit_policies.current()
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    successor = replace(policy, version=current.version + 1)
    await uow.audit_policies.add(successor, now)
    last = await uow.audits.last()
    await uow.timers.schedule(AUDIT, AUDIT, max(now, (last.completed_at if last else now) + policy.interval))
    return successor
