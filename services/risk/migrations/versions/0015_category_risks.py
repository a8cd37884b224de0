"""What each category adds to the risk of a case is the tenant's to say."""

from alembic import op

revision = "0015"
down_revision = "0014"

STATEMENTS = """
alter table case_policies add column category_risks jsonb not null default
    '{"1": 10, "2": 20, "3": 15, "4": 20, "5": 30, "6": 30, "7": 15, "8": 10, "9": 5}';
alter table case_policies alter column category_risks drop default;
comment on column case_policies.category_risks is '{category: points}'
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
