"""The connection to NATS, and the three streams every message of the platform is kept in."""

import asyncio
import random
from collections.abc import Sequence
from typing import Protocol

import nats
import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError, ServerError

from chassis import logs
from chassis.backoff import Backoff

INBOUND = "INBOUND"
EVENTS = "EVENTS"
DEADLETTERS = "DEADLETTERS"
PUBLISHERS = ("segmentation", "content", "campaigns", "support", "risk", "gateway")

_DAY = 24 * 60 * 60
_GIB = 1024**3
_NAME_IN_USE = 10058  # "stream name already in use with a different configuration"
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


async def ensure_streams(js: JetStreamContext, replicas: int = 1) -> None:
    """Creates the streams, or brings them to this configuration; several processes may do it at once."""
    for config in streams(replicas):
        await _ensure(js, config, Backoff(first=0.1, limit=1))


async def _ensure(js: JetStreamContext, config: StreamConfig, backoff: Backoff) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            await js.add_stream(config)
        except BadRequestError as error:
            if error.err_code != _NAME_IN_USE:
                raise
            await js.update_stream(config)
            log.info("stream configuration updated", stream=config.name)
            return
        except ServerError:  # two creating it at once are both counted against the storage limit
            if attempt == _ATTEMPTS - 1:
                raise
            await asyncio.sleep(backoff.next())
        else:
            return


def streams(replicas: int) -> Sequence[StreamConfig]:
    """INBOUND and DEADLETTERS refuse when full, so that nothing unseen is dropped; EVENTS forgets its oldest.

    Within two minutes a repeated `Nats-Msg-Id` is dropped by the server: it covers a publisher's retries.
    Later repetitions are the inbox's to recognise.
    """

    def stream(name: str, subjects: list[str], days: int, gib: int, discard: DiscardPolicy) -> StreamConfig:
        return StreamConfig(
            name=name,
            subjects=subjects,
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=discard,
            max_age=days * _DAY,
            max_bytes=gib * _GIB,
            duplicate_window=120,
            num_replicas=replicas,
            allow_direct=True,
        )

    published = [f"quanzi.*.{service}.>" for service in PUBLISHERS]
    return (
        stream(INBOUND, ["quanzi.*.inbound.>"], days=7, gib=6, discard=DiscardPolicy.NEW),
        stream(EVENTS, published, days=30, gib=6, discard=DiscardPolicy.OLD),
        stream(DEADLETTERS, ["quanzi.*.deadletter.>"], days=90, gib=1, discard=DiscardPolicy.NEW),
    )
