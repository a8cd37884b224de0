"""Who may talk to whom: exactly the calls that the code declares, and the world reaches the gateway alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .manifests import NAME, PROCESSES, Manifests, selects
from .test_settings import SETTINGS

Labels = Mapping[str, str]
Edge = tuple[str, str, int]

GRPC, POSTGRES, NATS, ROUTES, OTLP, STATUS = 50051, 5432, 4222, 6222, 4317, 8000


def peers(production: Manifests) -> dict[str, Labels]:
    pods = {pod.name.partition("/quanzi-")[2]: pod.labels for pod in production.pods()}
    postgres: Labels = production.one("Cluster", "quanzi-postgres")["spec"]["inheritedMetadata"]["labels"]
    return pods | {"postgres": postgres}


def allowed(policies: list[dict[str, Any]], direction: str, labels: Labels, peer: Labels) -> set[int]:
    """Ports that the policies of a pod open towards another pod of the namespace."""
    end = {"ingress": "from", "egress": "to"}[direction]
    return {
        port["port"]
        for policy in policies
        if direction.capitalize() in policy["policyTypes"] and selects(policy["podSelector"], labels)
        for rule in policy.get(direction, ())
        if any(
            "podSelector" in one and "namespaceSelector" not in one and selects(one["podSelector"], peer)
            for one in rule.get(end, ())
        )
        for port in rule["ports"]
    }


def declared(production: Manifests) -> set[Edge]:
    calls = {
        (caller, field.removesuffix("_address"), GRPC)
        for caller, settings in SETTINGS.items()
        for field in settings.model_fields
        if field.endswith("_address")
    }
    calls |= {(process, "postgres", POSTGRES) for process in (*PROCESSES, "provision")}
    calls |= {(f"migration-{process}", "postgres", POSTGRES) for process in PROCESSES}
    calls |= {(process, "nats", NATS) for process in (*PROCESSES, "streams")}
    calls |= {(process, "collector", OTLP) for process in PROCESSES}
    return calls | {
        ("nats", "nats", ROUTES),
        ("postgres", "postgres", POSTGRES),
        ("postgres", "postgres", STATUS),
    }


def test_nothing_is_allowed_by_default(production: Manifests) -> None:
    policy = production.one("NetworkPolicy", "default-deny")["spec"]
    assert policy == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_the_edges_are_the_calls_of_the_code(production: Manifests) -> None:
    policies = [policy["spec"] for policy in production.kind("NetworkPolicy")]
    everyone = peers(production)
    leaving, arriving = set[Edge](), set[Edge]()
    for caller, here in everyone.items():
        for callee, there in everyone.items():
            leaving |= {(caller, callee, port) for port in allowed(policies, "egress", here, there)}
            arriving |= {(caller, callee, port) for port in allowed(policies, "ingress", there, here)}
    assert leaving == arriving == declared(production)


def test_the_gateway_alone_is_exposed_and_with_tls(production: Manifests) -> None:
    (ingress,) = production.kind("Ingress")
    hosts = {rule["host"] for rule in ingress["spec"]["rules"]}
    backends = {
        path["backend"]["service"]["name"]
        for rule in ingress["spec"]["rules"]
        for path in rule["http"]["paths"]
    }
    assert backends == {"quanzi-gateway"}
    assert {host for tls in ingress["spec"]["tls"] for host in tls["hosts"]} == hosts
    types = {service["spec"].get("type", "ClusterIP") for service in production.kind("Service")}
    assert types == {"ClusterIP"}


def test_only_the_gateway_hears_the_ingress_controller(production: Manifests) -> None:
    listening = {
        policy["spec"]["podSelector"]["matchLabels"][NAME]
        for policy in production.kind("NetworkPolicy")
        for rule in policy["spec"].get("ingress", ())
        for one in rule["from"]
        if one.get("namespaceSelector", {}).get("matchLabels", {}).get("kubernetes.io/metadata.name")
        == "ingress-nginx"
    }
    assert listening == {"gateway"}
