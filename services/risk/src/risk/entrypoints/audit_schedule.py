"""Audits by the clock: the first one an interval after the tenant is known, then one after another."""

from collections.abc import Sequence
from datetime import datetime

from chassis.clock import Clock
from chassis.consumer import Received, Subscription
from chassis.event_type import event_type
from chassis.messaging import EVENTS
from chassis.timers import Timer, TimerHandler
from quanzi.tenancy.v1.events_pb2 import TenantRegistered
from risk.application.audit_ports import AUDIT, AuditWording
from risk.application.ports import UnitOfWork
from risk.application.run_audit import run_audit
from risk.domain.normal_form import Normaliser


def auditing(normaliser: Normaliser, wording: AuditWording) -> TimerHandler[UnitOfWork]:
    async def audit(uow: UnitOfWork, _timers: Sequence[Timer], now: datetime) -> None:
        await run_audit(uow, normaliser, wording, "", now)

    return audit


def audit_schedule(clock: Clock) -> Subscription[UnitOfWork]:
    """For `EventConsumer(nats, transactions, …)`. A tenant that is registered again keeps its schedule."""

    async def begin(uow: UnitOfWork, _batch: Sequence[Received]) -> None:
        if not await uow.timers.pending(AUDIT, AUDIT):
            policy = await uow.audit_policies.current()
            await uow.timers.schedule(AUDIT, AUDIT, clock() + policy.interval)

    return Subscription("risk-audits", EVENTS, (event_type(TenantRegistered.DESCRIPTOR).subject("*"),), begin)
