from chassis.migrations import run_migrations
from content.adapters.tables import METADATA

run_migrations("content", METADATA)
