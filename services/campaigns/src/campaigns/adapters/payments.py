"""Payments in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from campaigns.domain.payment import Fate, Payment
from chassis.database import Session

_OF_CLAIMS = text("""
    select claim_id, reference, amount_minor, currency, received_at, fate, refund_reference, refunded_at
    from payments
    where tenant_id = :tenant_id and claim_id = any(cast(:claim_ids as uuid[]))
    order by received_at, reference
""")
_RECORD = text("""
    insert into payments (tenant_id, claim_id, reference, amount_minor, currency, received_at, fate)
    select :tenant_id, * from unnest(cast(:claim_ids as uuid[]), cast(:references as text[]),
        cast(:amounts as bigint[]), cast(:currencies as text[]), cast(:received as timestamptz[]),
        cast(:fates as text[]))
    on conflict do nothing
""")
_SAVE = text("""
    update payments
    set fate = new.fate, refund_reference = new.refund_reference, refunded_at = new.refunded_at
    from unnest(cast(:claim_ids as uuid[]), cast(:references as text[]), cast(:fates as text[]),
                cast(:refund_references as text[]), cast(:refunded as timestamptz[]))
         as new (claim_id, reference, fate, refund_reference, refunded_at)
    where payments.tenant_id = :tenant_id
      and payments.claim_id = new.claim_id and payments.reference = new.reference
""")


class SqlPayments:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def of_claims(self, claim_ids: Sequence[UUID]) -> list[Payment]:
        parameters = {"tenant_id": self._tenant_id, "claim_ids": list(claim_ids)}
        rows = await self._connection.execute(_OF_CLAIMS, parameters)
        return [Payment(**{**row._mapping, "fate": Fate(row.fate)}) for row in rows]

    async def record(self, payments: Sequence[Payment]) -> None:
        if payments:
            await self._connection.execute(
                _RECORD,
                {
                    **self._keys(payments),
                    "amounts": [payment.amount_minor for payment in payments],
                    "currencies": [payment.currency for payment in payments],
                    "received": [payment.received_at for payment in payments],
                    "fates": [payment.fate.value for payment in payments],
                },
            )

    async def save(self, payments: Sequence[Payment]) -> None:
        if payments:
            await self._connection.execute(
                _SAVE,
                {
                    **self._keys(payments),
                    "fates": [payment.fate.value for payment in payments],
                    "refund_references": [payment.refund_reference for payment in payments],
                    "refunded": [payment.refunded_at for payment in payments],
                },
            )

    def _keys(self, payments: Sequence[Payment]) -> dict[str, Any]:
        return {
            "tenant_id": self._tenant_id,
            "claim_ids": [payment.claim_id for payment in payments],
            "references": [payment.reference for payment in payments],
        }
