"""Keyset pages of any list."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Row, Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from campaigns.application.ports import COUNT_CAP, Page, PageRequest

T = TypeVar("T")


async def fetch_page(
    connection: AsyncConnection,
    request: PageRequest[Any],
    ordered: Select[Any],
    matching: Select[Any],
    to_item: Callable[[Row[Any]], T],
) -> Page[T]:
    """`ordered` starts after the position asked for; `matching` is the whole list, for the count."""
    rows = (await connection.execute(ordered.limit(request.first + 1))).all()
    total = None
    if request.count_total:
        counted = matching.with_only_columns(literal(1), maintain_column_froms=True).limit(COUNT_CAP)
        total = (await connection.execute(select(func.count()).select_from(counted.subquery()))).scalar_one()
    return Page([to_item(row) for row in rows[: request.first]], len(rows) > request.first, total)
