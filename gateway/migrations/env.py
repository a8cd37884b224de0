from chassis.migrations import run_migrations
from gateway.tables import metadata

run_migrations("gateway", metadata)
