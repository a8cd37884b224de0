"""Recording consents, and choosing the purposes they are for."""

from datetime import datetime
from typing import Self

import strawberry

from gateway.context import Info
from gateway.mutation import Input, Payload, input_field, mutation, payload
from gateway.segmentation.consents import ConsentPolicy, ConsentPolicyInput, ConsentState
from gateway.values import number, timestamp
from quanzi.segmentation.v1 import consents_pb2

# As the input calls it.
_RENAMED = {"member_reference": "member", "source_id": "sourceId"}


@strawberry.input(description="A consent given or withdrawn.")
class ConsentInput:
    source: str = strawberry.field(description="System it comes from, at most 64 characters.")
    source_id: str = strawberry.field(
        description="The source's own id of it, at most 250 characters; sending it twice changes nothing."
    )
    member: str = strawberry.field(description="The customer's id at the source.")
    purpose: str = strawberry.field(
        description="Code of a purpose; a withdrawal may also name one that was of the policy before."
    )
    state: ConsentState = strawberry.field(description="GIVEN or WITHDRAWN.")
    channel: str = strawberry.field(
        description='Where the member said so, at most 64 characters: "mini_program", "store".'
    )
    notice_version: str = strawberry.field(
        description="Version of the privacy notice (隐私政策) that was shown; a withdrawal may go without.",
        default="",
    )
    evidence: str = strawberry.field(
        description="Where the proof is kept: a form, a recording; at most 500 characters.", default=""
    )
    occurred_at: datetime = strawberry.field(description="When the member said so; not in the future.")

    def message(self) -> consents_pb2.ConsentRow:
        return consents_pb2.ConsentRow(
            source=self.source,
            source_id=self.source_id,
            member_reference=self.member,
            purpose=self.purpose,
            state=number(self.state),
            channel=self.channel,
            notice_version=self.notice_version,
            evidence=self.evidence,
            occurred_at=timestamp(self.occurred_at),
        )


@strawberry.input(description="Input of `consentsRecord`.")
class ConsentsRecordInput:
    consents: list[ConsentInput] = strawberry.field(description="1 to 1,000 consents, in any order.")


@strawberry.type(description="A consent that was not recorded.")
class ConsentRejection:
    index: int = strawberry.field(description="Its place in the input, from 0.")
    code: str = strawberry.field(
        description="MISSING_FIELD, INVALID_FIELD, UNKNOWN_PURPOSE, UNKNOWN_MEMBER, MEMBER_ERASED "
        "or SOURCE_ID_TAKEN."
    )
    field: str | None = strawberry.field(description="The field to blame.")
    message: str = strawberry.field(description="What is wrong and what to do.")

    @classmethod
    def of(cls, rejection: consents_pb2.ConsentRejection) -> Self:
        return cls(
            index=rejection.index,
            code=rejection.code,
            field=input_field(rejection.field, _RENAMED),
            message=rejection.message,
        )


@payload(rows="consents")
class ConsentsRecordPayload(Payload):
    accepted: int | None = strawberry.field(
        description="How many are recorded now, those that were before among them.", default=None
    )
    rejections: list[ConsentRejection] = strawberry.field(
        description="Those that are not; the others are recorded all the same.", default_factory=list
    )


@strawberry.input(description="Input of `consentPolicyUpdate`.")
class ConsentPolicyUpdateInput:
    policy: ConsentPolicyInput = strawberry.field(description="The new policy, whole.")
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION", "INVALID_CONSENT_POLICY")
class ConsentPolicyUpdatePayload(Payload):
    policy: ConsentPolicy | None = strawberry.field(description="The new policy.", default=None)


@strawberry.type
class ConsentMutations:
    @mutation("Records consents given and withdrawn (记录同意与撤回), late or twice as they come.")
    async def consents_record(
        self, info: Info, input: Input[ConsentsRecordInput]
    ) -> ConsentsRecordPayload | None:
        request = consents_pb2.RecordConsentsRequest(rows=[one.message() for one in input.consents])
        answer = await info.context.clients.consents.RecordConsents(request)
        return ConsentsRecordPayload(
            accepted=answer.accepted, rejections=[ConsentRejection.of(one) for one in answer.rejections]
        )

    @mutation("Replaces the purposes for which consent is asked (处理目的). For administrators.")
    async def consent_policy_update(
        self, info: Info, input: Input[ConsentPolicyUpdateInput]
    ) -> ConsentPolicyUpdatePayload | None:
        request = consents_pb2.UpdateConsentPolicyRequest(
            policy=input.policy.message(), expected_version=input.expected_version
        )
        answer = await info.context.clients.consents.UpdateConsentPolicy(request)
        return ConsentPolicyUpdatePayload(policy=ConsentPolicy.of(answer.policy))
