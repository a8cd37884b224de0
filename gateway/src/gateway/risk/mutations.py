"""Appeals, reviews, tasks, the lexicon and the policy of risk."""

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.risk.policy import RiskPolicy, RiskPolicyInput
from gateway.risk.types import ModeratorTask, RiskCategory, Verdict, Violation
from gateway.values import number
from quanzi.risk.v1 import lexicon_pb2, violations_pb2

_VERSION = "Version of the lexicon from now on."


@strawberry.input(description="A word for the lexicon.")
class LexiconWordInput:
    word: str = strawberry.field(description="The word, 1 to 100 characters.")
    category: RiskCategory | None = strawberry.field(description="Why it is risky.", default=None)
    verdict: Verdict = strawberry.field(description="What it leads to; ALLOW puts it on the allow-list.")
    match_homophones: bool = strawberry.field(
        description="What sounds alike matches too (同音); two characters at least.", default=False
    )
    match_splits: bool = strawberry.field(
        description="What is taken apart matches too (拆字).", default=False
    )
    note: str = strawberry.field(description="Why it is there, up to 200 characters.", default="")

    def to_wire(self) -> lexicon_pb2.LexiconWord:
        return lexicon_pb2.LexiconWord(
            word=self.word,
            category=number(self.category),
            verdict=number(self.verdict),
            match_homophones=self.match_homophones,
            match_splits=self.match_splits,
            note=self.note,
        )


@strawberry.input(description="Input of `lexiconPutWords`.")
class LexiconPutWordsInput:
    words: list[LexiconWordInput] = strawberry.field(description="1 to 5,000 words.")


@payload("INVALID_WORD")
class LexiconPutWordsPayload(Payload):
    version: int | None = strawberry.field(description=_VERSION, default=None)
    changed: int | None = strawberry.field(description="Words added or changed.", default=None)


@strawberry.input(description="Input of `lexiconRemoveWords`.")
class LexiconRemoveWordsInput:
    words: list[str] = strawberry.field(description="1 to 5,000 words; unknown ones are ignored.")


@payload()
class LexiconRemoveWordsPayload(Payload):
    version: int | None = strawberry.field(description=_VERSION, default=None)
    removed: int | None = strawberry.field(description="Words removed.", default=None)


@strawberry.input(description="Input of `lexiconRestore`.")
class LexiconRestoreInput:
    version: int = strawberry.field(description="The version to put back; 1 are the shipped words alone.")


@payload()
class LexiconRestorePayload(Payload):
    version: int | None = strawberry.field(description=_VERSION, default=None)
    changed: int | None = strawberry.field(description="Words added, changed and removed.", default=None)


@strawberry.input(description="Input of `violationAppeal`.")
class ViolationAppealInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    violation: strawberry.ID = strawberry.field(description="The violation.")
    reason: str = strawberry.field(description="Why the member objects, 1 to 500 characters.")


@payload("IDEMPOTENCY_KEY_REUSED", "VIOLATION_NOT_APPEALABLE")
class ViolationAppealPayload(Payload):
    violation: Violation | None = strawberry.field(description="The violation.", default=None)


@strawberry.input(description="Input of `violationReview`.")
class ViolationReviewInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    violation: strawberry.ID = strawberry.field(description="The violation.")
    stands: bool = strawberry.field(description="True: it stands. False: it is reversed with its strike.")


@payload("IDEMPOTENCY_KEY_REUSED", "VIOLATION_NOT_REVIEWABLE")
class ViolationReviewPayload(Payload):
    violation: Violation | None = strawberry.field(description="The violation.", default=None)


@strawberry.input(description="Input of `moderatorTaskConfirm`.")
class ModeratorTaskConfirmInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    task: strawberry.ID = strawberry.field(description="The task.")


@payload("IDEMPOTENCY_KEY_REUSED", "MODERATOR_TASK_CANCELLED")
class ModeratorTaskConfirmPayload(Payload):
    task: ModeratorTask | None = strawberry.field(description="The task.", default=None)


@strawberry.input(description="Input of `riskPolicyUpdate`.")
class RiskPolicyUpdateInput(RiskPolicyInput):
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class RiskPolicyUpdatePayload(Payload):
    policy: RiskPolicy | None = strawberry.field(description="The new policy.", default=None)


@strawberry.type
class RiskMutations:
    @mutation("Adds words to the lexicon, or changes those there (维护敏感词); live within seconds.")
    async def lexicon_put_words(
        self, info: Info, input: Input[LexiconPutWordsInput]
    ) -> LexiconPutWordsPayload | None:
        words = [word.to_wire() for word in input.words]
        answer = await info.context.clients.lexicon.PutWords(lexicon_pb2.PutWordsRequest(words=words))
        return LexiconPutWordsPayload(version=answer.version, changed=answer.changed)

    @mutation("Removes words from the lexicon (删除敏感词).")
    async def lexicon_remove_words(
        self, info: Info, input: Input[LexiconRemoveWordsInput]
    ) -> LexiconRemoveWordsPayload | None:
        answer = await info.context.clients.lexicon.RemoveWords(
            lexicon_pb2.RemoveWordsRequest(words=input.words)
        )
        return LexiconRemoveWordsPayload(version=answer.version, removed=answer.removed)

    @mutation("Puts back the words of an earlier version (恢复词库版本), as a new one.")
    async def lexicon_restore(
        self, info: Info, input: Input[LexiconRestoreInput]
    ) -> LexiconRestorePayload | None:
        answer = await info.context.clients.lexicon.RestoreLexicon(
            lexicon_pb2.RestoreLexiconRequest(version=input.version)
        )
        return LexiconRestorePayload(version=answer.version, changed=answer.changed)

    @mutation("Records a member's objection (违规申诉), once per violation.")
    async def violation_appeal(
        self, info: Info, input: Input[ViolationAppealInput]
    ) -> ViolationAppealPayload | None:
        request = violations_pb2.AppealViolationRequest(
            idempotency_key=input.idempotency_key,
            violation_id=uuid_of(input.violation, "Violation", "violation"),
            reason=input.reason,
        )
        answer = await info.context.clients.violations.AppealViolation(request)
        return ViolationAppealPayload(violation=Violation.of(answer.violation))

    @mutation("Decides an appeal, or dismisses an open violation (复核违规).")
    async def violation_review(
        self, info: Info, input: Input[ViolationReviewInput]
    ) -> ViolationReviewPayload | None:
        request = violations_pb2.ReviewViolationRequest(
            idempotency_key=input.idempotency_key,
            violation_id=uuid_of(input.violation, "Violation", "violation"),
            stands=input.stands,
        )
        answer = await info.context.clients.violations.ReviewViolation(request)
        return ViolationReviewPayload(violation=Violation.of(answer.violation))

    @mutation("Says that a task was carried out in WeCom (确认执行); an overdue one can still be confirmed.")
    async def moderator_task_confirm(
        self, info: Info, input: Input[ModeratorTaskConfirmInput]
    ) -> ModeratorTaskConfirmPayload | None:
        request = violations_pb2.ConfirmModeratorTaskRequest(
            idempotency_key=input.idempotency_key, task_id=uuid_of(input.task, "ModeratorTask", "task")
        )
        answer = await info.context.clients.violations.ConfirmModeratorTask(request)
        return ModeratorTaskConfirmPayload(task=ModeratorTask.of(answer.task))

    @mutation("Replaces the risk policy.")
    async def risk_policy_update(
        self, info: Info, input: Input[RiskPolicyUpdateInput]
    ) -> RiskPolicyUpdatePayload | None:
        request = violations_pb2.UpdateRiskPolicyRequest(
            policy=input.to_wire(), expected_version=input.expected_version
        )
        answer = await info.context.clients.violations.UpdateRiskPolicy(request)
        return RiskPolicyUpdatePayload(policy=RiskPolicy.of(answer.policy))
