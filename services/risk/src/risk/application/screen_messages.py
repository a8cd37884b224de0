"""Members' messages, as they come in: one decision each, then what follows from them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from risk.application.judge_texts import current_judge, judge_texts
from risk.application.keep_texts import keep_texts
from risk.application.persons import Persons, persons_of
from risk.application.ports import FollowUp, Place, Screeners, UnitOfWork
from risk.application.use_quotas import flexible_uses
from risk.domain.copies import CopyLimits, CopyRule, Posting, find_copies
from risk.domain.decision import Decided, Decision, Message, copied, exceeding, flooded
from risk.domain.flooding import Occurrence, find_floods
from risk.domain.policy import RiskPolicy
from risk.domain.screening import Screening
from risk.domain.verdict import ScreeningPurpose, Verdict


async def screen_messages(
    uow: UnitOfWork,
    screeners: Screeners,
    follow_ups: Sequence[FollowUp],
    messages: Sequence[Message],
    now: datetime,
) -> None:
    """Decide a batch. A message decided before is left alone, so the same batch may come any number of times.

    A message older than the policy's memory, as an import of history brings it, has no consequences.
    """
    policy = await uow.policies.current()
    judge = await current_judge(uow, screeners, policy, ScreeningPurpose.MESSAGE)
    screened = await judge_texts(judge, [message.text for message in messages])
    screenings = dict(zip((message.activity_id for message in messages), screened, strict=True))

    await uow.decisions.take_turn()
    undecided = await uow.decisions.undecided(screenings)
    fresh = [message for message in messages if message.activity_id in undecided]
    persons = await persons_of(uow, {message.member_id for message in fresh})
    floods = await _floods(uow, fresh, persons, policy)
    copies = await _copies(uow, fresh, persons, screenings, policy)
    uses = await flexible_uses(uow, fresh, persons)
    decided = []
    for message in fresh:
        opens = floods.get(message.activity_id)
        screening = screenings[message.activity_id]
        if (rule := copies.get(message.activity_id)) is not None:
            screening = copied(screening, message.text, rule)
        if opens is not None:
            screening = flooded(screening, message.text)
        if (use := uses.get(message.activity_id)) is not None and use.exceeds:
            screening = exceeding(screening, message.text, use.rule)
        decision = Decision(
            message.activity_id,
            message.member_id,
            message.group_id,
            message.occurred_at,
            now,
            screening,
            judge.screener.lexicon.version,
            policy.version,
            judge.model_version,
            use.rule if use else "",
        )
        opening = {opens, use.opens if use and use.exceeds else None} - {None}
        decided.append(Decided(message, decision, continues_flood=opening == {False}))
    await uow.decisions.add([it.decision for it in decided])
    await keep_texts(uow, decided, policy, now)

    remembered_since = now - policy.memory_of_messages
    recent = [it for it in decided if it.message.occurred_at > remembered_since]
    for follow_up in follow_ups:
        await follow_up(uow, recent, policy, now)


async def _floods(
    uow: UnitOfWork, fresh: Sequence[Message], persons: Persons, policy: RiskPolicy
) -> dict[UUID, bool]:
    """Flooding messages; the value says whether it is the one that opens the flood."""
    by_place: defaultdict[Place, list[Occurrence]] = defaultdict(list)
    for it in fresh:
        if it.group_id:
            place = persons.one(it.member_id), it.group_id
            by_place[place].append(Occurrence(it.activity_id, it.occurred_at))
    times = {
        (member_id, group_id): {it.occurred_at for it in said}
        for (person, group_id), said in by_place.items()
        for member_id in persons.ids(person)
    }
    around = await uow.decisions.around(times, policy.flood_messages, policy.flood_window)
    decided: defaultdict[Place, list[Occurrence]] = defaultdict(list)
    for (member_id, group_id), said in around.items():
        decided[persons.one(member_id), group_id] += said
    return {
        flood.activity_id: flood.opens
        for place, occurrences in by_place.items()
        if len(occurrences) + len(earlier := decided.get(place, ())) > policy.flood_messages
        for flood in find_floods(earlier, occurrences, policy.flood_messages, policy.flood_window)
    }


async def _copies(
    uow: UnitOfWork,
    fresh: Sequence[Message],
    persons: Persons,
    screenings: Mapping[UUID, Screening],
    policy: RiskPolicy,
) -> dict[UUID, CopyRule]:
    """Messages that say the same as others did; what many members say is risky only if it is doubtful."""
    by_text: defaultdict[int, list[Posting]] = defaultdict(list)
    for it in fresh:
        fingerprint = screenings[it.activity_id].fingerprint
        if fingerprint is not None and it.group_id is not None:
            posting = Posting(it.activity_id, persons.one(it.member_id), it.group_id, it.occurred_at)
            by_text[fingerprint].append(posting)
    limits = CopyLimits(policy.copy_groups, policy.copy_members, policy.copy_window)
    doubtful = {
        fingerprint
        for fingerprint, said in by_text.items()
        if any(screenings[it.activity_id].verdict is not Verdict.ALLOW for it in said)
    }
    decided = await _said_before(uow, by_text, persons, doubtful, limits)
    least = min(limits.groups, limits.members)
    return {
        activity_id: rule
        for fingerprint, postings in by_text.items()
        if len(postings) + len(earlier := decided.get(fingerprint, ())) >= least
        for activity_id, rule in find_copies(earlier, postings, limits).items()
        if rule is CopyRule.ACROSS_GROUPS or screenings[activity_id].verdict is not Verdict.ALLOW
    }


async def _said_before(
    uow: UnitOfWork,
    by_text: Mapping[int, Sequence[Posting]],
    persons: Persons,
    doubtful: Collection[int],
    limits: CopyLimits,
) -> Mapping[int, Collection[Posting]]:
    """The same texts, by the persons who said them: enough of these, however many ids they have."""
    by_id = {
        text: [replace(it, member_id=one) for it in said for one in persons.ids(it.member_id)]
        for text, said in by_text.items()
    }
    asked = limits
    while True:
        found = await uow.decisions.same_texts(by_id, doubtful, asked)
        members = {text: {it.member_id for it in said} for text, said in found.items()}
        persons = await persons_of(uow, frozenset().union(*members.values()), persons)
        aliases = [len(ids) - len({persons.one(it) for it in ids}) for ids in members.values()]
        enough = limits.members + max(aliases, default=0)
        if enough <= asked.members:
            return {
                text: [replace(it, member_id=persons.one(it.member_id)) for it in said]
                for text, said in found.items()
            }
        asked = replace(limits, members=enough)
