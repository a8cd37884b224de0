"""The connection to NATS, and the streams: three for every message of the platform, one for files."""

import asyncio
import random
from collections.abc import Sequence
from typing import Literal, Protocol
from uuid import UUID

import nats
import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError, NotFoundError, ServerError

from chassis import logs
from chassis.backoff import Backoff

INBOUND = "INBOUND"
EVENTS = "EVENTS"
DEADLETTERS = "DEADLETTERS"
FILES = "FILES"
PUBLISHERS = ("segmentation", "content", "campaigns", "support", "risk", "gateway")

_DAY = 24 * 60 * 60
_GIB = 1024**3
_ATTEMPTS = 5
_PENDING_BYTES = 8 * 1024 * 1024

log = logs.get_logger(__name__)


class NatsSettings(Protocol):
    """The part of `ServiceSettings` that a connection needs."""

    @property
    def service(self) -> str: ...
    @property
    def nats_url(self) -> str: ...
    @property
    def nats_user(self) -> str | None: ...
    def nats_password(self) -> str | None: ...


def activities_subject(tenant: UUID | Literal["*"]) -> str:
    """Where the activities of a tenant, or of all, come in."""
    return f"quanzi.{tenant}.inbound.activities.v1"


async def connect(settings: NatsSettings) -> Client:
    """Waits for the server, and reconnects for ever; what is published meanwhile waits in at most 8 MiB."""
    told = ""

    async def on_error(error: Exception) -> None:
        nonlocal told
        if (reason := f"{type(error).__name__}: {error}") != told:  # an outage is told once
            log.warning("NATS", reason=reason)
            told = reason

    async def on_disconnect() -> None:
        log.warning("NATS disconnected")

    async def on_reconnect() -> None:
        nonlocal told
        told = ""
        log.info("NATS reconnected")

    return await nats.connect(
        settings.nats_url,
        name=settings.service,
        user=settings.nats_user,
        password=settings.nats_password(),
        error_cb=on_error,
        disconnected_cb=on_disconnect,
        reconnected_cb=on_reconnect,
        max_reconnect_attempts=-1,
        reconnect_time_wait=random.uniform(0.25, 0.75),  # noqa: S311 spreads a herd
        pending_size=_PENDING_BYTES,
    )


async def round_trip(client: Client) -> None:
    """Raises unless the server answers; `flush` alone returns at once while the client reconnects."""
    if not client.is_connected:
        raise nats.errors.ConnectionReconnectingError
    await client.flush()


async def ensure_streams(js: JetStreamContext, replicas: int = 1) -> None:
    """Creates the streams, or brings them to this configuration; several processes may do it at once."""
    for config in streams(replicas):
        backoff = Backoff(first=0.1, limit=1)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await _ensure(js, config)
                break
            except (BadRequestError, ServerError):  # another process creates it at this moment
                if attempt == _ATTEMPTS:
                    raise
                await asyncio.sleep(backoff.next())


async def _ensure(js: JetStreamContext, config: StreamConfig) -> None:
    try:
        current = (await js.stream_info(str(config.name))).config
    except NotFoundError:
        await js.add_stream(config)
        return
    if current != current.evolve(**_given(config)):
        await js.update_stream(config)
        log.info("stream configuration updated", stream=config.name)


def _given(config: StreamConfig) -> dict[str, object]:
    return {name: value for name, value in vars(config).items() if value is not None}


def streams(replicas: int) -> Sequence[StreamConfig]:
    """All but EVENTS refuse when full, so that nothing unseen is dropped; EVENTS forgets its oldest.

    FILES keeps the latest of each part of a file (`chassis.files`).

    Within two minutes a repeated `Nats-Msg-Id` is dropped by the server: it covers a publisher's retries.
    Later repetitions are the inbox's to recognise.
    """

    def stream(
        name: str, subjects: list[str], days: int, gib: int, discard: DiscardPolicy, per_subject: int = -1
    ) -> StreamConfig:
        return StreamConfig(
            name=name,
            subjects=subjects,
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=discard,
            max_age=days * _DAY,
            max_bytes=gib * _GIB,
            max_msgs_per_subject=per_subject,
            duplicate_window=120,
            num_replicas=replicas,
            allow_direct=True,
        )

    published = [f"quanzi.*.{service}.>" for service in PUBLISHERS]
    return (
        stream(INBOUND, ["quanzi.*.inbound.>"], days=7, gib=6, discard=DiscardPolicy.NEW),
        stream(EVENTS, published, days=30, gib=6, discard=DiscardPolicy.OLD),
        stream(DEADLETTERS, ["quanzi.*.deadletter.>"], days=90, gib=1, discard=DiscardPolicy.NEW),
        stream(FILES, ["quanzi.*.files.>"], days=8, gib=2, discard=DiscardPolicy.NEW, per_subject=1),
    )
