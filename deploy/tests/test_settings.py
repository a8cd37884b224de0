"""What the manifests configure is what the processes read."""

from __future__ import annotations

import re

import pytest
import yaml

from campaigns.config import CampaignsSettings
from chassis.__main__ import MigrationSettings, ProvisionSettings, StreamSettings
from chassis.settings import PREFIX, ProcessSettings, ServiceSettings
from content.config import ContentSettings
from gateway.settings import GatewaySettings
from risk.config import RiskSettings
from segmentation.config import SegmentationSettings
from support.config import SupportSettings

from .manifests import NAME, PROCESSES, Manifests, Pod

SETTINGS: dict[str, type[ServiceSettings]] = {
    "segmentation": SegmentationSettings,
    "content": ContentSettings,
    "campaigns": CampaignsSettings,
    "support": SupportSettings,
    "risk": RiskSettings,
    "gateway": GatewaySettings,
}
# What a Secret gives, by the documented name of the file.
FROM_SECRETS = {"QUANZI_DATABASE_URL", "QUANZI_ADMIN_URL", "QUANZI_MIGRATIONS_URL"}
LISTENERS = 2  # connections beside the pool: woken by outbox and timers
RESERVED = 20  # administrators, migrations, replication


def settings_of(pod: Pod) -> type[ProcessSettings] | None:
    match pod.container.get("args"):
        case None:
            return SETTINGS[pod.labels[NAME]]
        case ["chassis", verb]:
            return {"provision": ProvisionSettings, "migrate": MigrationSettings, "streams": StreamSettings}[
                verb
            ]
    return None


def test_every_variable_is_a_setting_and_every_required_setting_is_given(production: Manifests) -> None:
    checked = 0
    for pod in production.pods():
        if (settings := settings_of(pod)) is None:
            continue
        checked += 1
        given = set(production.environment(pod)) - {f"{PREFIX}SECRETS_DIR"}
        fields = {f"{PREFIX}{name.upper()}": field for name, field in settings.model_fields.items()}
        required = {name for name, field in fields.items() if field.is_required()}
        assert given <= set(fields), pod.name
        assert required - given <= FROM_SECRETS, pod.name
        assert not given & FROM_SECRETS, pod.name
    assert checked == 2 * len(PROCESSES) + 2


@pytest.mark.parametrize("name", PROCESSES)
def test_the_configuration_is_valid(
    production: Manifests, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in production.environment(production.server(name)).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv(f"{PREFIX}SECRETS_DIR")
    settings = SETTINGS[name](database_url="postgresql://quanzi")
    assert settings.service == name
    assert settings.nats_user == name


def test_addresses_lead_to_services_of_that_name(production: Manifests) -> None:
    for pod in production.pods():
        for variable, value in production.environment(pod).items():
            if found := re.fullmatch(r"QUANZI_(\w+)_ADDRESS", variable):
                target = re.fullmatch(r"dns:///(\S+):(\d+)", value)
                assert target, value
                service = production.one("Service", target[1])["spec"]
                assert service["clusterIP"] == "None"
                assert service["selector"][NAME] == found[1].lower()
                assert int(target[2]) in [port["port"] for port in service["ports"]]


def test_a_changed_configuration_rolls_the_pods(production: Manifests) -> None:
    names = {one["metadata"]["name"] for one in production.kind("ConfigMap")}
    assert all(re.search(r"-[0-9a-z]{10}$", name) for name in names)


def test_all_replicas_together_find_a_connection(production: Manifests) -> None:
    wanted = sum(
        production.one("HorizontalPodAutoscaler", f"quanzi-{name}")["spec"]["maxReplicas"]
        * (int(production.environment(production.server(name))["QUANZI_DATABASE_POOL_SIZE"]) + LISTENERS)
        for name in PROCESSES
    )
    parameters = production.one("Cluster", "quanzi-postgres")["spec"]["postgresql"]["parameters"]
    assert wanted + RESERVED <= int(parameters["max_connections"])


def test_the_collector_limits_its_memory_first(production: Manifests) -> None:
    pod = production.server("collector")
    (volume,) = pod.spec["volumes"]
    text = production.one("ConfigMap", volume["configMap"]["name"])["data"]["collector-config.yaml"]
    for pipeline in yaml.safe_load(text)["service"]["pipelines"].values():
        assert pipeline["processors"] == ["memory_limiter", "batch"]


def test_monitors_find_a_service_and_its_port(production: Manifests) -> None:
    for monitor in production.kind("ServiceMonitor"):
        wanted = monitor["spec"]["selector"]["matchLabels"].items()
        (service,) = [
            one for one in production.kind("Service") if wanted <= one["metadata"]["labels"].items()
        ]
        ports = {port["name"] for port in service["spec"]["ports"]}
        assert {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]} <= ports
