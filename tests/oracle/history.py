"""What members did, as the oracle reads it: one record per thing done, in no order, perhaps more than once.

Everything under tests/oracle except the tests and `service.py` is written from the words of the domain alone:
no SQL, no code of the service, no cleverness. It is slow on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

INTERACTIONS = ("message", "like", "share", "click", "favorite", "check_in", "ugc", "answer")
ORDER_KINDS = ("order_paid", "order_refunded")


@dataclass(frozen=True)
class Did:
    """One activity; `amount` in minor units, positive for refunds too; `invited_by` of those who joined."""

    id: str
    kind: str
    member: str
    at: datetime
    group: str | None = None
    order: str | None = None
    amount: int = 0
    invited_by: str | None = None


@dataclass(frozen=True)
class Agreed:
    """What a member said of a purpose: yes, or no more."""

    id: str
    member: str
    purpose: str
    agrees: bool
    at: datetime


@dataclass(frozen=True)
class Delivered:
    """A post that reached a group."""

    post: str
    group: str
    at: datetime


@dataclass(frozen=True)
class Order:
    """`net`: paid less refunded; an order refunded in full is none."""

    member: str
    paid_at: datetime
    net: int


@dataclass(frozen=True)
class Stay:
    """From `start` until `end` (None: still there). `joined`: a joined activity vouches for it."""

    member: str
    group: str
    start: datetime
    end: datetime | None
    joined: bool
    invited_by: str | None


class History:
    """Everything done in one tenant, each activity once."""

    def __init__(self, done: Iterable[Did], delivered: Iterable[Delivered], zone: ZoneInfo) -> None:
        self.done = sorted({did.id: did for did in done}.values(), key=lambda did: (did.at, did.id))
        self.delivered = list(delivered)
        self.zone = zone
        self._done_by: dict[str, list[Did]] = {}
        for did in self.done:
            self._done_by.setdefault(did.member, []).append(did)
        self.members = sorted(self._done_by)
        self._stays_of = {member: self._stays(member) for member in self.members}
        self.stays = [stay for member in self.members for stay in self._stays_of[member]]
        self.orders = self._orders()
        self._orders_by: dict[str, list[Order]] = {}
        for order in self.orders:
            self._orders_by.setdefault(order.member, []).append(order)

    def of(self, member: str) -> list[Did]:
        return self._done_by[member]

    def stays_of(self, member: str) -> list[Stay]:
        return self._stays_of[member]

    def orders_of(self, member: str) -> list[Order]:
        return self._orders_by.get(member, [])

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The first moment of a local day."""
        return datetime.combine(day, time(), self.zone)

    def end_of(self, day: date) -> datetime:
        return self.midnight(day + timedelta(days=1))

    def _stays(self, member: str) -> list[Stay]:
        """Whoever does something in a group is in it, until they leave; orders say nothing about it."""
        found: list[Stay] = []
        for group in sorted({did.group for did in self.of(member) if did.group}):
            inside: list[Did] = []
            seen_before = False
            there = [did for did in self.of(member) if did.group == group and did.kind not in ORDER_KINDS]
            for did in sorted(there, key=lambda did: (did.at, did.kind == "left")):
                if did.kind != "left":
                    inside.append(did)
                elif inside or not seen_before:
                    found.append(_stay(member, group, inside, did.at))
                    inside = []
                seen_before = True
            if inside:
                found.append(_stay(member, group, inside, None))
        return found

    def _orders(self) -> list[Order]:
        by_reference: dict[str, list[Did]] = {}
        for did in self.done:
            if did.order:
                by_reference.setdefault(did.order, []).append(did)
        orders = []
        for of_order in by_reference.values():
            payments = [did for did in of_order if did.kind == "order_paid"]
            refunded = sum(did.amount for did in of_order if did.kind == "order_refunded")
            if not payments:
                continue
            first = min(payments, key=lambda did: (did.at, did.amount))
            if not (refunded > 0 and refunded >= first.amount):
                orders.append(Order(first.member, first.at, first.amount - refunded))
        return orders


def _stay(member: str, group: str, inside: list[Did], end: datetime | None) -> Stay:
    joins = [did for did in inside if did.kind == "joined"]
    start = inside[0].at if inside else end
    assert start is not None
    return Stay(member, group, start, end, bool(joins), joins[0].invited_by if joins else None)
