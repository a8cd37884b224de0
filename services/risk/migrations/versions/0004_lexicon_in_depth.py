"""The history of the lexicon, texts kept for a while, and what tells copies from each other."""

from alembic import op

from chassis.migrations import isolate

revision = "0004"
down_revision = "0005"

STATEMENTS = """
alter table lexicon_words
    add column match_homophones boolean not null default false,
    add column match_splits boolean not null default false,
    add column note text not null default '';
alter table lexicon_words
    alter column match_homophones drop default,
    alter column match_splits drop default,
    alter column note drop default;

create table lexicon_edits (
    tenant_id uuid not null,
    version integer not null,
    edited_at timestamptz not null,
    edited_by text not null,
    added integer not null,
    changed integer not null,
    removed integer not null,
    restored_version integer,
    primary key (tenant_id, version)
);
create table lexicon_word_versions (
    tenant_id uuid not null,
    form text not null,
    version integer not null,
    word text,
    verdict smallint not null,
    category smallint,
    match_homophones boolean not null,
    match_splits boolean not null,
    note text not null,
    primary key (tenant_id, form, version)
);
comment on column lexicon_word_versions.word is 'null: removed by this version';

alter table lexicon_words no force row level security;
alter table lexicon_versions no force row level security;
insert into lexicon_word_versions
select tenant_id, form, version, word, verdict, category, match_homophones, match_splits, note
from lexicon_words join lexicon_versions using (tenant_id);
insert into lexicon_edits
select tenant_id, version, now(), '', count(form), 0, 0, null
from lexicon_versions left join lexicon_words using (tenant_id)
group by tenant_id, version;
alter table lexicon_words force row level security;
alter table lexicon_versions force row level security;

create table message_texts (
    tenant_id uuid not null,
    decided_at timestamptz not null,
    activity_id uuid not null,
    member_id uuid not null,
    group_id uuid,
    masked_text text not null,
    primary key (tenant_id, decided_at, activity_id)
);
create index message_texts_by_member on message_texts (tenant_id, member_id);

alter table decisions add column fingerprint bigint;
comment on column decisions.fingerprint is 'of the normal form; null: too short to be a copy';
create index decisions_by_text on decisions (tenant_id, fingerprint, member_id, occurred_at)
    where fingerprint is not null;

alter table risk_policies
    add column keep_texts_days integer not null default 30,
    add column copy_groups integer not null default 3,
    add column copy_members integer not null default 5,
    add column copy_window_minutes integer not null default 60;
alter table risk_policies
    alter column keep_texts_days drop default,
    alter column copy_groups drop default,
    alter column copy_members drop default,
    alter column copy_window_minutes drop default
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
    isolate("lexicon_edits", "lexicon_word_versions", "message_texts")
