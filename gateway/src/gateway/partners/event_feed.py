"""The durable consumer of a partner on the stream EVENTS: its place in the events of its tenant."""

from __future__ import annotations

import nats.errors
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from chassis.messaging import EVENTS
from gateway.errors import unavailable
from gateway.partners.partner import Partner, consumer_name, subjects

_ACK_WAIT = 30.0
_MAX_ACK_PENDING = 1_000


class EventFeed:
    """Methods raise PublicError SERVICE_UNAVAILABLE when NATS is away; all may be repeated."""

    def __init__(self, jetstream: JetStreamContext) -> None:
        self._jetstream = jetstream

    async def ensure(self, partner: Partner) -> None:
        """Leaves one that exists where it is."""
        try:
            await self._jetstream.consumer_info(EVENTS, consumer_name(partner.id))
        except NotFoundError:
            await self._create(partner)
        except nats.errors.Error as error:
            raise unavailable("NATS") from error

    async def restart(self, partner: Partner) -> None:
        """Begins anew with the events of `partner.events_from`; what was not confirmed is forgotten."""
        await self.remove(partner)
        await self._create(partner)

    async def remove(self, partner: Partner) -> None:
        try:
            await self._jetstream.delete_consumer(EVENTS, consumer_name(partner.id))
        except NotFoundError:
            return
        except nats.errors.Error as error:
            raise unavailable("NATS") from error

    async def _create(self, partner: Partner) -> None:
        name = consumer_name(partner.id)
        config = ConsumerConfig(
            name=name,
            durable_name=name,
            filter_subjects=subjects(partner.tenant_id),
            deliver_policy=DeliverPolicy.BY_START_TIME,
            opt_start_time=partner.events_from,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=_ACK_WAIT,
            max_ack_pending=_MAX_ACK_PENDING,
            max_deliver=-1,
        )
        try:
            await self._jetstream.add_consumer(EVENTS, config)
        except nats.errors.Error as error:
            raise unavailable("NATS") from error
