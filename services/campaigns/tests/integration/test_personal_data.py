"""What is kept of a member is listed, handed out, and erased; the books stay as they are."""

from uuid import UUID

from google.protobuf import json_format
from sqlalchemy import text

from campaigns.adapters.personal_data import PERSONAL_TABLES
from campaigns.application.claim_item import ClaimItem, claim_item
from campaigns.application.pay_claims import PayClaim, pay_claims
from campaigns.application.ports import Transactions
from campaigns.application.schedule_flash_sale import schedule_flash_sale
from chassis import erasures
from chassis.database import Database
from chassis.ids import new_id
from chassis.personal_data import PersonalData
from chassis.testbed.events import hand
from chassis.testbed.personal_data import unlisted
from quanzi.campaigns.v1.events_pb2 import MemberErased
from quanzi.segmentation.v1.events_pb2 import MemberErasureRequested

from ..samples import NOW, command

ERASURES = erasures.subscription(
    "campaigns", MemberErasureRequested, MemberErased, PERSONAL_TABLES, lambda: NOW
)
BOOKS = """
    select (select array[total, available, reserved, sold] from flash_sales),
        (select sum(held) from member_holdings), (select count(*) from campaign_clicks),
        (select json_agg(json_build_array(id, quantity, amount_minor, status) order by id) from claims),
        (select json_agg(json_build_array(claim_id, reference, amount_minor, fate)) from payments)
"""


async def test_every_table_with_a_member_is_listed(database: Database) -> None:
    assert await unlisted(database, PERSONAL_TABLES, "member") == set()


async def test_erased(database: Database, sql_transactions: Transactions, tenant_id: UUID) -> None:
    """Also two members at once, who hold the same item: each keeps its place in the books."""
    members = [new_id(), new_id()]
    async with sql_transactions(tenant_id) as uow:
        sale = await schedule_flash_sale(uow, command(), NOW)
        claims = [await claim_item(uow, ClaimItem(sale.id, member_id, 1), NOW) for member_id in members]
        await uow.clicks.add([(sale.id, member_id) for member_id in sorted(members)])
    async with sql_transactions(tenant_id) as uow:
        await pay_claims(uow, [PayClaim(claims[0].id, "pay-1", 4990, "CNY")], NOW)

    async def kept() -> list[str]:
        async with database.session(tenant_id) as session:
            data = PersonalData(session, PERSONAL_TABLES)
            return [table for member_id in members async for table, _ in data.rows(member_id)]

    async def books() -> object:
        async with database.session(tenant_id) as session:
            return tuple((await session.connection.execute(text(BOOKS))).one())

    owned = ["claims", "member_holdings", "campaign_clicks"]
    assert await kept() == ["payments", *owned, *owned]
    before = await books()
    asked = MemberErasureRequested(
        erasure_id=str(new_id()), member_id=str(members[0]), merged_member_ids=[str(members[1])]
    )
    await hand(database, ERASURES, tenant_id, asked, NOW)
    assert await kept() == ["erased_subjects", "erased_subjects"]
    assert await books() == before
    async with database.session(tenant_id) as session:
        told = text("select body from outbox where type = 'quanzi.campaigns.member.erased.v1'")
        [body] = (await session.connection.execute(told)).scalars()
    receipt = json_format.Parse(body, MemberErased())
    assert (receipt.erasure_id, receipt.member_id) == (asked.erasure_id, asked.member_id)
    assert {it.table: it.rows for it in receipt.tables} == dict.fromkeys(owned, 2)
