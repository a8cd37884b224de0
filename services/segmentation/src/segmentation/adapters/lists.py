"""The same page of many lists in one statement: of each thing asked for, off its index."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.keyset import CursorKey
from chassis.paging import TOTAL_CAP, Page, PageRequest, page_of

T = TypeVar("T")
_EACH = """
    select asked.id as asked_id, found.*
    from (select distinct unnest(cast(:ids as uuid[])) as id) as asked cross join lateral ({found}) as found
"""


def of_each(rows: str, order: str) -> TextClause:
    """The first `:limit` of `rows`, a query that may name `asked.id`, for each of `:ids`."""
    found = _EACH.format(found=f"{rows} order by {order} limit :limit")
    return text(f"{found} order by {order}")


async def pages(
    connection: AsyncConnection,
    ids: Sequence[UUID],
    request: PageRequest,
    statement: TextClause,
    parameters: Mapping[str, Any],
    build: Callable[[Row[Any]], T],
    key: Callable[[T], tuple[CursorKey, ...]],
    matches: str,
) -> Mapping[UUID, Page[T]]:
    """A page for each of the ids by a statement of `of_each`; `matches`, after `from`, is what is counted."""
    given = {"ids": list(ids), **parameters}
    lists: dict[UUID, list[T]] = {one: [] for one in ids}
    for row in await connection.execute(statement, {"limit": request.first + 1, **given}):
        lists[row.asked_id].append(build(row))
    totals: Mapping[UUID, int] = {}
    if request.count_total:
        counted = f"select count(*) as total from (select 1 from {matches} limit {TOTAL_CAP}) as capped"  # noqa: S608 constants only
        rows = await connection.execute(text(_EACH.format(found=counted)), given)
        totals = {row.asked_id: row.total for row in rows}
    return {one: page_of(items, request, key, totals.get(one)) for one, items in lists.items()}
