"""Payment reminders in PostgreSQL: the last one of each group."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.fraud_tables import payment_reminders
from risk.domain.errors import ReminderNotFound
from risk.domain.payment_reminder import PaymentReminder

_COLUMNS = [payment_reminders.c[name] for name in PaymentReminder.__dataclass_fields__]
# Whoever comes second waits for the row, and sees what the first one left.
_ADD = text("""
    insert into payment_reminders (tenant_id, group_id, id, due_at, text)
    select :tenant_id, it.*
    from unnest(cast(:group_ids as uuid[]), cast(:ids as uuid[]), cast(:due_ats as timestamptz[]),
                cast(:texts as text[])) as it
    order by 2
    on conflict (tenant_id, group_id) do update
    set id = excluded.id, due_at = excluded.due_at, text = excluded.text, delivered_at = null
    where payment_reminders.due_at + cast(:cooldown as interval) <= excluded.due_at
    returning id
""")


class SqlPaymentReminders:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def add_where_due(
        self, reminders: Sequence[PaymentReminder], cooldown: timedelta
    ) -> Sequence[PaymentReminder]:
        parameters = {
            "tenant_id": self._tenant_id,
            "group_ids": [it.group_id for it in reminders],
            "ids": [it.id for it in reminders],
            "due_ats": [it.due_at for it in reminders],
            "texts": [it.text for it in reminders],
            "cooldown": cooldown,
        }
        stored = set((await self._connection.execute(_ADD, parameters)).scalars())
        return [it for it in reminders if it.id in stored]

    async def deliver(self, reminder_id: UUID, now: datetime) -> PaymentReminder:
        delivering = (
            update(payment_reminders)
            .where(payment_reminders.c.tenant_id == self._tenant_id, payment_reminders.c.id == reminder_id)
            .values(delivered_at=func.coalesce(payment_reminders.c.delivered_at, now))
            .returning(*_COLUMNS)
        )
        row = (await self._connection.execute(delivering)).one_or_none()
        if row is None:
            raise ReminderNotFound(f"There is no reminder {reminder_id}, or a later one took its place")
        return _to_reminder(row)

    async def page(self, request: PageRequest) -> Page[PaymentReminder]:
        own = select(*_COLUMNS).where(payment_reminders.c.tenant_id == self._tenant_id)
        order = payment_reminders.c.due_at, payment_reminders.c.id
        return await fetch_page(self._connection, own, order, request, _to_reminder, descending=True)


def _to_reminder(row: Row[Any]) -> PaymentReminder:
    return PaymentReminder(row.id, row.group_id, row.due_at, row.text, row.delivered_at)
