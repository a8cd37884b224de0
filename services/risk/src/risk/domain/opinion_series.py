"""What was said beside what is usual, ready to plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from risk.domain.opinion_counts import BUCKET, NO_COUNTS, Bucket, Counts
from risk.domain.opinion_detection import complaints_surprise, negatives_surprise, threshold
from risk.domain.opinion_policy import OpinionPolicy
from risk.domain.opinion_watch import Usual

_MOST_COMPLAINTS = 100_000


@dataclass(frozen=True, slots=True)
class Point:
    """A step of time. Thresholds are the least numbers that open an incident; None: none does here."""

    at: datetime
    seen: Counts
    usual: Counts
    negatives_threshold: int | None
    complaints_threshold: int | None


def points(
    buckets: Sequence[Bucket],
    usual: Usual,
    policy: OpinionPolicy,
    since: datetime,
    until: datetime,
    step: timedelta,
) -> list[Point]:
    """From `since`, the begin of a bucket, one each step."""
    counted = {bucket.at: bucket.counts for bucket in buckets}
    found, at = [], since
    while at < until:
        parts = [at + BUCKET * number for number in range(step // BUCKET)]
        found.append(_point([(counted.get(part, NO_COUNTS), part) for part in parts], usual, policy))
        at += step
    return found


def _point(parts: Sequence[tuple[Counts, datetime]], usual: Usual, policy: OpinionPolicy) -> Point:
    seen, expected, complaints = NO_COUNTS, NO_COUNTS, 0.0
    for counts, at in parts:
        it = usual.at(at)
        seen += counts
        shares = Counts(1, it.negative_share, it.complaint_share)
        expected += shares * it.messages
        complaints += it.complaint_share * max(counts.messages, it.messages)
    return Point(
        parts[0][1],
        seen,
        expected,
        _negatives_threshold(int(seen.messages), expected, policy),
        max(
            policy.minimum_complaints,
            threshold(
                partial(complaints_surprise, expected=complaints), policy.moderate_surprise, _MOST_COMPLAINTS
            )
            or 0,
        ),
    )


def _negatives_threshold(messages: int, expected: Counts, policy: OpinionPolicy) -> int | None:
    if messages < policy.minimum_messages or not expected.messages:
        return None
    share = expected.negatives / expected.messages
    surprise = partial(negatives_surprise, messages=messages, share=share)
    least = threshold(surprise, policy.moderate_surprise, messages)
    lifted = int(messages * (share + policy.minimum_lift_percent / 100)) + 1
    return None if least is None or max(least, lifted) > messages else max(least, lifted)
