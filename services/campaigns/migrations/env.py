from campaigns.adapters.tables import metadata
from chassis.migrations import run_migrations

run_migrations("campaigns", metadata)
