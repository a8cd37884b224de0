"""Totals of lists, counted only when asked for and only so far."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.paging import TOTAL_CAP, PageRequest


async def total_of(
    connection: AsyncConnection, request: PageRequest, matches: str, parameters: Mapping[str, Any]
) -> int | None:
    """How many rows `matches` (what follows `from`) has, up to the cap."""
    if not request.count_total:
        return None
    statement = text(f"select count(*) from (select 1 from {matches} limit {TOTAL_CAP}) as capped")  # noqa: S608 constants only
    return int((await connection.execute(statement, parameters)).scalar_one())
