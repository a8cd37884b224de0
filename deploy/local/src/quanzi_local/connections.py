"""How the verbs reach the servers of the running platform."""

from __future__ import annotations

import os

from quanzi_local.home import Home


def administrator_url(home: Home) -> str:
    """DATABASE_URL, else the database of the running platform. Raises NotUsable."""
    return os.environ.get("DATABASE_URL") or str(home.require_running()["database_url"])


def nats_login(home: Home) -> tuple[str, str | None, str | None]:
    """Address, user, password: NATS_URL with what it carries, else the running platform's administrator."""
    if url := os.environ.get("NATS_URL"):
        return url, None, None
    running = home.require_running()
    password_file = home.root / "nats" / "credentials" / "admin.password"
    password = password_file.read_text() if password_file.exists() else None
    return str(running["nats_url"]), "admin" if password else None, password
