"""How members spread over the RFM scores, in PostgreSQL."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session
from segmentation.adapters.tiers import PAID
from segmentation.domain.policy import TierPolicy
from segmentation.domain.rfm import RfmCell, RfmDistribution

_PRESENT = "(select member_id from memberships where group_id = :group_id and left_at is null)"


def _score(value: str, reaches: str, cuts: str) -> str:
    reached = (f"cast({value} {reaches} (cast(:{cuts} as bigint[]))[{i}] as integer)" for i in range(1, 5))
    return f"1 + {' + '.join(reached)}"


# The scores of domain/rfm.py. All in one row without scores: who is counted at all.
_DISTRIBUTION = f"""
    with buyers as (
        select extract(day from :now - max(paid_at)) as days, count(*) as paid_orders,
            cast(sum(paid_minor - refunded_minor) as bigint) as net_minor
        from orders where {PAID} and paid_at > :since and paid_at <= :now {{buying}} group by member_id
    )
    select {_score("days", "<=", "recency_days")} as recency,
        {_score("paid_orders", ">=", "frequency")} as frequency,
        {_score("net_minor", ">=", "monetary_minor")} as monetary,
        count(*) as members, cast(sum(net_minor) as bigint) as net_spend_minor
    from buyers group by 1, 2, 3
    union all select null, null, null, count(*), 0 from members {{counted}}
    order by 1 desc, 2 desc, 3 desc
"""  # noqa: S608 constants only
_OF_TENANT = text(_DISTRIBUTION.format(buying="", counted=""))
_OF_GROUP = text(
    _DISTRIBUTION.format(buying=f"and member_id in {_PRESENT}", counted=f"where member_id in {_PRESENT}")
)


class SqlRfm:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    async def distribution(
        self, policy: TierPolicy, window_days: int, group_id: UUID | None, now: datetime
    ) -> RfmDistribution:
        parameters = {
            "now": now,
            "since": now - timedelta(days=window_days),
            "recency_days": list(policy.cuts.recency_days),
            "frequency": list(policy.cuts.frequency),
            "monetary_minor": list(policy.cuts.monetary_minor),
        }
        if group_id:
            rows = await self._connection.execute(_OF_GROUP, parameters | {"group_id": group_id})
        else:
            rows = await self._connection.execute(_OF_TENANT, parameters)
        counted, *cells = rows
        buyers = sum(cell.members for cell in cells)
        return RfmDistribution([RfmCell(*cell) for cell in cells], counted.members - buyers)
