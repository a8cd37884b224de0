"""Relay connections over the keyset pages of the services (quanzi.paging.v1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import strawberry
from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, SelectionSetNode

from gateway.errors import invalid
from gateway.fields import resolved
from quanzi.paging.v1.paging_pb2 import PageInfo as WirePageInfo
from quanzi.paging.v1.paging_pb2 import PageRequest

MAX_FIRST = 100

T = TypeVar("T")

First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Cursor of the last item already seen.")]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="More items follow.")
    has_previous_page: bool = strawberry.field(description="The page was asked for with `after`.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first item of the page.")
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last item: `after` of the next page."
    )


@strawberry.type(description="An item of a list with its place.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Place of the item in the list.")
    node: T = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list in stable order.")
class Connection(Generic[T]):
    nodes: list[T] = strawberry.field(description="The items.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    total_count: int | None = strawberry.field(
        description="All matches, counted only if selected; 10001 means more than 10,000."
    )
    cursors: strawberry.Private[list[str]]

    @resolved("The items with their cursors.")
    def edges(self) -> list[Edge[T]]:
        return [Edge(cursor=cursor, node=node) for cursor, node in zip(self.cursors, self.nodes, strict=True)]


class Place(NamedTuple):
    """A page of a list, as an argument of a loader."""

    first: int
    after: str
    count_total: bool

    def page(self) -> PageRequest:
        return PageRequest(**self._asdict())


def place(info: strawberry.Info[Any, Any], first: int, after: str | None) -> Place:
    """Raises PublicError BAD_USER_INPUT when `first` is out of bounds."""
    if not 1 <= first <= MAX_FIRST:
        raise invalid("first", f"first is {first}, it must be 1 to {MAX_FIRST}")
    return Place(first, after or "", _selects(info._raw_info, "totalCount"))


def page(info: strawberry.Info[Any, Any], first: int, after: str | None) -> PageRequest:
    """What to ask of the service; as `place`."""
    return place(info, first, after).page()


def connection(items: Iterable[T], info: WirePageInfo, after: str | None) -> Connection[T]:
    cursors = list(info.cursors)
    return Connection(
        nodes=list(items),
        cursors=cursors,
        page_info=PageInfo(
            has_next_page=info.has_next_page,
            has_previous_page=bool(after),
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        total_count=info.total_count if info.HasField("total_count") else None,
    )


def _selects(info: GraphQLResolveInfo[Any], name: str) -> bool:
    """Whether the field being resolved selects the child `name`, directly or by fragments."""

    def among(selections: SelectionSetNode | None) -> bool:
        for node in selections.selections if selections else ():
            match node:
                case FieldNode():
                    if node.name.value == name:
                        return True
                case FragmentSpreadNode():
                    if among(info.fragments[node.name.value].selection_set):
                        return True
                case _:
                    if among(getattr(node, "selection_set", None)):
                        return True
        return False

    return any(among(node.selection_set) for node in info.field_nodes)
