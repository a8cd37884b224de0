"""Activities: what members did, as one batch of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import IntEnum
from itertools import compress
from typing import Any, NamedTuple
from uuid import UUID


class ActivityKind(IntEnum):
    """Numbered as in quanzi.inbound.v1.ActivityKind."""

    JOINED = 1
    LEFT = 2
    MESSAGE = 3
    LIKE = 4
    SHARE = 5
    CLICK = 6
    FAVORITE = 7
    CHECK_IN = 8
    UGC = 9
    ORDER_PAID = 10
    ORDER_REFUNDED = 11
    INVITE = 12
    ANSWER = 13


INTERACTIONS = frozenset(
    {
        ActivityKind.MESSAGE,
        ActivityKind.LIKE,
        ActivityKind.SHARE,
        ActivityKind.CLICK,
        ActivityKind.FAVORITE,
        ActivityKind.CHECK_IN,
        ActivityKind.UGC,
        ActivityKind.ANSWER,
    }
)
ORDERS = frozenset({ActivityKind.ORDER_PAID, ActivityKind.ORDER_REFUNDED})
MOVES = frozenset({ActivityKind.JOINED, ActivityKind.LEFT})


KeywordHits = Mapping[str, frozenset[UUID]]
"""Tag rules whose keywords a message has, by the id of its activity."""


@dataclass(frozen=True, slots=True)
class ActivityColumns:
    """Activities of one tenant, one list per column, all of equal length; `currencies` of their orders.

    Ids stay text: they travel from the wire to storage unread. `amounts` are minor units, positive for a
    payment, negative for a refund, 0 otherwise. `origin_ids`: who did it, where that is a member merged away;
    empty if none is. No message text, only which activities hit keywords of tag rules.
    """

    ids: list[str] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    occurred_at: list[datetime] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    member_ids: list[str] = field(default_factory=list)
    member_references: list[str] = field(default_factory=list)
    display_names: list[str] = field(default_factory=list)
    group_ids: list[str | None] = field(default_factory=list)
    order_references: list[str | None] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    invited_by_ids: list[str | None] = field(default_factory=list)
    campaign_ids: list[str | None] = field(default_factory=list)
    post_ids: list[str | None] = field(default_factory=list)
    currencies: set[str] = field(default_factory=set)
    origin_ids: list[str | None] = field(default_factory=list)
    keyword_hits: KeywordHits = field(default_factory=dict)

    def chosen(self, rows: Sequence[bool]) -> ActivityColumns:
        """Only the activities whose place in `rows` is true."""
        columns = {it.name: getattr(self, it.name) for it in fields(self)}
        chosen: dict[str, Any] = {
            name: list(compress(column, rows)) for name, column in columns.items() if isinstance(column, list)
        }
        return replace(self, **chosen)


class Move(NamedTuple):
    """JOINED or LEFT."""

    kind: ActivityKind
    member_id: UUID
    group_id: UUID
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """The activities of a batch that were new.

    `member_ids`: whose they are, `buyer_ids`: whose orders, with the other payers of these; each once.
    `moves`: those that join or leave a group. `unsettled`: members and groups whose stays they may change,
    each pair once.
    """

    ids: Sequence[UUID] = ()
    member_ids: Sequence[UUID] = ()
    buyer_ids: Sequence[UUID] = ()
    moves: Sequence[Move] = ()
    unsettled: Sequence[tuple[UUID, UUID]] = ()


@dataclass(frozen=True, slots=True)
class RecordedActivity:
    """One activity as the trail shows it; `amount_minor` as in ActivityColumns."""

    id: UUID
    kind: ActivityKind
    member_id: UUID
    group_id: UUID | None
    occurred_at: datetime
    amount_minor: int
