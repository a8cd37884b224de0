"""Activities: what members did, as one batch of columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
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


@dataclass(frozen=True, slots=True)
class ActivityColumns:
    """Activities of one tenant, one list per column, all of equal length; `currencies` of their orders.

    Ids stay text: they travel from the wire to storage unread. `amounts` are minor units, positive for a
    payment, negative for a refund, 0 otherwise. No message text: it is not this service's business.
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


@dataclass(frozen=True, slots=True)
class Recorded:
    """The activities of a batch that were new: all of them, and which are orders or moves.

    `member_ids`: whose they are, `buyer_ids`: whose orders; each member once. `unsettled`: members and groups
    whose stays they may change, each pair once.
    """

    ids: Sequence[UUID] = ()
    order_ids: Sequence[UUID] = ()
    move_ids: Sequence[UUID] = ()
    member_ids: Sequence[UUID] = ()
    buyer_ids: Sequence[UUID] = ()
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
