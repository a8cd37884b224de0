from __future__ import annotations

from pathlib import Path

import pytest

from chassis.settings import ProcessSettings, ServiceSettings, SettingsError

REQUIRED = {
    "QUANZI_NATS_URL": "nats://n",
    "QUANZI_DATABASE_URL": "postgresql://app:pw@db/app",
    "QUANZI_SIGNING_KEY_FILE": "key.pem",
    "QUANZI_JWKS_FILE": "jwks.json",
}


class RiskySettings(ServiceSettings):
    service: str = "risky"
    neighbour_address: str


def test_missing_settings_are_named_all_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        RiskySettings()
    missing = [*REQUIRED, "QUANZI_NEIGHBOUR_ADDRESS"]
    assert str(refused.value) == "; ".join(f"{name} is missing" for name in missing)


def test_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**REQUIRED, "QUANZI_NEIGHBOUR_ADDRESS": "n:1"}.items():
        monkeypatch.setenv(name, value)
    settings = RiskySettings()
    assert (settings.service, settings.neighbour_address, settings.nats_password()) == ("risky", "n:1", None)
    assert "pw" not in repr(settings)


def test_reads_secret_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "quanzi_log_level").write_text("DEBUG\n")
    monkeypatch.setenv("QUANZI_SECRETS_DIR", str(tmp_path))
    assert ProcessSettings().log_level == "DEBUG"
    monkeypatch.setenv("QUANZI_LOG_LEVEL", "ERROR")
    assert ProcessSettings().log_level == "ERROR"


def test_a_malformed_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANZI_LOG_FORMAT", "xml")
    with pytest.raises(SettingsError, match=r"^QUANZI_LOG_FORMAT: Input should be 'console' or 'json'$"):
        ProcessSettings()
