"""Replace the tenant's policy of audits by a new version."""

from datetime import datetime

from risk.application.audit_ports import AUDIT
from risk.application.ports import UnitOfWork
from risk.application.replace_policy import replace_policy
from risk.domain.audit_policy import AuditPolicy


async def update_audit_policy(
    uow: UnitOfWork, policy: AuditPolicy, expected_version: int, now: datetime
) -> AuditPolicy:
    """The version that follows `expected_version`; the next audit is an interval after the last.

    Raises StaleVersion.
    """
    successor = await replace_policy(uow.audit_policies, policy, expected_version, now)
    last = await uow.audits.last()
    await uow.timers.schedule(AUDIT, AUDIT, max(now, (last.completed_at if last else now) + policy.interval))
    return successor
