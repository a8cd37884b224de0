"""What a consumer could not handle, kept in the stream DEADLETTERS with its reason until it is replayed."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from chassis.messaging import DEADLETTERS

_PREFIX = "Quanzi-"
_MAX_REASON = 500
_MESSAGE_ID = "Nats-Msg-Id"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message as it came, or the one activity of an envelope that failed, and why."""

    consumer: str
    item: str
    """Id of the event or activity; empty when it could not be read."""
    reason: str
    stream: str
    """Stream and sequence it was consumed from."""
    sequence: int
    subject: str
    headers: Mapping[str, str]
    body: bytes

    def encoded(self) -> dict[str, str]:
        """Its own facts and the original headers, but for those that steer the server."""
        kept = {
            name: value
            for name, value in self.headers.items()
            if not name.lower().startswith(("nats-", _PREFIX.lower()))
        }
        facts = {
            "Consumer": self.consumer,
            "Item": quote(self.item),
            "Reason": quote(" ".join(self.reason.split())[:_MAX_REASON], safe=" :;,.'()[]{}/=<>"),
            "Stream": self.stream,
            "Sequence": str(self.sequence),
            "Subject": self.subject,
        }
        return kept | {_PREFIX + name: value for name, value in facts.items()}

    @classmethod
    def decoded(cls, headers: Mapping[str, str], body: bytes) -> "DeadLetter":
        def fact(name: str) -> str:
            return unquote(headers.get(_PREFIX + name, ""))

        return cls(
            consumer=fact("Consumer"),
            item=fact("Item"),
            reason=fact("Reason"),
            stream=fact("Stream"),
            sequence=int(fact("Sequence") or 0),
            subject=fact("Subject"),
            headers={name: value for name, value in headers.items() if not name.startswith(_PREFIX)},
            body=body,
        )


@dataclass(frozen=True, slots=True)
class BuriedLetter:
    """`sequence` in the stream DEADLETTERS is its handle."""

    sequence: int
    buried_at: datetime | None
    letter: DeadLetter


class LetterNotFound(LookupError):
    """No such dead letter: replayed already, or never there."""


async def bury(js: JetStreamContext, letter: DeadLetter) -> None:
    """Returns when it is stored; once per consumer, message and item. Raises `nats.errors.Error`."""
    tenant = letter.subject.split(".")[1]
    message_id = f"{letter.consumer}:{letter.stream}:{letter.sequence}:{quote(letter.item)}"
    await js.publish(
        f"quanzi.{tenant}.deadletter.{letter.consumer}",
        letter.body,
        headers={**letter.encoded(), _MESSAGE_ID: message_id},
        stream=DEADLETTERS,
    )


async def list_dead_letters(
    js: JetStreamContext, tenant: str = "*", consumer: str = "*", after: int = 0
) -> AsyncIterator[BuriedLetter]:
    """Oldest first, those whose sequence is greater than `after`."""
    while True:
        try:
            found = await js.get_msg(
                DEADLETTERS,
                seq=after + 1,
                subject=f"quanzi.{tenant}.deadletter.{consumer}",
                next=True,
                direct=True,
            )
        except NotFoundError:
            return
        buried = _buried(found)
        yield buried
        after = buried.sequence


async def replay(js: JetStreamContext, sequence: int) -> DeadLetter:
    """Publishes it again where it came from and removes it; consumers recognise what they handled already.

    The event or activity keeps its id. If this process dies in between, the same replay may be repeated: the
    server drops it within two minutes, the inbox later. Raises `LetterNotFound`.
    """
    try:
        buried = _buried(await js.get_msg(DEADLETTERS, seq=sequence, direct=True))
    except NotFoundError:
        raise LetterNotFound(f"there is no dead letter {sequence}") from None
    letter = buried.letter
    headers = {name: value for name, value in letter.headers.items() if not name.startswith("Nats-")}
    message_id = f"replay:{letter.consumer}:{sequence}"
    await js.publish(
        letter.subject, letter.body, headers={**headers, _MESSAGE_ID: message_id}, stream=letter.stream
    )
    await js.delete_msg(DEADLETTERS, sequence)
    return letter


def _buried(message: RawStreamMsg) -> BuriedLetter:
    headers = message.headers or {}
    return BuriedLetter(
        sequence=message.seq or 0,
        buried_at=message.time,
        letter=DeadLetter.decoded(headers, message.data or b""),
    )
