"""The rendered manifests, and the questions the tests ask of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

KUSTOMIZE = Path(__file__).parents[1] / "kustomize"
RENDERED = KUSTOMIZE / "rendered" / "production.yaml"
SERVICES = ("segmentation", "content", "campaigns", "support", "risk")
PROCESSES = (*SERVICES, "gateway")
NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"

Manifest = dict[str, Any]


def render(folder: str) -> subprocess.CompletedProcess[str]:
    kubectl = Path(sys.executable).with_name("kubectl")
    return subprocess.run(
        [kubectl, "kustomize", KUSTOMIZE / folder], capture_output=True, text=True, timeout=60, check=False
    )


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod template, with the name of what makes pods of it."""

    owner: Manifest

    @property
    def name(self) -> str:
        return f"{self.owner['kind']}/{self.owner['metadata']['name']}"

    @property
    def labels(self) -> Mapping[str, str]:
        labels: dict[str, str] = self.owner["spec"]["template"]["metadata"]["labels"]
        return labels

    @property
    def spec(self) -> Manifest:
        spec: Manifest = self.owner["spec"]["template"]["spec"]
        return spec

    @property
    def container(self) -> Manifest:
        (container,) = self.spec["containers"]
        found: Manifest = container
        return found

    @property
    def is_job(self) -> bool:
        return bool(self.owner["kind"] == "Job")

    def secrets(self) -> Iterator[str]:
        for volume in self.spec.get("volumes", ()):
            if "secret" in volume:
                yield volume["secret"]["secretName"]
            for source in volume.get("projected", {}).get("sources", ()):
                yield source["secret"]["name"]


@dataclass(frozen=True, slots=True)
class Manifests:
    documents: tuple[Manifest, ...]

    @classmethod
    def of(cls, text: str) -> Manifests:
        return cls(tuple(yaml.load_all(text, Loader=yaml.CSafeLoader)))

    def kind(self, *kinds: str) -> list[Manifest]:
        return [document for document in self.documents if document["kind"] in kinds]

    def one(self, kind: str, name: str) -> Manifest:
        (found,) = [document for document in self.kind(kind) if document["metadata"]["name"] == name]
        return found

    def pods(self) -> list[Pod]:
        return [Pod(owner) for owner in self.kind("Deployment", "StatefulSet", "Job")]

    def server(self, process: str) -> Pod:
        return Pod(self.one("Deployment", f"quanzi-{process}"))

    def environment(self, pod: Pod) -> dict[str, str]:
        """The variables of its container."""
        variables: dict[str, str] = {}
        for source in pod.container.get("envFrom", ()):
            variables |= self.one("ConfigMap", source["configMapRef"]["name"])["data"]
        return variables | {entry["name"]: entry.get("value", "") for entry in pod.container.get("env", ())}


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector (matchLabels, matchExpressions with In) chooses these labels."""
    expressions = selector.get("matchExpressions", ())
    assert all(expression["operator"] == "In" for expression in expressions)
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        labels.get(expression["key"]) in expression["values"] for expression in expressions
    )
