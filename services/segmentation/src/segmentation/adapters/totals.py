"""Totals of lists, counted only when asked for and only so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from chassis.paging import TOTAL_CAP, PageRequest

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def total_of(
    connection: AsyncConnection, request: PageRequest, matches: str, parameters: Mapping[str, Any]
) -> int | None:
    """How many rows `matches` (what follows `from`) has, up to the cap."""
    if not request.count_total:
        return None
    statement = text(f"select count(*) from (select 1 from {matches} limit {TOTAL_CAP}) as capped")  # noqa: S608 constants only
    return int((await connection.execute(statement, parameters)).scalar_one())
