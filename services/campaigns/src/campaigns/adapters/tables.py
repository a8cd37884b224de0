"""The tables as the migrations leave them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    any_,
    literal,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE, ExcludeConstraint

from chassis.tables import chassis_tables, erased_subjects, merged_subjects

metadata = MetaData()
chassis_tables(metadata)
erased_subjects.to_metadata(metadata)
merged_subjects.to_metadata(metadata)
_Instant = DateTime(timezone=True)


def one_of(column: Column[UUID], ids: Sequence[UUID]) -> ColumnElement[bool]:
    """One parameter however many ids there are, so that the statement stays prepared."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))


def _of_campaign() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "campaign_id"], ["campaigns.tenant_id", "campaigns.id"])


campaigns = Table(
    "campaigns",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("type", Text, nullable=False),
    Column("external_reference", Text),
    Column("name", Text, nullable=False),
    Column("starts_at", _Instant, nullable=False),
    Column("ends_at", _Instant, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("cancelled_at", _Instant),
    CheckConstraint("starts_at < ends_at", name="campaigns_window"),
    Index("campaigns_external_reference", "tenant_id", "external_reference", unique=True),
    Index("campaigns_starts_at", "tenant_id", "starts_at", "id"),
)

campaign_groups = Table(
    "campaign_groups",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, primary_key=True),
    Column("group_id", Uuid, primary_key=True),
    Column("occupied", TSTZRANGE, nullable=False, comment="from the start to the end plus the interval"),
    Column("overridden", Boolean, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    _of_campaign(),
    ExcludeConstraint(
        ("tenant_id", "="),
        ("group_id", "="),
        ("occupied", "&&"),
        name="campaign_groups_interval",
        using="gist",
        where="not overridden and not cancelled",
    ),
    Index("campaign_groups_group_id", "tenant_id", "group_id"),
)

interval_overrides = Table(
    "interval_overrides",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("overridden_by", Text, nullable=False),
    Column("overridden_at", _Instant, nullable=False),
    _of_campaign(),
)

flash_sales = Table(
    "flash_sales",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, primary_key=True),
    Column("item_name", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("available", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    Column("sold", Integer, nullable=False),
    Column("per_member_limit", Integer, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("payment_deadline_seconds", Integer, nullable=False),
    Column("halted", Boolean, nullable=False),
    _of_campaign(),
    CheckConstraint(
        "available >= 0 and reserved >= 0 and sold >= 0 and available + reserved + sold = total",
        name="flash_sales_stock",
    ),
)

# No foreign keys from here on: each would lock the row of the campaign that all claimers share. Claims are
# made from a sale read in the same transaction, and campaigns are never deleted.
member_holdings = Table(
    "member_holdings",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, primary_key=True),
    Column("member_id", Uuid, primary_key=True),
    Column("held", Integer, nullable=False),
    CheckConstraint("held >= 0", name="member_holdings_held"),
)

claims = Table(
    "claims",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("reserved_at", _Instant, nullable=False),
    Column("pay_until", _Instant, nullable=False),
    Column("status", Text, nullable=False),
    Column("payment_reference", Text),
    Column("version", Integer, nullable=False),
    Index("claims_campaign_id", "tenant_id", "campaign_id", "id"),
    Index("claims_member_id", "tenant_id", "member_id", "id"),
)

payments = Table(
    "payments",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("claim_id", Uuid, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("received_at", _Instant, nullable=False),
    Column("fate", Text, nullable=False),
    Column("refund_reference", Text),
    Column("refunded_at", _Instant),
)

campaign_policies = Table(
    "campaign_policies",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("interval_days", Integer, nullable=False),
    Column("max_payment_deadline_seconds", Integer, nullable=False),
    Column("created_at", _Instant, nullable=False),
)

campaign_clicks = Table(
    "campaign_clicks",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, primary_key=True),
    Column("member_id", Uuid, primary_key=True),
)
