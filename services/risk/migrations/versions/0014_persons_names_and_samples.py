"""Cases count the strikes of persons, suspicions leave labels, and audits draw from the cases of a time."""

from alembic import op

revision = "0014"
down_revision = "0013"

# What the risk of a waiting case counted when it was opened, by the default of the policy.
STATEMENTS = """
alter table cases add column strikes integer not null default 0;
alter table cases alter column strikes drop default;
comment on column cases.strikes is 'of the person, which the risk counts';
alter table cases no force row level security;
alter table violations no force row level security;
update cases
set strikes = (
    select count(*) from violations
    where violations.tenant_id = cases.tenant_id and violations.member_id = cases.member_id
      and violations.opened_at > cases.opened_at - interval '30 days'
      and violations.opened_at <= cases.opened_at and violations.status <> 4
)
where status <> 3 and member_id is not null;
alter table cases force row level security;
alter table violations force row level security;
create index cases_by_opening on cases (tenant_id, opened_at, id);
drop index cases_drawn;
create index cases_drawn on cases (tenant_id, opened_at) where status <> 3 and kind in (1, 3, 5);

alter table labels
    drop constraint labels_source,
    add constraint labels_source check (source between 1 and 4);
comment on column labels.text is 'empty: a suspicion, about a name';
alter table cases no force row level security;
alter table labels no force row level security;
insert into labels (tenant_id, case_id, source, text, category, reviewer, decided_at, screened_at, verdict,
                    predicted, words, lexicon_version, policy_version, model_version, drawn, weight)
select tenant_id, id, 4, '', case when outcome <> 3 then category end, reviewer, closed_at, opened_at,
       verdict, 5, '{}', lexicon_version, policy_version, model_version, masked_text <> '', weight
from cases
where kind = 5 and status = 3;
alter table cases force row level security;
alter table labels force row level security
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
