"""However often something is said, screening reads no more of it than decides."""

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS = """
alter table decisions add column slot timestamptz generated always as (
    case when fingerprint is not null and group_id is not null
         then date_bin('10 seconds', occurred_at, timestamptz '2000-01-01 00:00:00+00') end
) stored;
comment on column decisions.slot is 'the ten seconds in which a text that may be a copy was said in a group';
drop index decisions_by_text;
create index decisions_by_text on decisions (tenant_id, fingerprint, occurred_at) where slot is not null;
create index decisions_by_text_and_slot
    on decisions (tenant_id, fingerprint, slot, member_id, occurred_at) where slot is not null;
create index decisions_by_text_and_place
    on decisions (tenant_id, fingerprint, member_id, group_id, occurred_at) where slot is not null;
create index decisions_flooding on decisions (tenant_id, member_id, group_id, occurred_at) where flooding;
create index decisions_by_quota
    on decisions (tenant_id, member_id, group_id, flexible_rule, occurred_at) where flexible_rule is not null
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
