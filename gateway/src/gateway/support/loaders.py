"""Loaders over the batch calls of support."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from strawberry.dataloader import DataLoader

from gateway.clients import Clients
from gateway.loading import loader, many_loader
from gateway.support.types import Ticket, TicketReply
from quanzi.support.v1 import tickets_pb2

_TICKETS_PER_CALL = 100


class SupportLoaders:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def ticket(self, uuid: str) -> Ticket | None:
        """None for an empty uuid."""
        return await self.tickets.load(uuid) if uuid else None

    @cached_property
    def tickets(self) -> DataLoader[str, Ticket | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Ticket]:
            answer = await self._clients.tickets.BatchGetTickets(tickets_pb2.BatchGetTicketsRequest(ids=ids))
            return {ticket.id: Ticket.of(ticket) for ticket in answer.tickets}

        return loader(fetch)

    @cached_property
    def open_tickets(self) -> DataLoader[str, list[Ticket]]:
        async def fetch(ids: list[str]) -> Iterable[tuple[str, Ticket]]:
            request = tickets_pb2.BatchListOpenTicketsRequest(member_ids=ids)
            answer = await self._clients.tickets.BatchListOpenTickets(request)
            return ((ticket.member_id, Ticket.of(ticket)) for ticket in answer.tickets)

        return many_loader(fetch)

    @cached_property
    def replies(self) -> DataLoader[str, list[TicketReply]]:
        async def fetch(ids: list[str]) -> Iterable[tuple[str, TicketReply]]:
            request = tickets_pb2.BatchListRepliesRequest(ticket_ids=ids)
            answer = await self._clients.tickets.BatchListReplies(request)
            return (
                (ticket.ticket_id, TicketReply.of(reply))
                for ticket in answer.tickets
                for reply in ticket.replies
            )

        return many_loader(fetch, _TICKETS_PER_CALL)
