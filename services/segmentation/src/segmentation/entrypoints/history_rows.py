"""Rows of a history as columns of activities, judged as the gateway's bulk door judges them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from chassis.ids import derived_text
from segmentation.domain.activity import ORDERS, ActivityColumns, ActivityKind

FIELDS = (
    *("kind", "source", "source_id", "member", "group", "occurred_at", "invited_by", "display_name"),
    *("campaign_id", "post_id", "order_reference", "amount_minor", "currency"),
)
_KINDS = {kind.name.lower(): kind for kind in ActivityKind}
_IN_A_GROUP = frozenset({ActivityKind.JOINED, ActivityKind.LEFT})
_SKEW = timedelta(days=1)
_MOST = 2**63 - 1


class RowRefused(Exception):
    """`code` in UPPER_SNAKE; `field` is the one to blame."""

    def __init__(self, code: str, field: str | None, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class RowReader:
    """`oldest`: the earliest instant that is kept, if not all is."""

    tenant_id: UUID
    currency: str
    now: datetime
    oldest: datetime | None
    columns: ActivityColumns = field(default_factory=ActivityColumns)
    groups: set[str] = field(default_factory=set)

    def read(self, row: Mapping[str, object]) -> None:
        """Adds to the columns, and to the references of groups. Raises RowRefused."""
        kind = _KINDS.get(str(row.get("kind")))
        if kind is None:
            message = f"{row.get('kind')!r:.60} is none of {', '.join(_KINDS)}"
            raise RowRefused("INVALID_FIELD", "kind", message)
        source, source_id = _required(row, "source", 64), _required(row, "source_id", 250)
        member, group = _required(row, "member", 250), _optional(row, "group", 250)
        if not group and kind in _IN_A_GROUP:
            raise RowRefused("MISSING_FIELD", "group", "group is missing")
        occurred_at = self._moment(row.get("occurred_at"))
        invited_by, name = _optional(row, "invited_by", 250), _optional(row, "display_name", 100)
        campaign_id, post_id = _optional(row, "campaign_id", 250), _optional(row, "post_id", 250)
        reference, amount = self._order(row) if kind in ORDERS else (None, 0)

        tenant_id, columns = self.tenant_id, self.columns
        columns.ids.append(derived_text(tenant_id, "activity", f"{source}:{source_id}"))
        columns.kinds.append(kind)
        columns.occurred_at.append(occurred_at)
        columns.sources.append(source)
        columns.member_ids.append(_member_id(tenant_id, member))
        columns.member_references.append(member)
        columns.display_names.append(name or "")
        columns.group_ids.append(_group_id(tenant_id, group) if group else None)
        columns.order_references.append(reference)
        columns.amounts.append(-amount if kind is ActivityKind.ORDER_REFUNDED else amount)
        columns.invited_by_ids.append(_member_id(tenant_id, invited_by) if invited_by else None)
        columns.campaign_ids.append(campaign_id)
        columns.post_ids.append(post_id)
        if group:
            self.groups.add(group)

    def _moment(self, value: object) -> datetime:
        try:
            at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            message = (
                f"{value!r:.60} is no moment in RFC 3339 with its offset, such as 2026-11-22T09:00:00+08:00"
            )
            raise RowRefused("INVALID_FIELD", "occurred_at", message)
        if at > self.now + _SKEW:
            raise RowRefused("INVALID_FIELD", "occurred_at", f"{value} is in the future")
        if self.oldest and at < self.oldest:
            raise RowRefused("TOO_OLD", "occurred_at", f"nothing before {self.oldest.date()} is kept")
        return at

    def _order(self, row: Mapping[str, object]) -> tuple[str, int]:
        if row.get("currency") != self.currency:
            message = f"{row.get('currency')!r:.20} is not {self.currency}, the tenant's currency"
            raise RowRefused("INVALID_FIELD", "currency", message)
        try:
            amount = int(row["amount_minor"])  # type: ignore[call-overload] # anything else is caught
        except (KeyError, TypeError, ValueError):
            amount = -1
        if not 0 <= amount <= _MOST or isinstance(row["amount_minor"], float):
            message = "amounts are whole minor units, never negative, such as 1250; a refund is positive too"
            raise RowRefused("INVALID_FIELD", "amount_minor", message)
        return _required(row, "order_reference", 250), amount


@lru_cache(maxsize=262_144)
def _member_id(tenant_id: UUID, reference: str) -> str:
    return derived_text(tenant_id, "member", reference)


@lru_cache(maxsize=16_384)
def _group_id(tenant_id: UUID, reference: str) -> str:
    return derived_text(tenant_id, "group", reference)


def _required(row: Mapping[str, object], name: str, most: int) -> str:
    value = _optional(row, name, most)
    if value is None:
        raise RowRefused("MISSING_FIELD", name, f"{name} is missing")
    return value


def _optional(row: Mapping[str, object], name: str, most: int) -> str | None:
    value = row.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise RowRefused("INVALID_FIELD", name, f"{name} is a text, not {type(value).__name__}")
    if len(value) > most or "\0" in value:
        raise RowRefused("INVALID_FIELD", name, f"at most {most} characters fit, and no NUL")
    return value
