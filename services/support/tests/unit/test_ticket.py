"""The state table of a ticket, exhaustively, and its first-response clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from support.domain.errors import WrongTicketStatus
from support.domain.ticket import OPEN, TRANSITIONS, HandoverReason, SupportTier, Ticket, TicketStatus

S = TicketStatus
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
DUE = NOW + timedelta(minutes=3)
STEPS: dict[str, tuple[TicketStatus, Callable[[Ticket], Ticket]]] = {
    "hand over": (S.QUEUED, lambda ticket: ticket.hand_over(HandoverReason.UNSURE, DUE)),
    "assign": (S.ASSIGNED, lambda ticket: ticket.assign("lina")),
    "resolve": (S.RESOLVED, lambda ticket: ticket.resolve(NOW)),
    "close": (S.CLOSED, lambda ticket: ticket.close()),
    "reopen": (S.REOPENED, lambda ticket: ticket.reopen()),
}


def ticket(status: TicketStatus, due: datetime | None = DUE) -> Ticket:
    opened = Ticket.open(UUID(int=1), UUID(int=2), None, "发货", NOW)
    return replace(opened, status=status, first_response_due_at=due)


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("step", STEPS)
def test_steps_follow_the_table(status: TicketStatus, step: str) -> None:
    target, take = STEPS[step]
    before = ticket(status)
    if target in TRANSITIONS[status]:
        after = take(before)
        assert (after.status, after.version) == (target, before.version + 1)
    else:
        with pytest.raises(WrongTicketStatus):
            take(before)


@pytest.mark.parametrize("status", list(S))
def test_only_an_assigned_ticket_is_answered(status: TicketStatus) -> None:
    if status in (S.ASSIGNED, S.WAITING_ON_CUSTOMER):
        answered = ticket(status).reply(NOW, wait_on_customer=True)
        assert answered.status is S.WAITING_ON_CUSTOMER
        assert answered.first_responded_at == NOW
        assert answered.first_response_due_at is None
    else:
        with pytest.raises(WrongTicketStatus):
            ticket(status).reply(NOW, wait_on_customer=False)


@pytest.mark.parametrize("status", list(S))
def test_the_clock_is_missed_once_and_only_while_staff_is_awaited(status: TicketStatus) -> None:
    missed = ticket(status).miss_first_response(DUE)
    awaited = status in (S.QUEUED, S.ASSIGNED, S.REOPENED)
    assert missed.first_response_breached is awaited
    assert missed.miss_first_response(DUE) is missed
    assert not ticket(status).miss_first_response(DUE - timedelta(seconds=1)).first_response_breached


def test_a_late_first_answer_is_a_breach_even_before_the_timer() -> None:
    assert ticket(S.ASSIGNED).reply(DUE, wait_on_customer=False).first_response_breached
    assert not ticket(S.ASSIGNED).reply(NOW, wait_on_customer=False).first_response_breached


def test_complaints_go_to_the_experts() -> None:
    assert ticket(S.NEW).hand_over(HandoverReason.COMPLAINT, DUE).tier is SupportTier.EXPERT
    assert ticket(S.NEW).hand_over(HandoverReason.UNSURE, DUE).tier is SupportTier.DUTY


def test_after_the_first_answer_no_clock_starts_again() -> None:
    answered = ticket(S.ASSIGNED).reply(NOW, wait_on_customer=False)
    assert answered.hand_over(HandoverReason.ESCALATED, DUE).first_response_due_at is None


def test_what_the_customer_writes_brings_it_back_to_the_agent() -> None:
    assert ticket(S.WAITING_ON_CUSTOMER).customer_wrote().status is S.ASSIGNED
    assert {S.RESOLVED, S.CLOSED}.isdisjoint(OPEN)
