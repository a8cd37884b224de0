"""What members agreed to, purpose by purpose."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self, TypeAlias

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.values import by_number, moment
from quanzi.segmentation.v1 import consents_pb2

_CODE = 'Code: "marketing".'
_NAME = "Shown to people: 营销推送."


@strawberry.enum(description="What a member has said about a purpose (同意状态).")
class ConsentState(Enum):
    GIVEN = strawberry.enum_value(consents_pb2.CONSENT_STATE_GIVEN, description="已同意")
    WITHDRAWN = strawberry.enum_value(consents_pb2.CONSENT_STATE_WITHDRAWN, description="已撤回")
    UNKNOWN = strawberry.enum_value(
        consents_pb2.CONSENT_STATE_UNKNOWN, description="未知: nothing was recorded."
    )


CONSENT_STATES = by_number(ConsentState)

OfPurpose: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Only for the purpose with this code.")
]


@strawberry.type(description="What personal data is used for (处理目的).")
class ConsentPurpose:
    code: str = strawberry.field(description=_CODE)
    name: str = strawberry.field(description=_NAME)

    @classmethod
    def of(cls, purpose: consents_pb2.ConsentPurpose) -> Self:
        return cls(code=purpose.code, name=purpose.name)


@strawberry.type(description="A consent as it was recorded (同意记录); never changed afterwards.")
class ConsentRecord:
    purpose: str = strawberry.field(description="Code of the purpose.")
    state: ConsentState = strawberry.field(description="Given or withdrawn.")
    source: str = strawberry.field(description="System it came from.")
    source_id: str = strawberry.field(description="The source's own id of it.")
    channel: str = strawberry.field(description="Where the member said so.")
    notice_version: str | None = strawberry.field(
        description="Version of the privacy notice (隐私政策) the member was shown."
    )
    evidence: str | None = strawberry.field(description="Where the proof is kept.")
    occurred_at: datetime = strawberry.field(description="When the member said so.")
    recorded_at: datetime = strawberry.field(description="When it came in here.")
    recorded_by: str = strawberry.field(description="Who sent it.")

    @classmethod
    def of(cls, record: consents_pb2.ConsentRecord) -> Self:
        return cls(
            purpose=record.purpose,
            state=CONSENT_STATES[record.state],
            source=record.source,
            source_id=record.source_id,
            channel=record.channel,
            notice_version=record.notice_version or None,
            evidence=record.evidence or None,
            occurred_at=moment(record.occurred_at),
            recorded_at=moment(record.recorded_at),
            recorded_by=record.recorded_by,
        )


@strawberry.type(description="What holds for a member and a purpose: the record that occurred last.")
class Consent:
    purpose: ConsentPurpose = strawberry.field(description="The purpose.")
    state: ConsentState = strawberry.field(description="What holds.")
    record: ConsentRecord | None = strawberry.field(
        description="The record that says so; null while nothing is known."
    )

    @classmethod
    def of(cls, consent: consents_pb2.Consent) -> Self:
        return cls(
            purpose=ConsentPurpose.of(consent.purpose),
            state=CONSENT_STATES[consent.state],
            record=ConsentRecord.of(consent.record) if consent.HasField("record") else None,
        )


@strawberry.type(description="The purposes for which consent is asked; every change makes a new version.")
class ConsentPolicy:
    version: int = strawberry.field(description="Counts changes; 0 is the default.")
    purposes: list[ConsentPurpose] = strawberry.field(description="In the order in which they are shown.")

    @classmethod
    def of(cls, policy: consents_pb2.ConsentPolicy) -> Self:
        return cls(version=policy.version, purposes=[ConsentPurpose.of(one) for one in policy.purposes])


@strawberry.input(description="What personal data is used for.")
class ConsentPurposeInput:
    code: str = strawberry.field(description="Small letters, digits and `_`, at most 50.")
    name: str = strawberry.field(description=f"{_NAME[:-1]}; 1 to 50 characters.")

    def message(self) -> consents_pb2.ConsentPurpose:
        return consents_pb2.ConsentPurpose(code=self.code, name=self.name)


@strawberry.input(description="All purposes for which consent is asked.")
class ConsentPolicyInput:
    purposes: list[ConsentPurposeInput] = strawberry.field(
        description="1 to 30, in the order in which they are shown; each code once."
    )

    def message(self) -> consents_pb2.ConsentPolicy:
        return consents_pb2.ConsentPolicy(purposes=[one.message() for one in self.purposes])


@strawberry.type
class ConsentQueries:
    @resolved("The purposes for which consent is asked (处理目的).")
    async def consent_policy(self, info: Info) -> ConsentPolicy | None:
        answer = await info.context.clients.consents.GetConsentPolicy(consents_pb2.GetConsentPolicyRequest())
        return ConsentPolicy.of(answer.policy)
