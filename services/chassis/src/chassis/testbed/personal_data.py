"""Whether a service has listed all tables that say something about a person."""

from collections.abc import Sequence

from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.personal_data import PersonalTable

_COLUMNS = text("""
    select table_name, column_name from information_schema.columns
    where table_schema = :schema and udt_name in ('uuid', '_uuid') and column_name ~ :pattern
""")


async def unlisted(database: Database, tables: Sequence[PersonalTable], pattern: str) -> set[str]:
    """`table.column` of ids whose name matches the regular expression, in no entry of `tables`."""
    async with database.session(new_id()) as session:
        rows = await session.connection.execute(_COLUMNS, {"schema": database.schema, "pattern": pattern})
        found = {f"{table}.{column}" for table, column in rows}
    return found - {f"{table.name}.{column}" for table in tables for column in table.columns}
