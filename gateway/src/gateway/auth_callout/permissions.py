"""What a partner may do on NATS: take from its own consumer, confirm, and hear the answers.

No plain subscription to subjects of events: partners share an account, and as the server does not check the
reply subject of a request, one partner could have its events delivered where another one listens. The name of
an inbox is random.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.messaging import EVENTS
from gateway.partners.partner import API_PREFIX, consumer_name, inbox_prefix

# The account of partners in the configuration of the server, see chassis.embedded.nats_config.
ACCOUNT = "PARTNERS"

_UNLIMITED = -1
_MAX_SUBSCRIPTIONS = 100
_MAX_PAYLOAD = 64 * 1024


def permissions(partner_id: UUID) -> dict[str, Any]:
    """The `nats` part of the user token."""
    consumer = consumer_name(partner_id)
    return {
        "type": "user",
        "version": 2,
        "pub": {
            "allow": [
                f"$JS.API.CONSUMER.MSG.NEXT.{EVENTS}.{consumer}",
                f"{API_PREFIX}.CONSUMER.MSG.NEXT.{EVENTS}.{consumer}",
                f"{API_PREFIX}.CONSUMER.INFO.{EVENTS}.{consumer}",
                f"$JS.ACK.{EVENTS}.{consumer}.>",
            ]
        },
        "sub": {"allow": [f"{inbox_prefix(partner_id)}.>"]},
        "subs": _MAX_SUBSCRIPTIONS,
        "data": _UNLIMITED,
        "payload": _MAX_PAYLOAD,
    }
