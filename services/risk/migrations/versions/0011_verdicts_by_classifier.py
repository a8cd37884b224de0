"""What the classifier said of a message, and from which probabilities on that counts."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = """
alter table decisions
    add column model_version text not null default '',
    add column probability real;
alter table decisions alter column model_version drop default;
comment on column decisions.findings is '[[category, verdict, detector, rule, start, end, overruled]]';
comment on column decisions.model_version is 'empty: no classifier was in force';
comment on column decisions.probability is 'of being risky, by the model; null: it was not asked';

alter table risk_policies
    add column classifier_innocent_per_mille integer not null default 400,
    add column classifier_review_per_mille integer not null default 600,
    add column classifier_block_per_mille integer not null default 950;
alter table risk_policies
    alter column classifier_innocent_per_mille drop default,
    alter column classifier_review_per_mille drop default,
    alter column classifier_block_per_mille drop default
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
