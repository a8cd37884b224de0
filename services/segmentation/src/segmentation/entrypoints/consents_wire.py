"""Consents as the messages of proto/quanzi/segmentation/v1/consents.proto, and back."""

from chassis import texts
from chassis.enums import WireEnum
from chassis.timestamps import moment, timestamp
from quanzi.segmentation.v1 import consents_pb2
from segmentation.domain.consents import (
    DEFAULT_PURPOSES,
    Consent,
    ConsentPolicy,
    ConsentPurpose,
    ConsentRecord,
    ConsentRejection,
    ConsentRow,
    ConsentState,
)

_STATES = WireEnum(ConsentState, consents_pb2.ConsentState)
text = texts.load("segmentation")


def purpose_name(code: str) -> str:
    """As it is shown to people; the code of one that the tenant made."""
    return text("consent_purpose", code) if code in DEFAULT_PURPOSES else code


def row_from_wire(row: consents_pb2.ConsentRow) -> ConsentRow:
    return ConsentRow(
        source=row.source,
        source_id=row.source_id,
        member_reference=row.member_reference,
        purpose=row.purpose,
        state=_STATES.optional(row.state),
        channel=row.channel,
        notice_version=row.notice_version,
        evidence=row.evidence,
        occurred_at=moment(row.occurred_at) if row.HasField("occurred_at") else None,
    )


def rejection_to_wire(rejection: ConsentRejection) -> consents_pb2.ConsentRejection:
    why = rejection.why
    return consents_pb2.ConsentRejection(
        index=rejection.index, code=why.code, field=why.field or "", message=str(why)
    )


def record_to_wire(record: ConsentRecord) -> consents_pb2.ConsentRecord:
    return consents_pb2.ConsentRecord(
        id=str(record.id),
        member_id=str(record.member_id),
        purpose=record.purpose,
        state=_STATES.number(record.state),
        source=record.source,
        source_id=record.source_id,
        channel=record.channel,
        notice_version=record.notice_version,
        evidence=record.evidence,
        occurred_at=timestamp(record.occurred_at),
        recorded_at=timestamp(record.recorded_at),
        recorded_by=record.recorded_by,
    )


def consent_to_wire(consent: Consent) -> consents_pb2.Consent:
    return consents_pb2.Consent(
        member_id=str(consent.member_id),
        purpose=_purpose_to_wire(consent.purpose),
        state=_STATES.number(consent.state),
        record=record_to_wire(consent.record) if consent.record else None,
    )


def policy_to_wire(policy: ConsentPolicy) -> consents_pb2.ConsentPolicy:
    return consents_pb2.ConsentPolicy(version=policy.version, purposes=map(_purpose_to_wire, policy.purposes))


def policy_from_wire(policy: consents_pb2.ConsentPolicy) -> ConsentPolicy:
    return ConsentPolicy(purposes=tuple(ConsentPurpose(it.code, it.name) for it in policy.purposes))


def _purpose_to_wire(purpose: ConsentPurpose) -> consents_pb2.ConsentPurpose:
    return consents_pb2.ConsentPurpose(code=purpose.code, name=purpose.name or purpose_name(purpose.code))
