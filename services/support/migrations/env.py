from chassis.migrations import run_migrations
from support.adapters.tables import METADATA

run_migrations("support", METADATA)
