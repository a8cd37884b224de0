"""Tiers and RFM by the default policy, straight from the handbook."""

from __future__ import annotations

from datetime import datetime, timedelta

from .history import INTERACTIONS, History

VIP_SPEND = 500_000
CUTS = {
    "recency": (180, 90, 60, 30),
    "frequency": (2, 3, 5, 10),
    "monetary": (20_000, 50_000, 100_000, 300_000),
}


def tier(history: History, member: str, now: datetime) -> str:
    """First match wins: VIP, Active, Prospect, Dormant; what is left is Regular."""

    def since(days: int) -> datetime:
        return now - timedelta(days=days)

    orders = history.orders_of(member)
    spent = sum(order.net for order in orders if order.paid_at > since(30))
    interactions = [did.at for did in history.of(member) if did.kind in INTERACTIONS]
    in_a_week = [at for at in interactions if at > since(7)]
    in_a_month = [at for at in interactions if at > since(30)]
    if spent >= VIP_SPEND:
        return "VIP"
    if len(in_a_week) >= 3:
        return "ACTIVE"
    if not orders and (_joined(history, member) > since(30) or in_a_month):
        return "PROSPECT"
    if not in_a_month:
        return "DORMANT"
    return "REGULAR"


def _joined(history: History, member: str) -> datetime:
    """The latest coming into a group; for those in none, when they were first heard of."""
    starts = [stay.start for stay in history.stays_of(member)]
    return max(starts) if starts else min(did.at for did in history.of(member))


def rfm(history: History, member: str, now: datetime, window_days: int = 365) -> tuple[int, int, int]:
    """Scores 1 to 5: one more for each cut point reached."""
    since = now - timedelta(days=window_days)
    orders = [order for order in history.orders_of(member) if since < order.paid_at <= now]
    if not orders:
        return 1, 1, 1
    days = (now - max(order.paid_at for order in orders)).days
    return (
        1 + sum(days <= cut for cut in CUTS["recency"]),
        1 + sum(len(orders) >= cut for cut in CUTS["frequency"]),
        1 + sum(sum(order.net for order in orders) >= cut for cut in CUTS["monetary"]),
    )
