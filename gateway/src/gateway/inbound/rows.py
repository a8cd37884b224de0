"""Rows of activities: plain dictionaries in, protobuf activities out, or the field to blame.

Hand-written on purpose: this runs for every activity of the platform, and has about 20 µs for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.ids import derived_text
from quanzi.inbound.v1 import activity_pb2
from quanzi.inbound.v1.activity_pb2 import Activity, ActivityKind, MessageContent, Order

KINDS: Mapping[str, ActivityKind.ValueType] = {
    name.removeprefix("ACTIVITY_KIND_").lower(): ActivityKind.Value(name) for name in ActivityKind.keys()[1:]
}
CONTENTS: Mapping[str, MessageContent.ValueType] = {
    name.removeprefix("MESSAGE_CONTENT_").lower(): MessageContent.Value(name)
    for name in MessageContent.keys()[1:]
}
ORDERS = frozenset({activity_pb2.ACTIVITY_KIND_ORDER_PAID, activity_pb2.ACTIVITY_KIND_ORDER_REFUNDED})
IN_A_GROUP = frozenset({activity_pb2.ACTIVITY_KIND_JOINED, activity_pb2.ACTIVITY_KIND_LEFT})

# Longest values, in characters, as in the contract.
_REQUIRED = (("source", 64), ("source_id", 250), ("member", 250))
_OPTIONAL = (
    ("group", 250),
    ("text", 4000),
    ("invited_by", 250),
    ("campaign_id", 250),
    ("post_id", 250),
    ("display_name", 100),
)
_FIELDS = frozenset(
    {name for name, _ in (*_REQUIRED, *_OPTIONAL)}
    | {"kind", "occurred_at", "order", "addressed_to_brand", "content"}
)
_ORDER_FIELDS = frozenset({"reference", "amount_minor", "currency", "claim_id"})
_MOST = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SKEW = timedelta(days=1)


class RowRefused(Exception):
    """`code` in UPPER_SNAKE; `field` is the path of the field to blame."""

    def __init__(self, code: str, field: str | None, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one request. `source` stands in where a row names none."""

    tenant_id: UUID
    currency: str
    source: str | None
    now: datetime

    def read(self, row: object) -> Activity:
        """Raises RowRefused."""
        if not isinstance(row, dict):
            raise RowRefused("MALFORMED_JSON", None, "a row is a JSON object")
        if not row.keys() <= _FIELDS:
            unknown = min(row.keys() - _FIELDS)
            raise RowRefused("UNKNOWN_FIELD", unknown, f"there is no field {unknown!r:.60}")
        kind = KINDS.get(row["kind"]) if isinstance(row.get("kind"), str) else None
        if kind is None:
            raise _missing("kind") if row.get("kind") is None else _unknown_kind(row["kind"])
        if self.source is not None and row.get("source") is None:
            row["source"] = self.source
        source, source_id, member = (_required(row, name, most) for name, most in _REQUIRED)
        group, text, invited_by, campaign_id, post_id, display_name = (
            _optional(row, name, most) for name, most in _OPTIONAL
        )
        if not group and kind in IN_A_GROUP:
            raise _missing("group")
        tenant = self.tenant_id
        activity = Activity(
            activity_id=derived_text(tenant, "activity", f"{source}:{source_id}"),
            kind=kind,
            source=source,
            source_id=source_id,
            member_id=_member_id(tenant, member),
            member_reference=member,
            occurred_at=self._moment(row.get("occurred_at")),
            order=self._order(row.get("order"), kind),
        )
        # What a row does not say is not written: half of the fields, and a third of the time of a message.
        if group:
            activity.group_id, activity.group_reference = group_id(tenant, group), group
        if text:
            activity.text = text
        if invited_by:
            activity.invited_by_id, activity.invited_by_reference = _member_id(tenant, invited_by), invited_by
        if campaign_id:
            activity.campaign_id = _uuid(campaign_id, "campaign_id")
        if post_id:
            activity.post_id = _uuid(post_id, "post_id")
        if _flag(row.get("addressed_to_brand")):
            activity.addressed_to_brand = True
        if display_name:
            activity.member_display_name = display_name
        if row.get("content") is not None:
            activity.content = _content(row["content"], kind, text)
        return activity

    def _moment(self, value: object) -> Timestamp:
        if value is None:
            raise _missing("occurred_at")
        try:
            at = datetime.fromisoformat(value)  # type: ignore[arg-type] # TypeError is caught
        except (ValueError, TypeError):
            raise _moment_expected(value) from None
        if at.tzinfo is None:
            raise _moment_expected(value)
        since = at - _EPOCH
        if at > self.now + _SKEW:
            raise RowRefused("INVALID_FIELD", "occurred_at", f"{value} is in the future")
        return Timestamp(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1000)

    def _order(self, value: object, kind: ActivityKind.ValueType) -> Order | None:
        if value is None:
            if kind in ORDERS:
                raise _missing("order")
            return None
        if kind not in ORDERS:
            raise RowRefused("INVALID_FIELD", "order", "only order_paid and order_refunded carry an order")
        if not isinstance(value, dict):
            raise RowRefused("INVALID_FIELD", "order", "an order is an object")
        if not value.keys() <= _ORDER_FIELDS:
            unknown = min(value.keys() - _ORDER_FIELDS)
            raise RowRefused("UNKNOWN_FIELD", f"order.{unknown}", f"there is no field {unknown!r:.60}")
        claim_id = _optional(value, "claim_id", 250, "order.")
        return Order(
            reference=_required(value, "reference", 250, "order."),
            amount_minor=_amount(value.get("amount_minor")),
            currency=self._currency(value.get("currency")),
            claim_id=_uuid(claim_id, "order.claim_id") if claim_id else "",
        )

    def _currency(self, value: object) -> str:
        if value is None:
            raise _missing("order.currency")
        if value != self.currency:
            message = f"{value!r:.20} is not {self.currency}, the tenant's currency"
            raise RowRefused("INVALID_FIELD", "order.currency", message)
        return self.currency


@lru_cache(maxsize=65_536)
def _member_id(tenant_id: UUID, reference: str) -> str:
    return derived_text(tenant_id, "member", reference)


@lru_cache(maxsize=4_096)
def group_id(tenant_id: UUID, reference: str) -> str:
    return derived_text(tenant_id, "group", reference)


def _required(row: dict[str, Any], name: str, most: int, within: str = "") -> str:
    value = row.get(name)
    if value is None or value == "":
        raise _missing(within + name)
    return _text(value, within + name, most)


def _optional(row: dict[str, Any], name: str, most: int, within: str = "") -> str:
    value = row.get(name)
    return "" if value is None else _text(value, within + name, most)


def _text(value: object, field: str, most: int) -> str:
    if not isinstance(value, str):
        raise RowRefused("INVALID_FIELD", field, f"{field} is a text, not {type(value).__name__}")
    if len(value) > most:
        raise RowRefused("INVALID_FIELD", field, f"{field} has {len(value)} characters, at most {most} fit")
    if "\0" in value:
        raise RowRefused("INVALID_FIELD", field, f"{field} contains a NUL character")
    return value


def _amount(value: object) -> int:
    if value is None:
        raise _missing("order.amount_minor")
    if isinstance(value, bool) or not isinstance(value, int):
        raise RowRefused("INVALID_FIELD", "order.amount_minor", "amounts are whole minor units, such as 1250")
    if not 0 <= value <= _MOST:
        message = f"{value} is out of bounds: amounts are never negative, a refund is positive too"
        raise RowRefused("INVALID_FIELD", "order.amount_minor", message)
    return value


def _uuid(value: str, field: str) -> str:
    """As it is, or taken from a global id."""
    text = value.rpartition("/")[2]
    try:
        return str(UUID(text))
    except ValueError:
        raise RowRefused("INVALID_FIELD", field, f"{value!r} is not a UUID") from None


def _flag(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise RowRefused("INVALID_FIELD", "addressed_to_brand", "addressed_to_brand is true or false")


def _content(value: object, kind: ActivityKind.ValueType, text: str) -> MessageContent.ValueType:
    content = CONTENTS.get(value) if isinstance(value, str) else None
    if content is None:
        raise RowRefused("INVALID_FIELD", "content", f"{value!r:.60} is none of {', '.join(CONTENTS)}")
    if kind != activity_pb2.ACTIVITY_KIND_MESSAGE or text:
        raise RowRefused("INVALID_FIELD", "content", "only a message without text has content")
    return content


def _missing(field: str) -> RowRefused:
    return RowRefused("MISSING_FIELD", field, f"{field} is missing")


def _unknown_kind(value: object) -> RowRefused:
    return RowRefused("INVALID_FIELD", "kind", f"{value!r:.60} is none of {', '.join(KINDS)}")


def _moment_expected(value: object) -> RowRefused:
    message = f"{value!r:.60} is no moment in RFC 3339 with its offset, such as 2026-11-22T09:00:00+08:00"
    return RowRefused("INVALID_FIELD", "occurred_at", message)
