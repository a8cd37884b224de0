"""Histories that hypothesis makes: few people, many coincidences at the edges of days and windows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from .history import INTERACTIONS, Agreed, Delivered, Did, History

EXAMPLES = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NOW = datetime(2024, 4, 2, 3, 30, tzinfo=UTC)
ZONES = ("Asia/Shanghai", "America/New_York", "Pacific/Apia", "Europe/London")
MEMBERS = ("an", "bo", "chen", "ding", "e")
GROUPS = ("tea", "wine")
PURPOSES = ("marketing", "profiling")
# Leap day, the changes of the clock in New York and in London, and today.
EDGES = [
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2024, 3, 10),
    date(2024, 3, 31),
    NOW.date(),
]
WINDOWS = (1, 7, 30)
_INSTANT = timedelta(microseconds=1)


@st.composite
def _moments(draw: st.DrawFn, zone: ZoneInfo) -> datetime:
    """Never after NOW: at midnight, at the edge of a rolling window, or at any hour of the last 70 days."""
    nudge = draw(st.sampled_from((-_INSTANT, timedelta(), _INSTANT)))
    match draw(st.sampled_from(("midnight", "window", "hour"))):
        case "midnight":
            at = datetime.combine(draw(st.sampled_from(EDGES)), time(), zone).astimezone(UTC)
        case "window":
            at = NOW - timedelta(days=draw(st.sampled_from(WINDOWS)))
        case _:
            at = NOW - timedelta(hours=draw(st.integers(0, 70 * 24)))
    return min(at + nudge, NOW)


@st.composite
def histories(draw: st.DrawFn) -> tuple[History, list[Did]]:
    """A history, and the same activities as they arrive: out of order, some of them twice."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    done: list[Did] = []
    for number in range(draw(st.integers(1, 30))):
        member, at = draw(st.sampled_from(MEMBERS)), draw(_moments(zone))
        kind = draw(st.sampled_from(("joined", "left", "invite", "order", *INTERACTIONS)))
        group = draw(st.sampled_from(GROUPS))
        if kind == "order":
            done += _order(draw, f"{number}", member, group, at, zone)
        else:
            inviter = draw(st.sampled_from((None, *MEMBERS))) if kind == "joined" else None
            done.append(Did(f"d{number}", kind, member, at, group, invited_by=inviter))
    delivered = [
        Delivered(f"p{number}", draw(st.sampled_from(GROUPS)), draw(_moments(zone)))
        for number in range(draw(st.integers(0, 4)))
    ]
    arriving = draw(st.permutations(done + draw(st.lists(st.sampled_from(done), max_size=5))))
    return History(done, delivered, zone), arriving


@st.composite
def agreements(draw: st.DrawFn, history: History) -> list[Agreed]:
    """In any order, of few members, many of them at the same moment."""
    told = st.tuples(
        st.sampled_from(history.members[:2]),
        st.sampled_from(PURPOSES),
        st.booleans(),
        st.sampled_from([NOW - timedelta(days=days) for days in range(3)]),
    )
    return [Agreed(f"{number}", *one) for number, one in enumerate(draw(st.lists(told, max_size=12)))]


def _order(draw: st.DrawFn, number: str, member: str, group: str, at: datetime, zone: ZoneInfo) -> list[Did]:
    """Paid, and perhaps refunded in part, in full, twice; some refunds are never preceded by a payment."""
    amount = draw(st.sampled_from((0, 1, 19_999, 20_000, 250_000, 499_999, 500_000)))
    where = draw(st.sampled_from((None, group)))
    done = [Did(f"o{number}", "order_paid", member, at, where, order=number, amount=amount)]
    for refund in range(draw(st.integers(0, 2))):
        back = draw(st.sampled_from((1, amount // 2, amount)))
        refunded = Did(
            f"r{number}-{refund}", "order_refunded", member, draw(_moments(zone)), where, number, back
        )
        done.append(refunded)
    return done[draw(st.sampled_from((0, 0, 0, 1))) :] or done
