"""How pods are secured, sized, probed, spread, replaced and ended."""

from __future__ import annotations

import re

import pytest

from chassis.rpc.health import LIVENESS, READINESS

from .manifests import COMPONENT, PROCESSES, RENDERED, SERVICES, Manifests, Pod, selects

PODS = {pod.name: pod for pod in Manifests.of(RENDERED.read_text()).pods()}
LASTING = [pod for pod in PODS.values() if not pod.is_job]
REPLICATED = [pod for pod in LASTING if pod.owner["metadata"]["name"] != "quanzi-collector"]


def named(pod: Pod) -> str:
    return pod.name


def test_all_pods_are_here() -> None:
    jobs = {f"Job/quanzi-{name}" for name in ("provision", "streams", *(f"migration-{p}" for p in PROCESSES))}
    lasting = {f"Deployment/quanzi-{name}" for name in (*PROCESSES, "collector")} | {
        "StatefulSet/quanzi-nats"
    }
    assert set(PODS) == jobs | lasting


@pytest.mark.parametrize("pod", PODS.values(), ids=named)
def test_a_pod_may_do_nothing_but_its_work(pod: Pod) -> None:
    context, container = pod.spec["securityContext"], pod.container["securityContext"]
    assert context["runAsNonRoot"]
    assert context["runAsUser"] > 10_000
    assert context["runAsGroup"] > 10_000
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert container["readOnlyRootFilesystem"]
    assert container["allowPrivilegeEscalation"] is False
    assert pod.spec["automountServiceAccountToken"] is False
    assert pod.spec["enableServiceLinks"] is False
    for volume in pod.spec["volumes"]:
        assert "hostPath" not in volume
        assert "emptyDir" not in volume or volume["emptyDir"]["sizeLimit"]


@pytest.mark.parametrize("pod", PODS.values(), ids=named)
def test_secrets_are_files_never_variables(pod: Pod) -> None:
    assert "secretKeyRef" not in str(pod.container.get("env", ()))
    assert "secretRef" not in str(pod.container.get("envFrom", ()))


@pytest.mark.parametrize("pod", PODS.values(), ids=named)
def test_memory_is_bounded_and_cpu_is_not(pod: Pod) -> None:
    resources = pod.container["resources"]
    assert set(resources["requests"]) >= {"cpu", "memory"}
    assert set(resources["limits"]) == {"memory"}


@pytest.mark.parametrize("pod", PODS.values(), ids=named)
def test_images_have_a_fixed_version(pod: Pod) -> None:
    assert re.search(r":\d+\.\d+\.\d+\S*$|@sha256:[0-9a-f]{64}$", pod.container["image"])


def test_each_has_a_service_account_without_token(production: Manifests) -> None:
    accounts = {one["metadata"]["name"]: one for one in production.kind("ServiceAccount")}
    assert {pod.spec["serviceAccountName"] for pod in PODS.values()} == set(accounts)
    assert not any(account["automountServiceAccountToken"] for account in accounts.values())
    lasting = [pod.spec["serviceAccountName"] for pod in LASTING]
    assert len(set(lasting)) == len(lasting)


@pytest.mark.parametrize("name", SERVICES)
def test_services_are_probed_by_grpc_on_the_plain_port(production: Manifests, name: str) -> None:
    container = production.server(name).container
    port = int(production.environment(production.server(name))["QUANZI_HEALTH_LISTEN"].rpartition(":")[2])
    assert port in [declared["containerPort"] for declared in container["ports"]]
    assert container["startupProbe"]["grpc"] == {"port": port, "service": LIVENESS}
    assert container["livenessProbe"]["grpc"] == {"port": port, "service": LIVENESS}
    assert container["readinessProbe"]["grpc"] == {"port": port, "service": READINESS}


@pytest.mark.parametrize("pod", LASTING, ids=named)
def test_every_lasting_pod_has_three_probes(pod: Pod) -> None:
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(pod.container)


@pytest.mark.parametrize("name", PROCESSES)
def test_there_is_time_to_drain(production: Manifests, name: str) -> None:
    pod = production.server(name)
    drain = float(production.environment(pod)["QUANZI_DRAIN_SECONDS"])
    pause = pod.container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pause + drain < pod.spec["terminationGracePeriodSeconds"]


@pytest.mark.parametrize("name", PROCESSES)
def test_a_rollout_never_has_fewer_pods(production: Manifests, name: str) -> None:
    spec = production.server(name).owner["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert spec["minReadySeconds"] > 0
    assert spec["progressDeadlineSeconds"] > 0


@pytest.mark.parametrize("pod", REPLICATED, ids=named)
def test_evictions_go_one_at_a_time(production: Manifests, pod: Pod) -> None:
    budgets = [one["spec"] for one in production.kind("PodDisruptionBudget")]
    (budget,) = [budget for budget in budgets if selects(budget["selector"], pod.labels)]
    assert budget["maxUnavailable"] == 1
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


@pytest.mark.parametrize("pod", REPLICATED, ids=named)
def test_replicas_are_spread_over_hosts_and_zones(pod: Pod) -> None:
    spread = {rule["topologyKey"]: rule for rule in pod.spec["topologySpreadConstraints"]}
    assert set(spread) == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    assert all(selects(rule["labelSelector"], pod.labels) for rule in spread.values())
    assert spread["kubernetes.io/hostname"]["whenUnsatisfiable"] == "DoNotSchedule"


@pytest.mark.parametrize("name", PROCESSES)
def test_the_autoscaler_alone_says_how_many(production: Manifests, name: str) -> None:
    scaler = production.one("HorizontalPodAutoscaler", f"quanzi-{name}")["spec"]
    assert scaler["scaleTargetRef"]["name"] == f"quanzi-{name}"
    assert scaler["minReplicas"] >= 2
    assert set(scaler["behavior"]) == {"scaleUp", "scaleDown"}
    assert "replicas" not in production.server(name).owner["spec"]


@pytest.mark.parametrize("pod", [pod for pod in PODS.values() if pod.is_job], ids=named)
def test_jobs_end(pod: Pod) -> None:
    assert {"backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"} <= set(pod.owner["spec"])
    assert pod.owner["metadata"]["labels"][COMPONENT] == pod.labels[COMPONENT]  # what one waits for it by


def test_a_pod_belongs_to_one_service_at_most(production: Manifests) -> None:
    """A migration of risk is not asked for screenings."""
    for service in production.kind("Service"):
        selector = {"matchLabels": service["spec"]["selector"]}
        chosen = [pod for pod in PODS.values() if selects(selector, pod.labels)]
        assert len(chosen) == 1, service["metadata"]["name"]
        ports = {port["name"] for port in chosen[0].container["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports
