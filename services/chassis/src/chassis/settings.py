"""Settings of a process, read once in bootstrap from the environment and from secret files.

A variable is the upper-cased field behind `QUANZI_`. Every setting may also be a file of that name in lower
case (`quanzi_database_url`) in the folder `QUANZI_SECRETS_DIR`; the environment wins.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

PREFIX = "QUANZI_"

# `host:port`, or a full gRPC target such as `dns:///host:port` or `unix:/path`.
Address = Annotated[str, Field(pattern=r"^\S+[:/]\S+$")]


class SettingsError(Exception):
    """Settings are missing or malformed; the message names each variable."""


class ProcessSettings(BaseSettings):
    """What every process has, servers or not: a name, logs, telemetry, an orderly end."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    service: str = "quanzi"
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    otlp_endpoint: str | None = None
    trace_file: Path | None = None
    # Where the process writes {"grpc_port": N} once it is ready.
    ready_file: Path | None = None
    # Seconds from the first SIGTERM until the process is ended by force.
    drain_seconds: float = Field(default=20.0, gt=0)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError("; ".join(_complaint(line) for line in error.errors())) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        secrets = os.environ.get(f"{PREFIX}SECRETS_DIR")
        files = (SecretsSettingsSource(settings_cls, secrets_dir=secrets),) if secrets else ()
        return init_settings, env_settings, *files


class NatsSettings(ProcessSettings):
    """What a process that talks to NATS has."""

    nats_url: str
    nats_user: str | None = None
    nats_password_file: Path | None = None

    def nats_password(self) -> str | None:
        if self.nats_password_file is None:
            return None
        return self.nats_password_file.read_text(encoding="utf-8").strip()


class ServiceSettings(NatsSettings):
    """What a service has on top: database, gRPC doors, keys. Its own `config.py` extends this."""

    database_url: str = Field(repr=False)
    database_pool_size: int = Field(default=5, ge=1)

    grpc_listen: str = "127.0.0.1:0"
    # A second, plain port with the health service alone, for probes beside a TLS port.
    health_listen: str | None = None
    grpc_max_concurrent_calls: int = Field(default=200, ge=1)
    # The longest deadline a caller may ask for, in seconds.
    grpc_max_deadline: float = Field(default=60.0, gt=0)
    # Seconds after which a connection is renewed, so that callers find new replicas.
    grpc_max_connection_age: float = Field(default=300.0, gt=0)

    signing_key_file: Path
    jwks_file: Path

    # Set all three and both sides prove themselves by certificate; set none for plain text.
    tls_certificate_file: Path | None = None
    tls_key_file: Path | None = None
    tls_authority_file: Path | None = None


def _complaint(line: Any) -> str:
    name = f"{PREFIX}{'.'.join(str(part) for part in line['loc'])}".upper()
    return f"{name} is missing" if line["type"] == "missing" else f"{name}: {line['msg']}"
