from pathlib import Path

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from chassis.migrations import upgrade
from chassis.provision import provision
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from risk.adapters.tables import metadata

SERVICE = Path(__file__).parents[2]
_VIOLATIONS = """
    insert into violations (tenant_id, id, group_id, member_id, activity_id, category, verdict, status,
                            strike, action, opened_at, masked_text, appeal_reason, rule)
    select md5('brand')::uuid, md5('breach' || n)::uuid, md5('group')::uuid, md5('member')::uuid,
           md5('act' || n)::uuid, 1, 3, case n when 3 then 4 else 1 end, 1, 1, now() - n * interval '9 days',
           '', '', 'ads'
    from generate_series(1, 5) as n
"""
_CASES = """
    insert into cases (tenant_id, id, kind, subject_id, member_id, category, risk, opened_at, due_at,
                       queued_as_of, masked_text, verdict, findings, lexicon_version, policy_version,
                       model_version, status, version, reviewer, outcome, closed_at, weight, barred)
    select md5('brand')::uuid, md5(name)::uuid, kind, md5(name)::uuid, md5('member')::uuid, 5, 50, now(),
           now(), now(), name, 2, '[]', 0, 0, '', case when outcome is null then 1 else 3 end, 1, 'ann',
           outcome, case when outcome is not null then now() end, 1, ''
    from (values ('转给我', 6, null), ('李明客服', 5, 1), ('', 5, 3)) as closed (name, kind, outcome)
"""


def test_the_tables_are_what_the_migrations_leave(stored: ServiceDatabase) -> None:
    url = make_url(stored.owner_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, connect_args={"options": "-c search_path=risk,public"})
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert [d for d in differences if "alembic_version" not in str(d)] == []


def test_cases_of_before_know_their_strikes_and_suspicions_have_labels(
    service_database: DatabaseFactory,
) -> None:
    """Of five breaches one was reversed and two are more than thirty days old."""
    with service_database("risk") as own, psycopg.connect(own.admin_url, autocommit=True) as admin:
        admin.execute("drop schema risk cascade")
        roles = dict.fromkeys(("risk_owner", "risk_app"), own.server.role_password)
        provision(own.admin_url, ["risk"], roles)
        upgrade(SERVICE, own.owner_url, "0013")
        admin.execute("set search_path = risk")
        for statement in (_VIOLATIONS, _CASES):
            admin.execute(statement)

        upgrade(SERVICE, own.owner_url)

        waiting = admin.execute("select strikes from cases where status = 1").fetchall()
        labels = "select text, category, predicted, drawn, source from labels order by drawn"
        assert waiting == [(2,)]
        assert admin.execute(labels).fetchall() == [("", None, 5, False, 4), ("", 5, 5, True, 4)]
        forced = "select bool_and(relforcerowsecurity) from pg_class where oid = any(%s::regclass[])"
        assert admin.execute(forced, (["cases", "violations", "labels"],)).fetchone() == (True,)
