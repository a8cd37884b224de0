"""Appeals, reviews, tasks, the lexicon and the policy of risk."""

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.risk.types import LadderAction, ModeratorTask, RiskCategory, RiskPolicy, Verdict, Violation
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


@strawberry.input(description="A risk policy, in force or to be tried.")
class RiskPolicyInput:
    strike_window_days: int = strawberry.field(description="Strikes count for this long, 1 to 366.")
    ladder: list[LadderAction] = strawberry.field(description="Actions by strike; the last repeats.")
    mute_hours: int = strawberry.field(description="How long a mute lasts, 1 to 720.")
    task_deadline_minutes: int = strawberry.field(description="When an unconfirmed task is overdue.")
    flood_messages: int = strawberry.field(description="More messages than this are flooding (刷屏).")
    flood_window_seconds: int = strawberry.field(description="Within this time, 1 to 3600.")
    keep_texts_days: int | None = strawberry.field(
        description="Masked texts are kept for this long, 0 to 366; absent: as it was.", default=None
    )
    copy_groups: int | None = strawberry.field(
        description="One text by a member in so many groups is looked at, 2 to 100; absent: as it was.",
        default=None,
    )
    copy_members: int | None = strawberry.field(
        description="A doubtful text by so many members is blocked, 2 to 1000.", default=None
    )
    copy_window_minutes: int | None = strawberry.field(
        description="Within this time, 1 to 1440; absent: as it was.", default=None
    )
    classifier_innocent_per_mille: int | None = strawberry.field(
        description="Below this probability of the classifier doubts are overruled, 0 to 1000.",
        default=None,
    )
    classifier_review_per_mille: int | None = strawberry.field(
        description="From this probability on a person looks at it, 200 to 1000.", default=None
    )
    classifier_block_per_mille: int | None = strawberry.field(
        description="From this probability on it is blocked, 200 to 1000.", default=None
    )
    classifier_least_accuracy_per_mille: int | None = strawberry.field(
        description="A less accurate model of your own is not put in force, 0 to 1000.", default=None
    )

    def to_wire(self) -> violations_pb2.RiskPolicy:
        return violations_pb2.RiskPolicy(
            strike_window_days=self.strike_window_days,
            ladder=[number(action) for action in self.ladder],
            mute_hours=self.mute_hours,
            task_deadline_minutes=self.task_deadline_minutes,
            flood_messages=self.flood_messages,
            flood_window_seconds=self.flood_window_seconds,
            keep_texts_days=self.keep_texts_days,
            copy_groups=self.copy_groups,
            copy_members=self.copy_members,
            copy_window_minutes=self.copy_window_minutes,
            classifier_innocent_per_mille=self.classifier_innocent_per_mille,
            classifier_review_per_mille=self.classifier_review_per_mille,
            classifier_block_per_mille=self.classifier_block_per_mille,
            classifier_least_accuracy_per_mille=self.classifier_least_accuracy_per_mille,
        )


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
