"""Who clicked on a campaign, in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session

_ADD = text("""
    insert into campaign_clicks (tenant_id, campaign_id, member_id)
    select :tenant_id, campaign_id, member_id
    from unnest(cast(:campaign_ids as uuid[]), cast(:member_ids as uuid[])) as click (campaign_id, member_id)
    join campaigns on campaigns.tenant_id = :tenant_id and campaigns.id = click.campaign_id
    order by campaign_id, member_id
    on conflict do nothing
""")


class SqlClicks:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def add(self, clicks: Sequence[tuple[UUID, UUID]]) -> None:
        if clicks:
            campaign_ids, member_ids = zip(*clicks, strict=True)
            await self._connection.execute(
                _ADD,
                {
                    "tenant_id": self._tenant_id,
                    "campaign_ids": list(campaign_ids),
                    "member_ids": list(member_ids),
                },
            )
