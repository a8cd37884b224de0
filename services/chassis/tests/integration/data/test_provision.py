"""Provisioning by an administrator who is no superuser, as managed PostgreSQL gives one."""

import psycopg
from sqlalchemy import make_url

from chassis.provision import provision


def test_an_administrator_without_superuser_provisions_twice(admin_url: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("create role boss login createrole password 'boss'")
        connection.execute("create database managed owner boss")
    boss = make_url(admin_url).set(username="boss", password="boss", database="managed")
    url = boss.render_as_string(hide_password=False)
    passwords = {"managed_owner": "first", "managed_app": "first"}
    provision(url, ["managed"], passwords)
    provision(url, ["managed"], {**passwords, "managed_app": "second"})
    app = boss.set(username="managed_app", password="second")
    with psycopg.connect(app.render_as_string(hide_password=False)) as connection:
        roles = connection.execute(
            "select rolname, rolcanlogin from pg_roles where rolname like 'managed_%' and not"
            " (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolinherit) order by 1"
        ).fetchall()
        connection.execute("set role managed_relay")
    assert roles == [
        ("managed_app", True),
        ("managed_owner", True),
        ("managed_relay", False),
    ]
