"""Claims and what members hold, in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, text

from campaigns.adapters.tables import claims, one_of
from campaigns.application.ports import ConcurrentChange
from campaigns.domain.claim import Claim, ClaimStatus
from chassis.database import Session
from chassis.merged import Merged
from chassis.paging import Page, PageRequest, fetch_page

# The member's row is the compare-and-set on the limit: no row, no claim.
_CLAIM = """
    with held as (
        insert into member_holdings (tenant_id, campaign_id, member_id, held)
        select :tenant_id, :campaign_id, :member_id, cast(:quantity as integer)
        where cast(:quantity as integer) <= :limit {alone}
        on conflict (tenant_id, campaign_id, member_id) do update
        set held = member_holdings.held + excluded.held
        where member_holdings.held + excluded.held <= :limit
        returning true
    )
    insert into claims (tenant_id, id, campaign_id, member_id, quantity, amount_minor, currency,
                        reserved_at, pay_until, status, version)
    select :tenant_id, :id, :campaign_id, :member_id, :quantity, :amount_minor, :currency,
           :reserved_at, :pay_until, :status, :version
    from held
    returning true
"""
_HOLD = text(
    _CLAIM.format(
        alone="""and not exists (
            select from merged_subjects where subject_id = :member_id and not reversed
            union all
            select from merged_subjects where merged_subject_id = :member_id and not reversed)"""
    )
)
# Members who are one customer meet at a lock, and have one limit.
_MEET = text("select pg_advisory_xact_lock(hashtextextended(:campaign_id || '/' || :one_of_them, 0))")
_HELD = text("""
    select coalesce(sum(held), 0) from member_holdings
    where campaign_id = :campaign_id and member_id = any(cast(:member_ids as uuid[]))
""")
_HOLD_TOGETHER = text(_CLAIM.format(alone=""))
_LET_GO = text("""
    with ended as (
        select campaign_id, member_id, sum(quantity) as quantity
        from unnest(cast(:campaign_ids as uuid[]), cast(:member_ids as uuid[]), cast(:quantities as int[]))
             as claim (campaign_id, member_id, quantity)
        group by campaign_id, member_id
    ), locked as (
        select campaign_id, member_id from member_holdings
        where tenant_id = :tenant_id
          and (campaign_id, member_id) in (select campaign_id, member_id from ended)
        order by campaign_id, member_id
        for update
    )
    update member_holdings as holding set held = holding.held - ended.quantity
    from locked join ended using (campaign_id, member_id)
    where holding.tenant_id = :tenant_id
      and holding.campaign_id = locked.campaign_id and holding.member_id = locked.member_id
""")
_SAVE = text("""
    update claims
    set status = step.status, payment_reference = step.payment_reference, version = step.version
    from unnest(cast(:ids as uuid[]), cast(:statuses as text[]), cast(:payment_references as text[]),
                cast(:versions as int[])) as step (id, status, payment_reference, version)
    where claims.tenant_id = :tenant_id and claims.id = step.id and claims.version = step.version - 1
""")


class SqlClaims:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id
        self._merged = Merged(session)

    async def hold(self, claim: Claim, limit: int) -> bool:
        parameters = {
            "tenant_id": self._tenant_id,
            "id": claim.id,
            "campaign_id": claim.campaign_id,
            "member_id": claim.member_id,
            "quantity": claim.quantity,
            "amount_minor": claim.amount_minor,
            "currency": claim.currency,
            "reserved_at": claim.reserved_at,
            "pay_until": claim.pay_until,
            "status": claim.status.value,
            "version": claim.version,
            "limit": limit,
        }
        if (await self._connection.execute(_HOLD, parameters)).scalar():
            return True
        customer = (await self._merged.together([claim.member_id]))[claim.member_id]
        if len(customer) == 1:
            return False
        meeting = {"campaign_id": str(claim.campaign_id), "one_of_them": str(min(customer))}
        await self._connection.execute(_MEET, meeting)
        others = {"campaign_id": claim.campaign_id, "member_ids": list(customer - {claim.member_id})}
        left = limit - (await self._connection.execute(_HELD, others)).scalar_one()
        held = await self._connection.execute(_HOLD_TOGETHER, parameters | {"limit": left})
        return held.scalar() is not None

    async def let_go(self, claims: Sequence[Claim]) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "campaign_ids": [claim.campaign_id for claim in claims],
            "member_ids": [claim.member_id for claim in claims],
            "quantities": [claim.quantity for claim in claims],
        }
        await self._connection.execute(_LET_GO, parameters)

    async def locked(self, claim_ids: Sequence[UUID]) -> dict[UUID, Claim]:
        statement = (
            self._select().where(one_of(claims.c.id, claim_ids)).order_by(claims.c.id).with_for_update()
        )
        return {row.id: _to_claim(row) for row in await self._connection.execute(statement)}

    async def locked_of_campaign(
        self, campaign_id: UUID, statuses: Sequence[ClaimStatus], after: UUID, limit: int
    ) -> list[Claim]:
        statement = (
            self._select()
            .where(claims.c.campaign_id == campaign_id, claims.c.status.in_(statuses), claims.c.id > after)
            .order_by(claims.c.id)
            .limit(limit)
            .with_for_update()
        )
        return [_to_claim(row) for row in await self._connection.execute(statement)]

    async def save(self, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        parameters = {
            "tenant_id": self._tenant_id,
            "ids": [claim.id for claim in claims],
            "statuses": [claim.status.value for claim in claims],
            "payment_references": [claim.payment_reference for claim in claims],
            "versions": [claim.version for claim in claims],
        }
        saved = (await self._connection.execute(_SAVE, parameters)).rowcount
        if saved != len(claims):
            raise ConcurrentChange(f"{len(claims) - saved} claims changed meanwhile; try again")

    async def many(self, claim_ids: Sequence[UUID]) -> list[Claim]:
        rows = await self._connection.execute(self._select().where(one_of(claims.c.id, claim_ids)))
        found = {row.id: _to_claim(row) for row in rows}
        return [found[claim_id] for claim_id in claim_ids if claim_id in found]

    async def page(
        self,
        request: PageRequest,
        campaign_id: UUID | None,
        member_id: UUID | None,
        status: ClaimStatus | None,
    ) -> Page[Claim]:
        matching = self._select()
        if campaign_id:
            matching = matching.where(claims.c.campaign_id == campaign_id)
        if member_id:
            matching = matching.where(claims.c.member_id == member_id)
        if status:
            matching = matching.where(claims.c.status == status)
        return await fetch_page(
            self._connection, matching, [claims.c.id], request, _to_claim, descending=True
        )

    def _select(self) -> Select[Any]:
        return select(claims).where(claims.c.tenant_id == self._tenant_id)


def _to_claim(row: Row[Any]) -> Claim:
    return Claim(
        id=row.id,
        campaign_id=row.campaign_id,
        member_id=row.member_id,
        quantity=row.quantity,
        amount_minor=row.amount_minor,
        currency=row.currency,
        reserved_at=row.reserved_at,
        pay_until=row.pay_until,
        status=ClaimStatus(row.status),
        payment_reference=row.payment_reference,
        version=row.version,
    )
