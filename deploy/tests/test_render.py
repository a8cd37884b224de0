"""Everything renders, is valid on the supported versions of Kubernetes, and is what was committed."""

from __future__ import annotations

import kubernetes_validate
import pytest
from kubernetes_validate.utils import all_versions

from .manifests import NAME, RENDERED, Manifests, render

SUPPORTED = sorted(set(all_versions()))[-3:]  # as Kubernetes itself supports its releases
OPERATORS = {
    ("postgresql.cnpg.io/v1", "Cluster"),
    ("postgresql.cnpg.io/v1", "ScheduledBackup"),
    ("barmancloud.cnpg.io/v1", "ObjectStore"),
    ("external-secrets.io/v1", "ExternalSecret"),
    ("monitoring.coreos.com/v1", "ServiceMonitor"),
}


@pytest.mark.parametrize("folder", ["base", "overlays/production"])
def test_renders_without_a_warning(folder: str) -> None:
    rendered = render(folder)
    assert (rendered.returncode, rendered.stderr) == (0, "")


def test_the_committed_render_is_that_of_the_overlay() -> None:
    assert RENDERED.read_text() == render("overlays/production").stdout, "run `make manifests`"


@pytest.mark.parametrize("version", SUPPORTED)
def test_every_built_in_kind_is_strictly_valid(production: Manifests, version: str) -> None:
    built_in = [one for one in production.documents if (one["apiVersion"], one["kind"]) not in OPERATORS]
    assert len(built_in) > 60
    for document in built_in:
        kubernetes_validate.validate(document, version, strict=True)


def test_the_schema_check_finds_a_misspelt_field(production: Manifests) -> None:
    service = production.one("Service", "quanzi-risk")
    misspelt = service | {"spec": service["spec"] | {"clusterIp": "None"}}
    with pytest.raises(kubernetes_validate.ValidationError, match="clusterIp"):
        kubernetes_validate.validate(misspelt, SUPPORTED[-1], strict=True)


def test_the_base_needs_no_operator(base: Manifests) -> None:
    assert not {(one["apiVersion"], one["kind"]) for one in base.documents} & OPERATORS
    for document in base.documents:
        kubernetes_validate.validate(document, SUPPORTED[0], strict=True)


def test_everything_is_labelled_and_in_its_namespace(production: Manifests) -> None:
    for document in production.documents:
        metadata = document["metadata"]
        wanted = {"app.kubernetes.io/part-of", "app.kubernetes.io/managed-by", "app.kubernetes.io/version"}
        if document["kind"] != "Namespace":
            assert metadata["namespace"] == "quanzi", metadata
            wanted.add(NAME)
        assert wanted <= set(metadata["labels"]), metadata


def test_the_namespace_admits_only_restricted_pods(production: Manifests) -> None:
    labels = production.one("Namespace", "quanzi")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_no_secret_is_in_git_and_every_mounted_one_is_fetched(production: Manifests) -> None:
    assert not production.kind("Secret")
    fetched = {one["spec"]["target"]["name"] for one in production.kind("ExternalSecret")}
    by_operator = {"quanzi-postgres-admin", "quanzi-backups"}
    assert fetched == {name for pod in production.pods() for name in pod.secrets()} | by_operator


def test_the_database_has_three_instances_and_is_backed_up(production: Manifests) -> None:
    cluster = production.one("Cluster", "quanzi-postgres")["spec"]
    store = production.one("ObjectStore", "quanzi-postgres")["spec"]
    (plugin,) = cluster["plugins"]
    backup = production.one("ScheduledBackup", "quanzi-postgres")["spec"]
    assert cluster["instances"] == 3
    assert plugin["isWALArchiver"]
    assert plugin["parameters"]["barmanObjectName"] == "quanzi-postgres"
    assert store["retentionPolicy"] == "30d"
    assert (backup["method"], backup["cluster"]["name"]) == ("plugin", "quanzi-postgres")
    assert backup["pluginConfiguration"]["name"] == plugin["name"]
