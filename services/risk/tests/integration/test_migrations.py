from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from chassis.testbed.databases import ServiceDatabase
from risk.adapters.tables import metadata


def test_the_tables_are_what_the_migrations_leave(stored: ServiceDatabase) -> None:
    url = make_url(stored.owner_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, connect_args={"options": "-c search_path=risk,public"})
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert [d for d in differences if "alembic_version" not in str(d)] == []
