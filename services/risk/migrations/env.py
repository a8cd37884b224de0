from chassis.migrations import run_migrations
from risk.adapters.tables import metadata

run_migrations("risk", metadata)
