"""A generated plan keeps every rule of the group's day, and shows what it could not place."""

from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from content.domain.budget import month_of
from content.domain.content_type import ContentType
from content.domain.plan import Candidate, GapReason, GroupCalendar, Plan, PlanRequest, generate_plan
from content.domain.policy import ContentPolicy
from content.domain.post import Post

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
GROUP = UUID(int=1)
POLICY = ContentPolicy()


def candidates(per_type: int) -> list[Candidate]:
    numbers = count(100)
    return [Candidate(UUID(int=next(numbers)), 1, kind) for kind in ContentType for _ in range(per_type)]


def calendar(contacts: int = 31, days: int = 31) -> GroupCalendar:
    months = {month_of(GROUP, MONDAY + timedelta(days=offset)) for offset in range(days)}
    return GroupCalendar(GROUP, contacts_left=dict.fromkeys(months, contacts))


def week(
    per_day: int, items: list[Candidate], group: GroupCalendar, now: datetime = NOW
) -> tuple[Plan, list[Post]]:
    ids = count(1000)
    request = PlanRequest(UUID(int=2), MONDAY, 7, per_day, SHANGHAI)
    return generate_plan(request, POLICY, items, [group], lambda: UUID(int=next(ids)), now)


def test_a_week_meets_mix_and_slots() -> None:
    plan, posts = week(3, candidates(per_type=10), calendar())
    assert len(posts) == 21
    assert plan.gaps == ()
    assert [entry.posts for entry in plan.mix] == [7, 5, 4, 3, 2]
    for post in posts:
        local = post.due_at.astimezone(SHANGHAI)
        rule = POLICY.types[post.type]
        assert rule.slot_start_minute <= local.hour * 60 + local.minute < rule.slot_end_minute


@given(st.integers(1, 10), st.integers(0, 12), st.integers(0, 40))
def test_whatever_is_asked_the_rules_hold(per_day: int, per_type: int, contacts: int) -> None:
    plan, posts = week(per_day, candidates(per_type), calendar(contacts))
    assert len(posts) + len(plan.gaps) == 7 * per_day, "every post asked for is planned or explained"
    assert len(posts) <= contacts
    days = [post.due_at.astimezone(SHANGHAI).date() for post in posts]
    assert all(days.count(day) <= POLICY.daily_cap for day in set(days))
    times = sorted(post.due_at for post in posts)
    assert all(later - earlier >= timedelta(minutes=30) for earlier, later in pairwise(times))
    assert len({post.item_id for post in posts}) == len(posts), "14 days without repetition, in 7 days"


def test_an_item_used_ten_days_ago_is_left_out() -> None:
    items = candidates(per_type=7)
    used = calendar()
    used.item_days = {item.item_id: [MONDAY - timedelta(days=10)] for item in items}
    plan, posts = week(1, items, used)
    assert [post.due_at.astimezone(SHANGHAI).date() for post in posts] == [
        MONDAY + timedelta(days=offset) for offset in (4, 5, 6)
    ]
    assert {gap.reason for gap in plan.gaps} == {GapReason.NO_ITEM_LEFT}


def test_exhausted_budget_is_a_gap_when_planning() -> None:
    plan, posts = week(3, candidates(10), calendar(contacts=5))
    assert len(posts) == 5
    assert {gap.reason for gap in plan.gaps} == {GapReason.CONTACT_BUDGET_EXHAUSTED}


def test_times_gone_by_are_gaps() -> None:
    after_monday = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    plan, _ = week(3, candidates(10), calendar(), after_monday)
    assert [gap.day for gap in plan.gaps] == [MONDAY] * 3
    assert {gap.reason for gap in plan.gaps} == {GapReason.IN_THE_PAST}
