"""The brokers: a configuration that nats-server accepts, with the permissions of the code."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import nkeys
import pytest
from nacl.utils import random as random_bytes

from chassis.embedded.nats_config import ADMIN, SERVICES

from .manifests import KUSTOMIZE, Manifests

COMPONENT = KUSTOMIZE / "components" / "nats"


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    binary = Path(sys.executable).with_name("nats-server")
    return subprocess.run(
        [binary, "-t", "--config", folder / "config" / "nats.conf"],
        capture_output=True,
        text=True,
        timeout=30,
        env={"POD_NAME": "quanzi-nats-0"},
        check=False,
    )


@pytest.fixture
def mounted(production: Manifests, tmp_path: Path) -> Path:
    """The files as the pod sees them: the rendered ConfigMap, and a Secret made here."""
    (config,) = [one for one in production.kind("ConfigMap") if "nats.conf" in one["data"]]
    for folder in ("config", "secrets"):
        (tmp_path / folder).mkdir()
    for name, text in config["data"].items():
        (tmp_path / "config" / name).write_text(text)
    issuer = nkeys.from_seed(bytearray(nkeys.encode_seed(random_bytes(32), nkeys.PREFIX_BYTE_ACCOUNT)))
    passwords = [f'{user.upper()}_PASSWORD: "secret-of-{user}"' for user in (*SERVICES, ADMIN)]
    secret = [*passwords, f'ISSUER: "{issuer.public_key.decode()}"']
    (tmp_path / "secrets" / "passwords.conf").write_text("\n".join(secret))
    return tmp_path


def test_nats_server_accepts_the_configuration(mounted: Path) -> None:
    checked = check(mounted)
    assert checked.returncode == 0, checked.stderr


def test_a_forgotten_password_is_noticed(mounted: Path) -> None:
    secret = mounted / "secrets" / "passwords.conf"
    secret.write_text(secret.read_text().replace("RISK_PASSWORD", "OTHER_PASSWORD"))
    checked = check(mounted)
    assert checked.returncode != 0
    assert "RISK_PASSWORD" in checked.stderr


def test_the_permissions_are_those_of_the_code() -> None:
    accounts = runpy.run_path(str(COMPONENT / "generate_accounts.py"))["accounts"]
    assert (COMPONENT / "accounts.conf").read_text() == accounts(), "run `make manifests`"


def test_three_servers_keep_three_copies(production: Manifests) -> None:
    spec = production.one("StatefulSet", "quanzi-nats")["spec"]
    job = next(pod for pod in production.pods() if pod.name == "Job/quanzi-streams")
    assert spec["replicas"] == int(production.environment(job)["QUANZI_STREAM_REPLICAS"]) == 3
    assert [claim["metadata"]["name"] for claim in spec["volumeClaimTemplates"]] == ["data"]


def test_the_servers_find_one_another(production: Manifests) -> None:
    stateful_set = production.one("StatefulSet", "quanzi-nats")
    peers = stateful_set["spec"]["serviceName"]
    assert production.one("Service", peers)["spec"]["publishNotReadyAddresses"]
    for number in range(stateful_set["spec"]["replicas"]):
        route = f"nats://{stateful_set['metadata']['name']}-{number}.{peers}:6222"
        assert route in (COMPONENT / "nats.conf").read_text()


def test_probes_ask_three_different_questions(production: Manifests) -> None:
    (container,) = production.one("StatefulSet", "quanzi-nats")["spec"]["template"]["spec"]["containers"]
    paths = [container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "readiness", "liveness")]
    assert paths == ["/healthz", "/healthz?js-server-only=true", "/healthz?js-enabled-only=true"]
    assert container["lifecycle"]["preStop"]["exec"]["command"][-1].startswith("ldm=")
