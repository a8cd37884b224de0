"""Record what members agree to, and what they take back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import derived_id
from segmentation.application.announce_consents import announce_consents
from segmentation.application.ports import UnitOfWork
from segmentation.application.refresh_segments import refresh_segments
from segmentation.domain.consents import ConsentRecord, ConsentRejection, ConsentRow, Said
from segmentation.domain.errors import ConsentRefused
from segmentation.domain.timeline import Happening, TimelineKind


@dataclass(frozen=True, slots=True)
class RecordConsents:
    rows: Sequence[ConsentRow]
    recorded_by: str


async def record_consents(
    uow: UnitOfWork, command: RecordConsents, now: datetime
) -> Sequence[ConsentRejection]:
    """What is wrong with one row does not refuse the others; a row known already changes nothing."""
    said, rejections = await _read(uow, command.rows, now)
    tenant_id = (await uow.tenant()).id
    origin_ids = {
        index: derived_id(tenant_id, "member", command.rows[index].member_reference) for index in said
    }
    members = await _members(uow, set(origin_ids.values()))
    records: dict[int, ConsentRecord] = {}
    for index, (occurred_at, state) in said.items():
        row, origin_id = command.rows[index], origin_ids[index]
        try:
            member_id = members.going_on(origin_id, row.member_reference, occurred_at)
        except ConsentRefused as refused:
            rejections.append(ConsentRejection(index, refused))
            continue
        records[index] = ConsentRecord(
            id=derived_id(tenant_id, "consent", f"{row.source}:{row.source_id}"),
            member_id=member_id,
            purpose=row.purpose,
            state=state,
            source=row.source,
            source_id=row.source_id,
            channel=row.channel,
            notice_version=row.notice_version,
            evidence=row.evidence,
            occurred_at=occurred_at,
            recorded_at=now,
            recorded_by=command.recorded_by,
            origin_id=origin_id if origin_id != member_id else None,
        )
    rejections += await _keep(uow, records, now)
    return sorted(rejections, key=lambda it: it.index)


@dataclass(frozen=True, slots=True)
class _Members:
    """Who goes on for whom, who was erased, and who there is."""

    successors: Mapping[UUID, UUID]
    erased: Mapping[str, datetime]
    held: Collection[UUID]

    def going_on(self, origin_id: UUID, reference: str, occurred_at: datetime) -> UUID:
        """Raises ConsentRefused."""
        erased_at = self.erased.get(str(origin_id))
        if erased_at and occurred_at <= erased_at:
            message = "the member was erased since; nothing from before is recorded"
            raise ConsentRefused("MEMBER_ERASED", "member_reference", message)
        member_id = self.successors.get(origin_id, origin_id)
        if member_id not in self.held:
            message = f"there is no member {reference!r}; send what the member did first"
            raise ConsentRefused("UNKNOWN_MEMBER", "member_reference", message)
        return member_id


async def _read(
    uow: UnitOfWork, rows: Sequence[ConsentRow], now: datetime
) -> tuple[dict[int, Said], list[ConsentRejection]]:
    policy = await uow.consent_policies.in_force()
    former = await uow.consent_policies.former_purposes()
    said: dict[int, Said] = {}
    rejections: list[ConsentRejection] = []
    for index, row in enumerate(rows):
        try:
            said[index] = row.said(policy, former, now)
        except ConsentRefused as refused:
            rejections.append(ConsentRejection(index, refused))
    return said, rejections


async def _members(uow: UnitOfWork, origin_ids: Collection[UUID]) -> _Members:
    """Held, so that two batches cannot miss one another."""
    await uow.identities.hold()
    successors = await uow.identities.successors(list(origin_ids))
    erased = await uow.erased.among({str(it) for it in origin_ids})
    held = await uow.consents.hold_members({successors.get(it, it) for it in origin_ids})
    return _Members(successors, erased, held)


async def _keep(
    uow: UnitOfWork, records: Mapping[int, ConsentRecord], now: datetime
) -> list[ConsentRejection]:
    member_ids = {it.member_id for it in records.values()}
    before = await uow.consents.holding(member_ids)
    fresh = await uow.consents.add(list(records.values()))
    known = await uow.consents.by_ids({it.id for it in records.values()})
    await uow.timeline.add([_happening(known[consent_id]) for consent_id in fresh])
    changed = await announce_consents(uow, before, member_ids, now)
    await refresh_segments(uow, sorted({it.member_id for it in changed}), now)
    taken = ConsentRefused(
        "SOURCE_ID_TAKEN", "source_id", "this id stands for another consent; take a new one"
    )
    return [
        ConsentRejection(index, taken)
        for index, record in records.items()
        if not record.says_the_same(known[record.id])
    ]


def _happening(record: ConsentRecord) -> Happening:
    return Happening(
        id=record.id,
        member_id=record.origin_id or record.member_id,
        kind=TimelineKind.CONSENT,
        occurred_at=record.occurred_at,
        subject=record.purpose,
        state=record.state.name,
    )
