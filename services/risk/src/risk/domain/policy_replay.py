"""Messages of the last days decided again, by another policy: what would have been different."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from risk.domain.copies import CopyLimits, CopyRule, Posting, find_copies
from risk.domain.decision import FLOOD
from risk.domain.flooding import Occurrence, find_floods
from risk.domain.judgement import by_probability
from risk.domain.lexicon import Lexicon
from risk.domain.past_message import PastMessage, turns
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
    """`past`: in the order they were decided. Those written by `since` are only what others follow.

    Words, patterns and the probability are as they were found; own words of `lexicon` are firm.
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
    limit, window = policy.flood_messages, policy.flood_window
    return {
        flood.activity_id
        for said in by_place.values()
        if len(said) > limit
        for decided, fresh in turns(said, window)
        for flood in find_floods(map(_occurrence, decided), map(_occurrence, fresh), limit, window)
    }


def _occurrence(message: PastMessage) -> Occurrence:
    return Occurrence(message.activity_id, message.occurred_at)


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
        for decided, fresh in turns(said, limits.window)
        for activity_id, rule in find_copies(_postings(decided), _postings(fresh), limits).items()
        if rule is CopyRule.ACROSS_GROUPS or verdicts[activity_id] is not Verdict.ALLOW
    }


def _postings(said: Sequence[PastMessage]) -> list[Posting]:
    return [
        Posting(it.activity_id, it.member_id, it.group_id, it.occurred_at)
        for it in said
        if it.group_id is not None
    ]
