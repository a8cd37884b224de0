"""By SQL, as the role a service logs in with."""

from __future__ import annotations

import psycopg
import pytest

from .two import Two

pytestmark = pytest.mark.e2e


DENIED = "permission denied"
ATTEMPTS = [
    ("risk", "select * from segmentation.members", DENIED),
    ("segmentation", "select * from campaigns.claims", DENIED),
    ("gateway", "select * from risk.decisions", DENIED),
    ("risk", "set role risk_relay; select * from risk.decisions", DENIED),
    ("campaigns", "set role campaigns_relay; update campaigns.flash_sales set available = 1", DENIED),
    ("campaigns", "set role campaigns_owner", DENIED),
    ("campaigns", "set role segmentation_app", DENIED),
    ("risk", "alter table risk.decisions disable row level security", "must be owner"),
    ("risk", "set row_security = off; select * from risk.decisions", "row-level security"),
    ("risk", "insert into risk.lexicon_versions values ('{b}', 2)", "row-level security"),
    ("risk", "insert into risk.lexicon_versions values ('{a}', 2); "
             "update risk.lexicon_versions set tenant_id = '{b}'", "row-level security"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "statement", "refusal"), ATTEMPTS)
def test_the_role_of_a_service_is_refused(two: Two, service: str, statement: str, refusal: str) -> None:
    with psycopg.connect(two.a.platform.app_url(service)) as connection:
        connection.execute("select set_config('quanzi.tenant_id', %s, false)", [str(two.a.tenant_id)])
        with pytest.raises(psycopg.Error, match=refusal):
            connection.execute(statement.format(a=two.a.tenant_id, b=two.b.tenant_id))


@pytest.mark.parametrize("tenant", ["nobody", "a"])
@pytest.mark.parametrize(
    "table",
    [
        "segmentation.members",
        "segmentation.segments",
        "segmentation.segment_members",
        "segmentation.alerts",
        "segmentation.operations",
        "segmentation.erasures",
        "segmentation.consents",
        "content.items",
        "campaigns.claims",
        "support.tickets",
        "risk.violations",
        "gateway.partners",
    ],
)
def test_rows_of_b_are_neither_seen_nor_changed(two: Two, table: str, tenant: str) -> None:
    with psycopg.connect(two.a.platform.app_url(table.partition(".")[0])) as connection:
        if tenant == "a":
            connection.execute("select set_config('quanzi.tenant_id', %s, false)", [str(two.a.tenant_id)])
        where = f"from {table} where tenant_id = '{two.b.tenant_id}'"
        assert connection.execute(f"select count(*) {where}").fetchone() == (0,)
        try:
            assert connection.execute(f"delete {where}").rowcount == 0
        except psycopg.errors.InsufficientPrivilege:
            connection.rollback()
