"""Tickets and their replies in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select, update

from chassis.database import Session
from chassis.merged import Merged
from chassis.paging import Page, PageRequest, fetch_page
from support.adapters.tables import ticket_replies, tickets
from support.application.ports import TicketFilter
from support.domain.errors import QueueEmpty, TicketNotFound
from support.domain.ticket import (
    OPEN,
    HandoverReason,
    Reply,
    ReplyAuthor,
    SupportTier,
    Ticket,
    TicketStatus,
)

COLUMNS = [column for column in tickets.c if column.name != "tenant_id"]
REPLY_COLUMNS = [column for column in ticket_replies.c if column.name != "tenant_id"]
AGE = (tickets.c.opened_at, tickets.c.id)
OPEN_PER_MEMBER = 20


class SqlTickets:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id
        self._merged = Merged(session)

    async def add(self, ticket: Ticket) -> None:
        await self._connection.execute(insert(tickets).values(tenant_id=self._tenant_id, **_values(ticket)))

    async def get(self, ticket_id: UUID) -> Ticket:
        found = await self.locked([ticket_id])
        if not found:
            raise TicketNotFound("There is no such ticket.")
        return found[0]

    async def locked(self, ticket_ids: Sequence[UUID]) -> Sequence[Ticket]:
        wanted = select(*COLUMNS).where(tickets.c.id.in_(ticket_ids)).order_by(tickets.c.id)
        return await self._read(wanted.with_for_update())

    async def next_queued(self) -> Ticket:
        waiting = tickets.c.status.in_([TicketStatus.QUEUED, TicketStatus.REOPENED])
        oldest = select(*COLUMNS).where(waiting).order_by(*AGE).limit(1)
        found = await self._read(oldest.with_for_update(skip_locked=True))
        if not found:
            raise QueueEmpty("No ticket is waiting.")
        return found[0]

    async def open_of_member(self, member_id: UUID) -> Ticket | None:
        customer = (await self._merged.together([member_id]))[member_id]
        oldest = _open().where(tickets.c.member_id.in_(customer)).order_by(*AGE).limit(1)
        found = await self._read(oldest.with_for_update())
        return found[0] if found else None

    async def save(self, ticket: Ticket) -> None:
        statement = update(tickets).where(tickets.c.id == ticket.id).values(**_values(ticket))
        await self._connection.execute(statement)

    async def many(self, ticket_ids: Sequence[UUID]) -> Sequence[Ticket]:
        return await self._read(select(*COLUMNS).where(tickets.c.id.in_(ticket_ids)))

    async def open_of_members(self, member_ids: Sequence[UUID]) -> Sequence[Ticket]:
        place = func.row_number().over(partition_by=tickets.c.member_id, order_by=AGE).label("place")
        numbered = _open().add_columns(place).where(tickets.c.member_id.in_(member_ids)).subquery()
        first = select(*(numbered.c[column.name] for column in COLUMNS)).where(
            numbered.c.place <= OPEN_PER_MEMBER
        )
        return await self._read(first.order_by(numbered.c.opened_at, numbered.c.id))

    async def page(self, request: PageRequest, wanted: TicketFilter) -> Page[Ticket]:
        statement = select(*COLUMNS)
        for column, value in (
            (tickets.c.member_id, wanted.member_id),
            (tickets.c.group_id, wanted.group_id),
            (tickets.c.status, wanted.status),
            (tickets.c.assignee, wanted.assignee),
        ):
            if value is not None:
                statement = statement.where(column == value)
        return await fetch_page(self._connection, statement, AGE, request, _ticket)

    async def _read(self, statement: Select[Any]) -> Sequence[Ticket]:
        return [_ticket(row) for row in await self._connection.execute(statement)]


class SqlReplies:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def add(self, reply: Reply) -> None:
        values = {column.name: getattr(reply, column.name) for column in REPLY_COLUMNS}
        await self._connection.execute(insert(ticket_replies).values(tenant_id=self._tenant_id, **values))

    async def of_tickets(self, ticket_ids: Sequence[UUID]) -> Sequence[Reply]:
        statement = (
            select(*REPLY_COLUMNS)
            .where(ticket_replies.c.ticket_id.in_(ticket_ids))
            .order_by(ticket_replies.c.replied_at, ticket_replies.c.id)
        )
        rows = await self._connection.execute(statement)
        return [
            Reply(row.id, row.ticket_id, ReplyAuthor(row.author), row.author_id, row.text, row.replied_at)
            for row in rows
        ]


def _open() -> Select[Any]:
    return select(*COLUMNS).where(tickets.c.status.in_([*OPEN]))


def _values(ticket: Ticket) -> dict[str, Any]:
    return {column.name: getattr(ticket, column.name) for column in COLUMNS}


def _ticket(row: Row[Any]) -> Ticket:
    return Ticket(
        row.id,
        row.member_id,
        row.group_id,
        TicketStatus(row.status),
        SupportTier(row.tier),
        row.subject,
        row.assignee,
        row.opened_at,
        row.first_response_due_at,
        row.first_responded_at,
        row.first_response_breached,
        row.resolved_at,
        HandoverReason(row.handover_reason) if row.handover_reason else None,
        row.version,
    )
