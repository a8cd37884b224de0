"""Messages of the last days decided again, by another policy: what would have been different."""

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from risk.domain.copies import CopyLimits, CopyRule, Posting, find_copies
from risk.domain.decision import FLOOD
from risk.domain.judgement import by_probability
from risk.domain.lexicon import Lexicon
from risk.domain.past_message import PastMessage
from risk.domain.policy import RiskPolicy
from risk.domain.replay import OF_BEHAVIOUR, Replay, Sample, found_in_text
from risk.domain.rules import is_excess
from risk.domain.verdict import Verdict


@dataclass(slots=True)
class PolicyReplay(Replay):
    """`before` and `after` count messages by the rule that was found in their member's behaviour."""

    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)


def replay_policy(
    past: Sequence[PastMessage], policy: RiskPolicy, lexicon: Lexicon, since: datetime
) -> PolicyReplay:
    """`past`: in the order they were decided, those of a batch in that of time.

    What was written by `since` is only what others follow. Words, patterns and the probability are as they
    were found; own words of `lexicon` are firm.
    """
    verdicts = {
        it.activity_id: by_probability(found_in_text(it.findings), it.probability, policy.thresholds, lexicon)
        for it in past
    }
    floods = _floods(past, policy)
    copies = _copies(past, verdicts, policy)
    result = PolicyReplay()
    for it in reversed(past):
        if it.occurred_at <= since:
            continue
        behaviour = [finding.rule for finding in it.findings if is_excess(finding)]
        after = Verdict.BLOCK if behaviour else verdicts[it.activity_id]
        if (copy := copies.get(it.activity_id)) is not None:
            behaviour.append(copy.value)
            after = Verdict.REVIEW if after is Verdict.ALLOW else Verdict.BLOCK
        if it.activity_id in floods:
            behaviour.append(FLOOD)
            after = Verdict.BLOCK
        result.before.update(finding.rule for finding in it.findings if finding.detector in OF_BEHAVIOUR)
        result.after.update(behaviour)
        result.add(Sample(it.activity_id, it.text or "", it.verdict, after))
    return result


def _floods(past: Sequence[PastMessage], policy: RiskPolicy) -> set[UUID]:
    by_place: defaultdict[tuple[UUID, UUID], list[PastMessage]] = defaultdict(list)
    for it in past:
        if it.group_id is not None:
            by_place[it.member_id, it.group_id].append(it)
    return set().union(*(_flooding(said, policy) for said in by_place.values()))


def _flooding(said: Sequence[PastMessage], policy: RiskPolicy) -> set[UUID]:
    """Of one place, what `find_floods` finds in one batch after another: messages that enough went before."""
    limit, window = policy.flood_messages, policy.flood_window
    floods, times = set(), list[datetime]()
    for it in said:
        at = it.occurred_at
        if bisect_right(times, at) - bisect_right(times, at - window) >= limit:
            floods.add(it.activity_id)
        insort(times, at)
    return floods


def _copies(
    past: Sequence[PastMessage], verdicts: Mapping[UUID, Verdict], policy: RiskPolicy
) -> Mapping[UUID, CopyRule]:
    by_text: defaultdict[int, list[PastMessage]] = defaultdict(list)
    for it in past:
        if it.fingerprint is not None and it.group_id is not None:
            by_text[it.fingerprint].append(it)
    limits = CopyLimits(policy.copy_groups, policy.copy_members, policy.copy_window)
    return {
        activity_id: rule
        for said in by_text.values()
        if len(said) >= min(limits.groups, limits.members)
        for decided, fresh in _turns(said, limits.window)
        for activity_id, rule in find_copies(_postings(decided), _postings(fresh), limits).items()
        if rule is CopyRule.ACROSS_GROUPS or verdicts[activity_id] is not Verdict.ALLOW
    }


def _postings(said: Sequence[PastMessage]) -> list[Posting]:
    return [
        Posting(it.activity_id, it.member_id, it.group_id, it.occurred_at)
        for it in said
        if it.group_id is not None
    ]


_Turn = tuple[Sequence[PastMessage], Sequence[PastMessage]]
"""Messages decided before, and those that are judged by them and by each other."""


def _turns(said: Sequence[PastMessage], window: timedelta) -> Iterator[_Turn]:
    """`said`: in the order they were decided. Left out is what is a window older than all it could matter to.

    Batches that came in the order of time are one turn: judged together, they are judged the same.
    """
    seen: list[PastMessage] = []
    for fresh in _in_order_of_time(said):
        times = [it.occurred_at for it in fresh]
        since, until = min(times) - window, max(times)
        yield [it for it in seen if since < it.occurred_at <= until], fresh
        seen += fresh


def _in_order_of_time(said: Sequence[PastMessage]) -> Iterator[Sequence[PastMessage]]:
    portion: list[PastMessage] = []
    newest = None
    for _, batch in groupby(said, key=attrgetter("decided_at")):
        messages = list(batch)
        times = [it.occurred_at for it in messages]
        if newest is not None and min(times) <= newest:
            yield portion
            portion, newest = [], None
        portion += messages
        newest = max(times) if newest is None else max(newest, *times)
    if portion:
        yield portion
