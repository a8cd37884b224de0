"""Keyset pages of a list, from the wire to SQL and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Select, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.keyset import CursorKey, InvalidCursor, decode_cursor, encode_cursor
from quanzi.paging.v1.paging_pb2 import PageInfo
from quanzi.paging.v1.paging_pb2 import PageRequest as PageRequestMessage

TOTAL_CAP = 10_001
"""A total of this much means "more than 10,000"."""
T = TypeVar("T")
Key = tuple[CursorKey, ...]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`first` items after the one whose sort key is `after`."""

    first: int
    after: Key | None = None
    count_total: bool = False

    @classmethod
    def of(cls, message: PageRequestMessage) -> PageRequest:
        """Raises InvalidCursor."""
        after = decode_cursor(message.after) if message.after else None
        return cls(message.first, after, message.count_total)

    def place(self, *types: type) -> Key:
        """`after` as a key of these types. Raises InvalidCursor if the cursor belongs to another list."""
        after = self.after or ()
        if len(after) != len(types) or not all(map(isinstance, after, types)):
            raise InvalidCursor("The cursor is not one of this list; take it from the previous page.")
        return after


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`keys[i]` is the sort key of `items[i]`."""

    items: Sequence[T]
    keys: Sequence[Key]
    has_next_page: bool
    total_count: int | None = None

    def info(self) -> PageInfo:
        return PageInfo(
            cursors=[encode_cursor(*key) for key in self.keys],
            has_next_page=self.has_next_page,
            total_count=self.total_count,
        )


def page_of(
    rows: Sequence[T], request: PageRequest, key: Callable[[T], Key], total: int | None = None
) -> Page[T]:
    """The page from `request.first + 1` rows read: the one too many only says that there are more."""
    items = rows[: request.first]
    return Page(items, [key(item) for item in items], len(rows) > request.first, total)


async def fetch_page(
    connection: AsyncConnection,
    statement: Select[Any],
    order: Sequence[ColumnElement[Any]],
    request: PageRequest,
    build: Callable[[Row[Any]], T],
    *,
    descending: bool = False,
) -> Page[T]:
    """One page of `statement` by the columns of `order`, all in one direction; the last one makes it unique.

    Raises InvalidCursor if the cursor belongs to another list.
    """
    keyed = statement.add_columns(*(column.label(f"key_{n}") for n, column in enumerate(order)))
    keyed = keyed.order_by(*(column.desc() if descending else column.asc() for column in order))
    if request.after is not None:
        place, seen = tuple_(*order), tuple_(*request.place(*(column.type.python_type for column in order)))
        keyed = keyed.where(place < seen if descending else place > seen)
    rows = (await connection.execute(keyed.limit(request.first + 1))).all()
    total = await _capped_total(connection, statement) if request.count_total else None
    shown = rows[: request.first]
    keys = [tuple(getattr(row, f"key_{n}") for n in range(len(order))) for row in shown]
    return Page([build(row) for row in shown], keys, len(rows) > request.first, total)


async def _capped_total(connection: AsyncConnection, statement: Select[Any]) -> int:
    matches = statement.with_only_columns(literal(1), maintain_column_froms=True).limit(TOTAL_CAP).subquery()
    return (await connection.execute(select(func.count()).select_from(matches))).scalar_one()
