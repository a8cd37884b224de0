"""Signatures as https://www.standardwebhooks.com has them, and the secrets behind them.

No secret is stored: it is derived from the pepper and a random id that the endpoint keeps.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from standardwebhooks import Webhook


def secret(pepper: bytes, endpoint_id: UUID, secret_id: UUID) -> str:
    """`whsec_…`, 32 bytes."""
    key = hmac.digest(pepper, f"webhook/{endpoint_id}/{secret_id}".encode(), "sha256")
    return f"whsec_{base64.b64encode(key).decode()}"


def signed_headers(message_id: str, body: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """One signature for each secret. `now` is in UTC."""
    signatures = [Webhook(one).sign(message_id, now, body.decode()) for one in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
