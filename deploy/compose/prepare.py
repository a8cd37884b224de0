"""Makes the secrets that compose.yaml mounts, once: `.venv/bin/python deploy/compose/prepare.py`.

A folder for each container under .quanzi/compose, with the same files as its Secret has in Kubernetes. The
outermost folder is ours alone; inside, the containers' users may read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from chassis.embedded.nats_config import ADMIN, NatsConfig, NatsCredentials
from chassis.provision import SCHEMAS
from quanzi_local.credentials import Credentials
from quanzi_local.home import PROJECT, Home

POSTGRES = "postgres:5432/quanzi"

Files = Mapping[str, str]


def secrets(credentials: Credentials, nats: NatsCredentials) -> Iterator[tuple[str, Files]]:
    """Each folder's name and files."""
    for name in SCHEMAS:
        yield name, _process(name, credentials, nats)
        url = f"postgresql://{name}_owner:{credentials.password(f'{name}_owner')}@{POSTGRES}"
        yield f"migration-{name}", {"quanzi_migrations_url": url}
    administrator = credentials.password("postgres")
    roles = [f"{schema}_{role}" for schema in SCHEMAS for role in ("owner", "app")]
    yield (
        "provision",
        {"quanzi_admin_url": f"postgresql://postgres:{administrator}@{POSTGRES}"}
        | {role: credentials.password(role) for role in roles},
    )
    yield "streams", {"nats-password": nats.password(ADMIN)}
    yield "postgres", {"password": administrator}
    server = NatsConfig(4222, 8222, Path("/data"), nats)
    yield "nats", {"nats.conf": replace(server, host="0.0.0.0").render()}  # noqa: S104 in the container


def _process(name: str, credentials: Credentials, nats: NatsCredentials) -> Files:
    files = {
        "quanzi_database_url": f"postgresql://{name}_app:{credentials.password(f'{name}_app')}@{POSTGRES}",
        "nats-password": nats.password(name),
        "signing-key.pem": credentials.key_file(name).read_text(),
        "jwks.json": credentials.jwks.read_text(),
    }
    if name == "gateway":
        files |= {
            "identity-jwks.json": credentials.development_jwks.read_text(),
            "api-key-pepper": credentials.password("api-key-pepper"),
            "nats-issuer.seed": nats.issuer_seed_file.read_text(),
        }
    return files


def prepare(root: Path) -> None:
    """`root` is a home of its own: `QUANZI_HOME=<root> quanzi token` signs for this installation."""
    home = Home(root)
    home.prepare()
    root.chmod(0o700)
    credentials = Credentials(home.secrets)
    credentials.make_keys()
    for folder, files in secrets(credentials, NatsCredentials(home.secrets / "nats")):
        place = root / folder
        place.mkdir(mode=0o755, exist_ok=True)
        for name, text in files.items():
            (place / name).write_text(text)
            (place / name).chmod(0o644)


if __name__ == "__main__":
    target = PROJECT / ".quanzi" / "compose"
    prepare(target)
    sys.stdout.write(f"secrets are in {target}\n")
