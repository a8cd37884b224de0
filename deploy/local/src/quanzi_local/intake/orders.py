"""Rows of orders, from a shop's export, as activities of kind order_paid and order_refunded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal

from quanzi_local.intake.money import to_minor
from quanzi_local.intake.rows import InvalidField, Record, Reject, Row

# Column names met in exports → ours.
ALIASES = {
    "customer": "member", "customer_id": "member", "user_id": "member",
    "date": "occurred_at", "paid_at": "occurred_at", "time": "occurred_at",
    "dollar_value": "amount", "total": "amount", "price": "amount",
    "order_id": "reference", "order_no": "reference",
}  # fmt: skip
CARRIED = ("group", "source_id", "campaign_id", "post_id", "display_name")
DATE = re.compile(r"\d{4}-?\d\d-?\d\d", re.ASCII)
NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OrderDefaults:
    """What a row gets that does not say it itself. ISO 4217 currency; no group: an order outside groups."""

    source: str
    currency: str
    group: str | None = None


def order_rows(records: Iterable[Record | Reject], defaults: OrderDefaults) -> Iterator[Row | Reject]:
    """Activities of order records.

    An order without an id of its own gets one derived from member, time and its ordinal among the rows that
    share both: importing a file twice adds nothing, and equal lines stay distinct. A date without a time is
    noon UTC, the same day in every zone from -12 to +11.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    for record in records:
        if isinstance(record, Reject):
            yield record
            continue
        try:
            yield Row(record.line, record.text, _activity(_named(record.values), defaults, seen))
        except InvalidField as error:
            yield error.reject(record)


def _named(values: Mapping[str, object]) -> dict[str, object]:
    return {ALIASES.get(name, name): value for name, value in values.items()}


def _activity(
    values: Mapping[str, object], defaults: OrderDefaults, seen: Counter[tuple[str, str, str]]
) -> dict[str, object]:
    kind = str(values.get("kind", "order_paid"))
    if kind not in {"order_paid", "order_refunded"}:
        raise InvalidField("INVALID_KIND", "kind", f"{kind!r} is neither order_paid nor order_refunded")
    member = _text(values, "member")
    moment, day_or_moment = _moment(_text(values, "occurred_at"))
    seen[kind, member, day_or_moment] += 1
    derived = f"{member}/{day_or_moment}/{seen[kind, member, day_or_moment]}"
    if kind == "order_refunded" and "reference" not in values:
        raise InvalidField("MISSING_FIELD", "reference", "a refund names the order it refunds")
    reference = str(values.get("reference", derived))
    currency = str(values.get("currency", defaults.currency)).upper()
    claim = {"claim_id": values["claim_id"]} if "claim_id" in values else {}
    activity = {name: values[name] for name in CARRIED if name in values}
    if defaults.group is not None:
        activity.setdefault("group", defaults.group)
    return {
        "source_id": f"{kind}/{reference}",
        **activity,
        "kind": kind,
        "source": values.get("source", defaults.source),
        "member": member,
        "occurred_at": moment,
        "order": {
            "reference": reference,
            "amount_minor": _minor(values, currency),
            "currency": currency,
            **claim,
        },
    }


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text:
        raise InvalidField("MISSING_FIELD", name, f"{name} is missing")
    return text


def _moment(text: str) -> tuple[str, str]:
    """RFC 3339, and what tells the order apart: the day if only that is known, else the moment."""
    try:
        if DATE.fullmatch(text):
            day = datetime.fromisoformat(text).date()
            return datetime.combine(day, NOON).isoformat().replace("+00:00", "Z"), day.isoformat()
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidField("INVALID_TIME", "occurred_at", f"{text!r}: {error}") from error
    if moment.tzinfo is None:
        raise InvalidField(
            "INVALID_TIME", "occurred_at", f"{text!r} has no zone: add Z or an offset such as +08:00"
        )
    rfc3339 = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return rfc3339, rfc3339


def _minor(values: Mapping[str, object], currency: str) -> int:
    if "amount_minor" in values:
        minor = values["amount_minor"]
        if isinstance(minor, str) and re.fullmatch(r"-?\d{1,18}", minor, re.ASCII):
            return int(minor)
        if isinstance(minor, int) and not isinstance(minor, bool):
            return minor
        raise InvalidField("INVALID_AMOUNT", "amount_minor", f"{minor!r} is no whole number of minor units")
    match values.get("amount"):
        case str() | Decimal() | int() as amount if not isinstance(amount, bool):
            return to_minor(f"{amount:f}" if isinstance(amount, Decimal) else str(amount), currency)
        case None:
            raise InvalidField("MISSING_FIELD", "amount", "an order has amount or amount_minor")
        case other:
            raise InvalidField("INVALID_AMOUNT", "amount", f"{other!r} is not a number")
