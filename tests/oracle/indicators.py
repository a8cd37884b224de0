"""The eight indicators of a group, its cohorts and its funnel: counted by hand, by day and member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .history import INTERACTIONS, Did, History, Stay


@dataclass(frozen=True)
class Window:
    """Local days, both included, that have begun by now."""

    first: date
    last: date

    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def ratios(history: History, group: str, window: Window, now: datetime) -> dict[str, tuple[int, int]]:
    """Numerator and denominator of each indicator."""
    done = [did for did in _done(history, group) if window.first <= history.day(did.at) <= window.last]
    reached = _reached(history, group, window)
    clicked = _who(done, "click")
    invited, inviters = _invitations(history, group, window, done)
    return {
        "MESSAGES_PER_DAY": (len([did for did in done if did.kind == "message"]), len(window.days())),
        "INTERACTIONS_PER_MEMBER_DAY": (
            len([did for did in done if did.kind in INTERACTIONS]),
            sum(len(present_on(history, group, day)) for day in window.days()),
        ),
        "CLICK_RATE": (len(clicked), len(reached)),
        "ORDER_RATE": (len(_who(done, "order_paid")), len(clicked)),
        "RETENTION_7D": retention(history, group, window.days(), 7, now),
        "RETENTION_30D": retention(history, group, window.days(), 30, now),
        "SHARE_RATE": (len(_who(done, "share")), len(reached)),
        "INVITE_COEFFICIENT": (len(invited), len(inviters)),
    }


def at_risk(history: History, group: str, window: Window, now: datetime) -> bool:
    """Fewer than 5 messages per member in the seven days up to the end, in a group of three or more."""
    end = min(history.end_of(window.last), now)
    members = {
        stay.member
        for stay in _stays(history, group)
        if stay.start < history.end_of(window.last) and (stay.end is None or stay.end >= end)
    }
    week = [window.last - timedelta(days=number) for number in range(7)]
    messages = [did for did in _done(history, group) if did.kind == "message" and history.day(did.at) in week]
    return len(members) >= 3 and len(messages) / len(members) < 5


def retention(history: History, group: str, days: list[date], after: int, now: datetime) -> tuple[int, int]:
    """Of those who joined on these days, long enough ago: who is there at the end of the day N days later."""
    retained = eligible = 0
    for day in days:
        end = history.end_of(day + timedelta(days=after))
        if end > now:
            continue
        for member in _joined_on(history, group, day):
            eligible += 1
            retained += any(
                stay.group == group and stay.start < end and (stay.end is None or stay.end >= end)
                for stay in history.stays_of(member)
            )
    return retained, eligible


def cohort(history: History, groups: list[str], monday: date) -> int:
    """How many joined in the week; once per group and day."""
    return sum(len(_joined_on(history, group, day)) for group in groups for day in week(monday))


def week(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(7)]


def present_on(history: History, group: str, day: date) -> set[str]:
    return {
        stay.member
        for stay in _stays(history, group)
        if history.day(stay.start) <= day and (stay.end is None or history.day(stay.end) >= day)
    }


def funnel(history: History, groups: list[str], window: Window) -> tuple[int, int, int]:
    """Reached, of these clicked, of these ordered; each member once over all groups."""
    done = [
        did
        for did in history.done
        if did.group in groups and window.first <= history.day(did.at) <= window.last
    ]
    reached = set().union(*(_reached(history, group, window) for group in groups))
    clicked = reached & _who(done, "click")
    return len(reached), len(clicked), len(clicked & _who(done, "order_paid"))


def _done(history: History, group: str) -> list[Did]:
    return [did for did in history.done if did.group == group]


def _stays(history: History, group: str) -> list[Stay]:
    return [stay for stay in history.stays if stay.group == group]


def _who(done: list[Did], kind: str) -> set[str]:
    return {did.member for did in done if did.kind == kind}


def _joined_on(history: History, group: str, day: date) -> set[str]:
    return {stay.member for stay in _stays(history, group) if stay.joined and history.day(stay.start) == day}


def _reached(history: History, group: str, window: Window) -> set[str]:
    """Whoever was present when a post was delivered."""
    return {
        stay.member
        for told in history.delivered
        if told.group == group and window.first <= history.day(told.at) <= window.last
        for stay in _stays(history, group)
        if stay.start <= told.at and (stay.end is None or stay.end > told.at)
    }


def _invitations(history: History, group: str, window: Window, done: list[Did]) -> tuple[set[str], set[str]]:
    came = [
        stay
        for stay in _stays(history, group)
        if stay.joined and stay.invited_by and window.first <= history.day(stay.start) <= window.last
    ]
    invited_by = {stay.invited_by for stay in came if stay.invited_by}
    return {stay.member for stay in came}, invited_by | _who(done, "invite")
