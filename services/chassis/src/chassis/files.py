"""Files for a few days, in parts on JetStream, so that any replica can give out what another one wrote.

A part is a message on a subject of its own. Whoever writes keeps count of the parts, the size and a checksum:
the stream knows none of them.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

from nats.aio.client import Client
from nats.js.errors import NotFoundError

from chassis.messaging import FILES

PART_BYTES = 256 * 1024
KEPT_FOR = timedelta(days=7)
"""At least; the stream keeps parts a day longer."""
_ACK_SECONDS = 10.0


class FileGone(Exception):
    """A part is not there: the file has expired or was discarded."""


class Files:
    """`name` is one or more tokens of a subject, such as `<id>.<attempt>`."""

    def __init__(self, connection: Client) -> None:
        self._jetstream = connection.jetstream(timeout=_ACK_SECONDS)

    async def put(self, tenant_id: UUID, name: str, number: int, part: bytes) -> None:
        """Keeps part `number`, from 0, of at most PART_BYTES; in place of the one there was."""
        await self._jetstream.publish(_subject(tenant_id, name, number), part, timeout=_ACK_SECONDS)

    async def read(self, tenant_id: UUID, name: str, size: int, offset: int = 0) -> AsyncIterator[bytes]:
        """The bytes of a file of `size` from `offset` on, part by part, when they are asked for.

        Raises FileGone.
        """
        for number in range(offset // PART_BYTES, parts_of(size)):
            part = await self._part(_subject(tenant_id, name, number))
            yield part[offset % PART_BYTES :] if number == offset // PART_BYTES else part

    async def discard(self, tenant_id: UUID, name: str, size: int) -> None:
        """Overwrites every part with nothing."""
        for number in range(parts_of(size)):
            await self.put(tenant_id, name, number, b"")

    async def _part(self, subject: str) -> bytes:
        try:
            message = await self._jetstream.get_msg(FILES, subject=subject)
        except NotFoundError as error:
            raise FileGone(subject) from error
        if not message.data:
            raise FileGone(subject)
        return message.data


def parts_of(size: int) -> int:
    return -(-size // PART_BYTES)


def _subject(tenant_id: UUID, name: str, number: int) -> str:
    return f"quanzi.{tenant_id}.files.{name}.{number}"
