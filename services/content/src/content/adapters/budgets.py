"""Contact budgets in PostgreSQL: the check constraint of the table is what holds under concurrency."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from chassis.database import Session
from content.domain.budget import BudgetKey, ContactBudget, monthly_limit

_MANY = text("""
    select group_id, month, monthly_limit, reserved, sent from contact_budgets
    where (group_id, month) in (select * from unnest(cast(:group_ids as uuid[]), cast(:months as text[])))
""")
_ENSURE = text("""
    insert into contact_budgets (tenant_id, group_id, month, monthly_limit, reserved, sent)
    select :tenant_id, group_id, month, monthly_limit, 0, 0
    from unnest(cast(:group_ids as uuid[]), cast(:months as text[]), cast(:limits as integer[]))
         as wanted (group_id, month, monthly_limit)
    order by group_id, month
    on conflict do nothing
""")
_LOCK = text("""
    select from contact_budgets
    where (group_id, month) in (select * from unnest(cast(:group_ids as uuid[]), cast(:months as text[])))
    order by group_id, month
    for update
""")
_RESERVE = text("""
    update contact_budgets as budget set reserved = reserved + wanted.contacts
    from unnest(cast(:group_ids as uuid[]), cast(:months as text[]), cast(:contacts as integer[]))
         as wanted (group_id, month, contacts)
    where budget.tenant_id = :tenant_id and budget.group_id = wanted.group_id and budget.month = wanted.month
      and budget.reserved + budget.sent + wanted.contacts <= budget.monthly_limit
    returning budget.group_id, budget.month
""")
_RELEASE = text("""
    update contact_budgets as budget set reserved = reserved - freed.contacts
    from unnest(cast(:group_ids as uuid[]), cast(:months as text[]), cast(:contacts as integer[]))
         as freed (group_id, month, contacts)
    where budget.tenant_id = :tenant_id and budget.group_id = freed.group_id and budget.month = freed.month
""")
_SPEND = text("""
    update contact_budgets set reserved = reserved - 1, sent = sent + 1
    where tenant_id = :tenant_id and group_id = :group_id and month = :month
""")


class SqlBudgets:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def many(self, keys: Sequence[BudgetKey]) -> Sequence[ContactBudget]:
        rows = await self._connection.execute(_MANY, _columns(dict.fromkeys(keys, 0), "contacts"))
        known = {
            key: ContactBudget(key, row.monthly_limit, row.reserved, row.sent)
            for row in rows
            for key in [BudgetKey(row.group_id, row.month)]
        }
        return [known.get(key, ContactBudget(key, monthly_limit(key.month))) for key in keys]

    async def reserve(self, wanted: Mapping[BudgetKey, int]) -> Sequence[BudgetKey]:
        limits = {key: monthly_limit(key.month) for key in wanted}
        await self._connection.execute(_ENSURE, self._parameters(limits, "limits"))
        await self._connection.execute(_LOCK, _columns(limits, "limits"))
        rows = await self._connection.execute(_RESERVE, self._parameters(wanted, "contacts"))
        reserved = {BudgetKey(row.group_id, row.month) for row in rows}
        return [key for key in wanted if key not in reserved]

    async def release(self, freed: Mapping[BudgetKey, int]) -> None:
        if freed:
            await self._connection.execute(_RELEASE, self._parameters(freed, "contacts"))

    async def spend(self, key: BudgetKey) -> None:
        await self._connection.execute(_SPEND, {"tenant_id": self._tenant_id, **key._asdict()})

    def _parameters(self, numbers: Mapping[BudgetKey, int], name: str) -> dict[str, Any]:
        return {"tenant_id": self._tenant_id, **_columns(numbers, name)}


def _columns(numbers: Mapping[BudgetKey, int], name: str) -> dict[str, Any]:
    return {
        "group_ids": [key.group_id for key in numbers],
        "months": [key.month for key in numbers],
        name: list(numbers.values()),
    }
