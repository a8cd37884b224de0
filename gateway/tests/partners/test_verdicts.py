"""When a delivery is attempted again, and when no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.webhooks.attempt import Answer
from gateway.webhooks.verdict import MAX_ATTEMPTS, Kind, judge, retry_after

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_ten_attempts_take_about_three_days() -> None:
    for chance in (0.0, 0.5, 0.999):
        attempts, now = 0, NOW
        while (verdict := judge(Answer(1, 500), attempts, NOW, now, chance)).due_at:
            assert verdict.due_at > now
            attempts, now = verdict.attempts, verdict.due_at
        assert verdict.attempts == MAX_ATTEMPTS == 10
        assert timedelta(days=2.7) < now - NOW < timedelta(days=3.6)


@pytest.mark.parametrize("code", [200, 201, 204, 299])
def test_every_2xx_is_accepted(code: int) -> None:
    assert judge(Answer(1, code), 3, NOW, NOW, 0.5).kind is Kind.DELIVERED


@pytest.mark.parametrize("code", [None, 301, 307, 400, 401, 404, 429, 500, 503])
def test_everything_else_is_tried_again(code: int | None) -> None:
    verdict = judge(Answer(1, code), 0, NOW, NOW, 0.5)
    assert (verdict.kind, verdict.attempts, verdict.due_at) == (Kind.FAILED, 1, NOW + timedelta(seconds=5))


def test_gone_is_final() -> None:
    verdict = judge(Answer(1, 410), 0, NOW, NOW, 0.5)
    assert (verdict.kind, verdict.due_at) == (Kind.GONE, None)


@pytest.mark.parametrize("code", [429, 503])
def test_a_busy_endpoint_says_when_and_no_attempt_is_lost(code: int) -> None:
    verdict = judge(Answer(1, code, retry_after="120"), 4, NOW, NOW, 0.5)
    assert (verdict.kind, verdict.attempts) == (Kind.PUT_OFF, 4)
    assert verdict.due_at == NOW + timedelta(seconds=120)


def test_it_cannot_put_off_for_ever() -> None:
    late = NOW + timedelta(days=3)
    assert judge(Answer(1, 429, retry_after="120"), 4, NOW, late, 0.5).kind is Kind.FAILED


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30), ("0", 1), ("99999999", 86_400), ("Sun, 22 Nov 2026 00:01:00 GMT", 60),
        ("Sat, 21 Nov 2026 00:00:00 GMT", 1), ("soon", None), ("", None), (None, None), ("-5", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_within_bounds(value: str | None, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(value, NOW) == expected
