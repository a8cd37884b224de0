"""The state table of a post, exhaustively, and its times."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from content.domain.content_type import ContentType
from content.domain.errors import WrongPostStatus
from content.domain.policy import ContentPolicy
from content.domain.post import TRANSITIONS, DeliveryOutcome, Post, PostStatus

DUE = datetime(2026, 11, 23, 2, tzinfo=UTC)
POLICY = ContentPolicy()
S = PostStatus


def post(status: PostStatus) -> Post:
    return Post(UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4), 1, ContentType.UGC, DUE, status)


@pytest.mark.parametrize(("status", "outcome"), list(product(PostStatus, DeliveryOutcome)))
def test_reports_follow_the_table(status: PostStatus, outcome: DeliveryOutcome) -> None:
    wanted = PostStatus(outcome.value)
    if wanted is status:
        assert post(status).report(outcome, DUE) == post(status)
    elif wanted in TRANSITIONS[status]:
        reported = post(status).report(outcome, DUE)
        assert reported.status is wanted
        assert (reported.delivered_at == DUE) == (wanted is S.DELIVERED)
    else:
        with pytest.raises(WrongPostStatus):
            post(status).report(outcome, DUE)


@pytest.mark.parametrize("status", [S.DELIVERED, S.QUOTA_FAILED, S.EXPIRED])
def test_an_end_is_an_end(status: PostStatus) -> None:
    assert TRANSITIONS[status] == frozenset()


@pytest.mark.parametrize(("late", "status"), [(0, S.ASSIGNED), (30, S.ASSIGNED), (31, S.EXPIRED)])
def test_within_its_grace_it_is_assigned_later_it_expires(late: int, status: PostStatus) -> None:
    assert post(S.APPROVED).hand_out(DUE + timedelta(minutes=late), POLICY).status is status


def test_a_confirmed_post_has_longer() -> None:
    half_an_hour = DUE + timedelta(minutes=30)
    assert post(S.ASSIGNED).expire(half_an_hour, POLICY).status is S.EXPIRED
    assert post(S.CONFIRMED).expire(half_an_hour, POLICY).status is S.CONFIRMED
    assert post(S.CONFIRMED).expire(DUE + timedelta(hours=2), POLICY).status is S.EXPIRED


@pytest.mark.parametrize("status", [status for status in S if status not in (S.PLANNED, S.APPROVED)])
def test_what_is_under_way_cannot_be_moved(status: PostStatus) -> None:
    with pytest.raises(WrongPostStatus):
        post(status).move(DUE + timedelta(days=1))
