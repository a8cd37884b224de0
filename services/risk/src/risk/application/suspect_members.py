"""Members seen in groups: who has a name of the staff, or is to be kept out, becomes a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import derived_id
from risk.application.fraud_ports import FraudWording, NameBooks
from risk.application.open_cases import Opening, open_cases
from risk.application.persons import persons_of
from risk.application.ports import UnitOfWork
from risk.domain.case import Case, CaseKind, Evidence
from risk.domain.fraud_events import ImitationSuspected
from risk.domain.imitation import Imitation, StaffName
from risk.domain.masking import masked
from risk.domain.normal_form import Normaliser
from risk.domain.verdict import RiskCategory, Verdict


@dataclass(frozen=True, slots=True)
class Sighting:
    """A member in a group at a time, under a name; empty: not told."""

    member_id: UUID
    group_id: UUID
    name: str
    at: datetime


async def suspect_members(
    uow: UnitOfWork,
    books: NameBooks,
    normaliser: Normaliser,
    wording: FraudWording,
    sightings: Sequence[Sighting],
    now: datetime,
) -> None:
    """Of a member and name there is one case, of a blocked member one in each group. Other names go.

    History, as an import brings it, has no consequences.
    """
    since = now - (await uow.policies.current()).memory_of_messages
    sightings = [it for it in sightings if it.at > since]
    await _suspect_names(uow, books, normaliser, wording, sightings, now)
    await _report_blocked(uow, wording, sightings, now)


async def _suspect_names(
    uow: UnitOfWork,
    books: NameBooks,
    normaliser: Normaliser,
    wording: FraudWording,
    sightings: Sequence[Sighting],
    now: datetime,
) -> None:
    named = {(it.member_id, it.name): it for it in reversed(sightings) if it.name}
    staff = [it for it in await uow.staff.all() if it.is_active] if named else []
    if not staff:
        return
    book = books.of(tuple(StaffName(it.id, name) for it in staff for name in it.names))
    themselves = {derived_id(uow.tenant_id, "member", it.userid) for it in staff}
    imitations = {name: book.imitated(name) for name in {name for _, name in named}}
    suspected: dict[UUID, tuple[Sighting, Imitation]] = {}
    openings = []
    for (member_id, name), sighting in named.items():
        imitation = imitations[name]
        if imitation is None or member_id in themselves:
            continue
        subject_id = derived_id(uow.tenant_id, "imitation", f"{member_id}/{name}")
        suspected[subject_id] = sighting, imitation
        evidence = Evidence(masked(name, normaliser), imitation.likeness.verdict)
        openings.append(_opening(subject_id, sighting, evidence, wording.imitation(imitation)))
    for case in await _open(uow, openings, now):
        sighting, imitation = suspected[case.subject_id]
        suspicion = ImitationSuspected(
            case.id, sighting.member_id, sighting.group_id, imitation.of.staff_id, imitation.likeness
        )
        await uow.publish(suspicion, at=now)


async def _report_blocked(
    uow: UnitOfWork, wording: FraudWording, sightings: Sequence[Sighting], now: datetime
) -> None:
    persons = await persons_of(uow, {it.member_id for it in sightings})
    in_force = sorted((await uow.blocklist.among(persons.all, now)).values(), key=lambda it: it.blocked_at)
    blocks = {persons.one(block.member_id): block for block in in_force}
    seen = {(it.member_id, it.group_id): it for it in sightings if persons.one(it.member_id) in blocks}
    openings = []
    for (member_id, group_id), sighting in seen.items():
        block = blocks[persons.one(member_id)]
        reference = f"{member_id}/{group_id}/{block.blocked_at.isoformat()}"
        subject_id = derived_id(uow.tenant_id, "blocked-member", reference)
        evidence = Evidence("", Verdict.BLOCK)
        openings.append(_opening(subject_id, sighting, evidence, wording.blocked(block)))
    await _open(uow, openings, now)


async def _open(uow: UnitOfWork, openings: Sequence[Opening], now: datetime) -> Sequence[Case]:
    """In the turn of the tenant: cases are ranked by strikes, which are counts."""
    if openings:
        await uow.decisions.take_turn()
    return await open_cases(uow, openings, now)


def _opening(subject_id: UUID, sighting: Sighting, evidence: Evidence, why: str) -> Opening:
    return Opening(
        kind=CaseKind.FRAUD_SUSPICION,
        subject_id=subject_id,
        group_id=sighting.group_id,
        member_id=sighting.member_id,
        category=RiskCategory.FRAUD,
        evidence=evidence,
        why=why,
    )
