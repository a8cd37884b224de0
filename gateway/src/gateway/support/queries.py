"""Reading tickets, the bot's knowledge and the policy of support."""

from typing import Annotated

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import optional_uuid
from gateway.segmentation.arguments import InGroup, OfMember
from gateway.support.types import FaqEntry, SupportPolicy, Ticket, TicketStatus
from gateway.values import number
from quanzi.support.v1 import answers_pb2, tickets_pb2


@strawberry.type
class SupportQueries:
    @resolved("Tickets (工单), oldest first; filters combine with `and`.")
    async def tickets(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        member: OfMember = None,
        group: InGroup = None,
        status: Annotated[TicketStatus | None, strawberry.argument(description="Only in this state.")] = None,
        assignee: Annotated[
            str | None, strawberry.argument(description="Only of this agent (staff subject).")
        ] = None,
    ) -> Connection[Ticket] | None:
        request = tickets_pb2.ListTicketsRequest(
            page=page(info, first, after),
            member_id=optional_uuid(member, "Member", "member"),
            group_id=optional_uuid(group, "Group", "group"),
            status=number(status),
            assignee=assignee or "",
        )
        answer = await info.context.clients.tickets.ListTickets(request)
        return connection(map(Ticket.of, answer.tickets), answer.page_info, after)

    @resolved("The bot's FAQ (常见问题), by external reference.")
    async def faq_entries(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[FaqEntry] | None:
        request = answers_pb2.ListFaqEntriesRequest(page=page(info, first, after))
        answer = await info.context.clients.answers.ListFaqEntries(request)
        return connection(map(FaqEntry.of, answer.entries), answer.page_info, after)

    @resolved("The support policy in force.")
    async def support_policy(self, info: Info) -> SupportPolicy | None:
        answer = await info.context.clients.answers.GetSupportPolicy(answers_pb2.GetSupportPolicyRequest())
        return SupportPolicy.of(answer.policy)
