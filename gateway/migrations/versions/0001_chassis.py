"""The tables of the chassis: the gateway registers tenants and publishes that it did."""

from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables()
