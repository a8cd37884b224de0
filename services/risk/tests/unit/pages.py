"""Pages of rows in memory."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from chassis.paging import Page, PageRequest, page_of

T = TypeVar("T")
Key = Callable[[T], tuple[Any, ...]]


def page_by(items: Sequence[T], request: PageRequest, key: Key[T], newest_first: bool = False) -> Page[T]:
    ordered = sorted(items, key=key, reverse=newest_first)
    if request.after is not None:
        after = request.after
        ordered = [item for item in ordered if (key(item) < after if newest_first else key(item) > after)]
    total = len(items) if request.count_total else None
    return page_of(ordered[: request.first + 1], request, key, total)
