from sqlalchemy import MetaData

from chassis.migrations import run_migrations

run_migrations("segmentation", MetaData())
