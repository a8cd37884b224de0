"""What decisions about many members at once read: figures beside the tier, orders by time of payment."""

from alembic import op

revision = "0003"
down_revision = "0002"

TOUCHED = ("member_tiers", "members", "memberships", "orders", "tier_policies")

FILL = """
    update member_tiers t set joined_at = figures.joined_at, paid_orders = figures.paid_orders
    from (
        select m.tenant_id, m.member_id, coalesce(s.joined_at, m.first_seen_at) as joined_at,
            coalesce(o.paid_orders, 0) as paid_orders
        from members m
        left join (select tenant_id, member_id, max(joined_at) as joined_at from memberships group by 1, 2) s
            using (tenant_id, member_id)
        left join (
            select tenant_id, member_id, count(*) as paid_orders from orders
            where paid_at is not null and not (refunded_minor > 0 and refunded_minor >= paid_minor)
            group by 1, 2) o
            using (tenant_id, member_id)
    ) as figures
    where t.tenant_id = figures.tenant_id and t.member_id = figures.member_id
"""


def upgrade() -> None:
    op.execute("alter table member_tiers add column joined_at timestamptz, add column paid_orders integer")
    for table in TOUCHED:
        op.execute(f"alter table {table} no force row level security")
    op.execute(FILL)
    op.execute("""
        update tier_policies set document =
            cast('{"precedence": [1, 2, 3, 4], "monthly_rfm_window_days": 30}' as jsonb) || document
    """)
    for table in TOUCHED:
        op.execute(f"alter table {table} force row level security")
    op.execute(
        "alter table member_tiers alter column joined_at set not null, alter column paid_orders set not null"
    )
    op.execute("""
        create index on orders (tenant_id, paid_at, member_id) include (paid_minor, refunded_minor)
        where paid_at is not null
    """)
