"""The bot: asking it, teaching it, its policy."""

import strawberry

from gateway.context import Info
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.segmentation.known import known_group, known_member
from gateway.support.types import Answer, SupportPolicy
from quanzi.support.v1 import answers_pb2


@strawberry.input(description="Input of `questionAsk`.")
class QuestionAskInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    member: strawberry.ID = strawberry.field(description="Who asks.")
    group: strawberry.ID | None = strawberry.field(description="In which group.", default=None)
    text: str = strawberry.field(description="The question, at most 4,000 characters.")


@payload("IDEMPOTENCY_KEY_REUSED")
class QuestionAskPayload(Payload):
    answer: Answer | None = strawberry.field(description="The answer, or the handover.", default=None)


@strawberry.input(description="A question with its answer.")
class FaqEntryInput:
    external_reference: str = strawberry.field(description="Unique in the tenant; a known one is changed.")
    question: str = strawberry.field(description="The question.")
    paraphrases: list[str] = strawberry.field(description="Other ways to ask the same.", default_factory=list)
    answer: str = strawberry.field(description="The answer.")


@strawberry.input(description="Input of `faqPutEntries`.")
class FaqPutEntriesInput:
    entries: list[FaqEntryInput] = strawberry.field(description="1 to 1,000 entries.")


@payload()
class FaqPutEntriesPayload(Payload):
    changed: int | None = strawberry.field(description="Entries added or changed.", default=None)


@strawberry.input(description="A keyword with its fixed answer.")
class KeywordReplyInput:
    keyword: str = strawberry.field(description="The keyword; a known one is changed.")
    answer: str = strawberry.field(description="The answer.")


@strawberry.input(description="Input of `keywordPutReplies`.")
class KeywordPutRepliesInput:
    replies: list[KeywordReplyInput] = strawberry.field(description="1 to 1,000 replies.")


@payload()
class KeywordPutRepliesPayload(Payload):
    changed: int | None = strawberry.field(description="Replies added or changed.", default=None)


@strawberry.input(description="Service hours on one weekday.")
class ServiceIntervalInput:
    weekday: int = strawberry.field(description="1 = Monday … 7 = Sunday.")
    start_minute: int = strawberry.field(description="Minute of the local day, from 0.")
    end_minute: int = strawberry.field(description="Minute of the local day, up to 1440 (24:00).")


@strawberry.input(description="Input of `supportPolicyUpdate`.")
class SupportPolicyUpdateInput:
    first_response_seconds: int = strawberry.field(
        description="First response is due after this service time."
    )
    faq_confidence: float = strawberry.field(description="The bot answers from this confidence on, 0 to 1.")
    faq_margin: float = strawberry.field(
        description="And only if no other entry comes within this of the best, 0 to 1."
    )
    service_hours: list[ServiceIntervalInput] = strawberry.field(description="Service hours (服务时间).")
    holidays: list[str] = strawberry.field(
        description="Local dates without service, YYYY-MM-DD.", default_factory=list
    )
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class SupportPolicyUpdatePayload(Payload):
    policy: SupportPolicy | None = strawberry.field(description="The new policy.", default=None)


@strawberry.type
class AnswerMutations:
    @mutation("Answers a member's question, or hands it over and opens a ticket (智能客服).")
    async def question_ask(self, info: Info, input: Input[QuestionAskInput]) -> QuestionAskPayload | None:
        request = answers_pb2.AskQuestionRequest(
            idempotency_key=input.idempotency_key,
            member_id=await known_member(info, input.member),
            group_id=await known_group(info, input.group),
            text=input.text,
        )
        answer = await info.context.clients.answers.AskQuestion(request)
        return QuestionAskPayload(answer=Answer.of(answer.answer))

    @mutation("Adds FAQ entries, or changes those with the same reference (维护常见问题).")
    async def faq_put_entries(
        self, info: Info, input: Input[FaqPutEntriesInput]
    ) -> FaqPutEntriesPayload | None:
        entries = [
            answers_pb2.FaqEntry(
                external_reference=entry.external_reference,
                question=entry.question,
                paraphrases=entry.paraphrases,
                answer=entry.answer,
            )
            for entry in input.entries
        ]
        answer = await info.context.clients.answers.PutFaqEntries(
            answers_pb2.PutFaqEntriesRequest(entries=entries)
        )
        return FaqPutEntriesPayload(changed=answer.changed)

    @mutation("Adds keyword replies, or changes those with the same keyword (关键词回复).")
    async def keyword_put_replies(
        self, info: Info, input: Input[KeywordPutRepliesInput]
    ) -> KeywordPutRepliesPayload | None:
        replies = [
            answers_pb2.KeywordReply(keyword=reply.keyword, answer=reply.answer) for reply in input.replies
        ]
        answer = await info.context.clients.answers.PutKeywordReplies(
            answers_pb2.PutKeywordRepliesRequest(replies=replies)
        )
        return KeywordPutRepliesPayload(changed=answer.changed)

    @mutation("Replaces the support policy.")
    async def support_policy_update(
        self, info: Info, input: Input[SupportPolicyUpdateInput]
    ) -> SupportPolicyUpdatePayload | None:
        hours = [
            answers_pb2.ServiceInterval(
                weekday=interval.weekday, start_minute=interval.start_minute, end_minute=interval.end_minute
            )
            for interval in input.service_hours
        ]
        policy = answers_pb2.SupportPolicy(
            first_response_seconds=input.first_response_seconds,
            faq_confidence=input.faq_confidence,
            faq_margin=input.faq_margin,
            service_hours=hours,
            holidays=input.holidays,
        )
        answer = await info.context.clients.answers.UpdateSupportPolicy(
            answers_pb2.UpdateSupportPolicyRequest(policy=policy, expected_version=input.expected_version)
        )
        return SupportPolicyUpdatePayload(policy=SupportPolicy.of(answer.policy))
