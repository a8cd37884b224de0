"""Screening reads the few earlier messages that decide, and decides as if it had read them all."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.tenants import register
from risk.application.ports import Transactions, UnitOfWork
from risk.application.screen_messages import screen_messages
from risk.domain.copies import CopyLimits, CopyRule, Posting, find_copies
from risk.domain.decision import Decision, Message, flooded
from risk.domain.flooding import Flood, Occurrence, find_floods
from risk.domain.policy import RiskPolicy
from risk.domain.screening import Screening
from risk.domain.verdict import Verdict

from ..samples import NOW
from ..unit.fakes import FakeTransactions
from .conftest import SCREENERS

BEGIN, SECOND, MINUTE = NOW - timedelta(minutes=30), timedelta(seconds=1), timedelta(minutes=1)
TEXT, LIMITS = 7, CopyLimits(groups=3, members=3, window=MINUTE)
DOUBTFUL, INNOCENT, GREETING = "想做兼职的都来找我了解一下", "今天的面膜真的很好用推荐给大家", "大家新年快乐"


def posting(member: int, group: int, second: float) -> Posting:
    return Posting(new_id(), UUID(int=member), UUID(int=group), BEGIN + SECOND * second)


def decision(said: Posting, floods: bool = False, text: int = TEXT) -> Decision:
    screening = Screening(Verdict.ALLOW, (), fingerprint=text)
    place = said.member_id, said.group_id
    return Decision(
        said.activity_id,
        *place,
        said.occurred_at,
        NOW,
        flooded(screening, DOUBTFUL) if floods else screening,
        lexicon_version=1,
        policy_version=0,
    )


async def copies_of(
    uow: UnitOfWork, fresh: Sequence[Posting], limits: CopyLimits = LIMITS, text: int = TEXT
) -> dict[UUID, CopyRule]:
    earlier = await uow.decisions.same_texts({text: fresh}, {text}, limits)
    return dict(find_copies(earlier.get(text, ()), fresh, limits))


async def floods_of(
    uow: UnitOfWork, fresh: Sequence[Posting], most: int, window: timedelta
) -> list[Sequence[Flood]]:
    new: dict[tuple[UUID, UUID], list[Occurrence]] = {}
    for it in fresh:
        new.setdefault((it.member_id, it.group_id), []).append(Occurrence(it.activity_id, it.occurred_at))
    times = {place: {it.occurred_at for it in occurrences} for place, occurrences in new.items()}
    earlier = await uow.decisions.around(times, most, window)
    return [find_floods(earlier.get(place, ()), it, most, window) for place, it in new.items()]


@pytest.mark.parametrize("swapped", [False, True])
async def test_the_window_of_a_later_message_begins_within_that_of_an_earlier_one(
    sql_transactions: Transactions, tenant_id: UUID, swapped: bool
) -> None:
    """Those that are enough for the first message are over for the second one."""

    def said(place: int, second: float) -> Posting:
        return posting(place, 1, second) if swapped else posting(1, place, second)

    earlier = [said(place, place) for place in range(1, 6)]
    # In one slot, in the opposite order of time and of ids, and by one again and again.
    earlier += [said(20 - number, 50 + number) for number in range(5)]
    earlier += [said(20, 50 + number / 10) for number in range(50)]
    fresh = [said(20, 60), said(20, 112.5)]
    async with sql_transactions(tenant_id) as uow:
        await uow.decisions.add([decision(it) for it in earlier])
        found = await copies_of(uow, fresh)
    assert found == find_copies(earlier, fresh, LIMITS)
    assert len(found) == 2


@pytest.mark.parametrize("seed", range(4))
async def test_as_from_everything(sql_transactions: Transactions, tenant_id: UUID, seed: int) -> None:
    """One text by some members in some groups, in no order of time: floods and copies among the new ones."""
    everything = FakeTransactions()
    for text in range(30):
        chance = Random(f"{seed} {text}")
        members, groups = (chance.choice((1, 2, 8, 30)) for _ in range(2))
        decided, new = chance.choice((5, 30, 200)), chance.choice((1, 2, 2, 3, 20))
        seconds = chance.choice((15, 60, 200, 600))
        said = [
            # Members of their own, and often the same instant.
            posting(
                1_000 * text + chance.randrange(members),
                1 + chance.randrange(groups),
                chance.randrange(seconds) * chance.choice((0.3, 1)),
            )
            for _ in range(decided + new)
        ]
        decisions = [decision(it, chance.random() < 0.1, text) for it in said[:decided]]
        limits = CopyLimits(chance.randint(2, 6), chance.randint(2, 6), MINUTE)
        most, window = chance.randint(2, 6), SECOND * chance.choice((1, 10, 60))
        found = []
        for within in (everything, sql_transactions):
            async with within(tenant_id) as uow:
                await uow.decisions.add(decisions)
                copies = await copies_of(uow, said[decided:], limits, text)
                found.append((copies, await floods_of(uow, said[decided:], most, window)))
        assert found[0] == found[1], text


def history(chance: Random) -> Iterator[list[Message]]:
    """Batches in which members repeat themselves and each other, some late and some at the same instant."""
    members, groups = ([new_id() for _ in range(chance.randint(1, 7))] for _ in range(2))
    step, at = SECOND * chance.choice((1, 2.3, 5, 10)), BEGIN
    for _ in range(chance.randint(5, 15)):
        at += step * chance.randint(0, 8)
        late = chance.choice((0, 0, 0, 5, 20))
        yield [
            Message(
                new_id(),
                chance.choice(members),
                chance.choice(groups),
                chance.choice((DOUBTFUL, DOUBTFUL, DOUBTFUL, INNOCENT, GREETING)),
                at + step * (chance.randint(0, 12) - late),
            )
            for _ in range(chance.choice((1, 2, 4, 12)))
        ]


async def decided(
    within: Transactions, tenant_id: UUID, policy: RiskPolicy, batches: Sequence[Sequence[Message]]
) -> dict[UUID, Decision]:
    async with within(tenant_id) as uow:
        await uow.policies.add(policy, NOW)
    for batch in batches:
        async with within(tenant_id) as uow:
            await screen_messages(uow, SCREENERS, [], batch, NOW)
    ids = [it.activity_id for batch in batches for it in batch]
    async with within(tenant_id) as uow:
        return {it.activity_id: it for it in await uow.decisions.many(ids)}


@pytest.mark.parametrize("seed", range(8))
async def test_decisions_are_as_if_everything_had_been_read(
    sql_transactions: Transactions, database: Database, tenant_id: UUID, seed: int
) -> None:
    """Batch after batch, quotas of greetings among them."""
    await register(database, tenant_id)
    chance = Random(seed)
    policy = RiskPolicy(
        version=1,
        flood_messages=chance.randint(2, 6),
        flood_window_seconds=chance.choice((5, 20, 60)),
        copy_groups=chance.randint(2, 5),
        copy_members=chance.randint(2, 5),
        copy_window_minutes=1,
    )
    batches = list(history(chance))
    expected = await decided(FakeTransactions(), tenant_id, policy, batches)
    assert await decided(sql_transactions, tenant_id, policy, batches) == expected
