"""What files hold: rows of one moment, in batches, however many there are."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from segmentation.application.operation_ports import Cell, Column, ColumnType, Content, ExportFailed, Peers
from segmentation.application.ports import UnitOfWork
from segmentation.domain.member import Member
from segmentation.domain.operation import (
    FactsExport,
    Failure,
    MemberExport,
    SegmentExport,
    Wanted,
)
from segmentation.domain.windows import Window

MEMBERS, GROUPS, ROWS = 1_000, 20, 500
Batches = AsyncIterator[Sequence[Sequence[Cell]]]


def _columns(**types: ColumnType) -> Sequence[Column]:
    return [Column(name, type_) for name, type_ in types.items()]


TEXT, INTEGER, INSTANT = ColumnType.TEXT, ColumnType.INTEGER, ColumnType.INSTANT
SEGMENT = _columns(
    member_id=TEXT,
    external_reference=TEXT,
    display_name=TEXT,
    tier=TEXT,
    recency=INTEGER,
    frequency=INTEGER,
    monetary=INTEGER,
    days_since_last_order=INTEGER,
    paid_orders=INTEGER,
    net_spend_minor=INTEGER,
    tags=TEXT,
    first_seen_at=INSTANT,
    last_seen_at=INSTANT,
    entered_at=INSTANT,
)
FACTS = _columns(
    date=TEXT,
    group_id=TEXT,
    group_name=TEXT,
    members_present=INTEGER,
    joined=INTEGER,
    left=INTEGER,
    messages=INTEGER,
    interactions=INTEGER,
    clicks=INTEGER,
    shares=INTEGER,
    orders=INTEGER,
    net_spend_minor=INTEGER,
)
PERSONAL = _columns(service=TEXT, table=TEXT, row=TEXT)


async def content_of(uow: UnitOfWork, peers: Peers, wanted: Wanted, now: datetime) -> Content:
    """Of the moment that `uow` sees. Raises ExportFailed."""
    match wanted:
        case SegmentExport(segment_id):
            size = await uow.export_reads.segment_size(segment_id)
            if size is None:
                raise ExportFailed(Failure.SEGMENT_GONE)
            return Content(SEGMENT, size, _segment(uow, segment_id, now))
        case FactsExport(group_ids, first, last):
            window = Window.of(first, last, (await uow.tenant()).zone)
            of = group_ids or await uow.export_reads.group_ids()
            return Content(FACTS, len(of) * window.days, _facts(uow, of, window))
        case MemberExport(member_id):
            if not await uow.members.by_ids([member_id], now):
                raise ExportFailed(Failure.MEMBER_GONE)
            return Content(PERSONAL, 0, _batched(_personal(uow, peers, member_id)))


async def _segment(uow: UnitOfWork, segment_id: UUID, now: datetime) -> Batches:
    last: UUID | None = None
    while entered := dict(await uow.export_reads.segment_members(segment_id, last, MEMBERS)):
        members = {member.id: member for member in await uow.members.by_ids(list(entered), now)}
        yield [
            _member(members[member_id], since) for member_id, since in entered.items() if member_id in members
        ]
        last = list(entered)[-1]


def _member(member: Member, entered_at: datetime) -> Sequence[Cell]:
    rfm = member.rfm
    return (
        str(member.id),
        member.external_reference,
        member.display_name,
        member.tier.tier.name if member.tier else None,
        rfm.recency,
        rfm.frequency,
        rfm.monetary,
        rfm.figures.days_since_last_order,
        rfm.figures.paid_orders,
        rfm.figures.net_spend_minor,
        ";".join(tag.name for tag in member.tags),
        member.first_seen_at,
        member.last_seen_at,
        entered_at,
    )


async def _facts(uow: UnitOfWork, group_ids: Sequence[UUID], window: Window) -> Batches:
    for start in range(0, len(group_ids), GROUPS):
        some = group_ids[start : start + GROUPS]
        names = {group.id: group.name for group in await uow.groups.by_ids(some)}
        yield [
            (
                day.date,
                str(day.group_id),
                names.get(day.group_id, ""),
                day.members_present,
                day.joined,
                day.left,
                day.messages,
                day.interactions,
                day.clicks,
                day.shares,
                day.orders,
                day.net_spend_minor,
            )
            for day in await uow.facts.daily(some, window)
        ]


async def _personal(uow: UnitOfWork, peers: Peers, member_id: UUID) -> AsyncIterator[Sequence[Cell]]:
    """The member and those merged into it."""
    tenant = await uow.tenant()
    for one in (member_id, *await uow.export_reads.merged_into(member_id)):
        async for table, row in uow.export_reads.personal_rows(one):
            yield "segmentation", table, row
        async for service, table, row in peers.personal_rows(tenant.id, one):
            yield service, table, row


async def _batched(rows: AsyncIterator[Sequence[Cell]]) -> Batches:
    batch: list[Sequence[Cell]] = []
    async for row in rows:
        batch.append(row)
        if len(batch) == ROWS:
            yield batch
            batch = []
    yield batch
