"""Decisions, violations, moderator tasks and the lexicon as the graph shows them."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.segmentation.groups import Group
from gateway.segmentation.members import Member
from gateway.values import by_number, moment, optional_moment
from quanzi.risk.v1 import lexicon_pb2, screening_pb2, violations_pb2


@strawberry.enum(description="What screening decides; the highest of all findings wins.")
class Verdict(Enum):
    ALLOW = strawberry.enum_value(screening_pb2.VERDICT_ALLOW, description="放行")
    REVIEW = strawberry.enum_value(
        screening_pb2.VERDICT_REVIEW, description="待审: a person must look at it."
    )
    BLOCK = strawberry.enum_value(screening_pb2.VERDICT_BLOCK, description="拦截")


@strawberry.enum(description="Why a text is risky.")
class RiskCategory(Enum):
    ADVERT = strawberry.enum_value(screening_pb2.RISK_CATEGORY_ADVERT, description="恶意营销")
    PORN = strawberry.enum_value(screening_pb2.RISK_CATEGORY_PORN, description="涉黄")
    ABUSE = strawberry.enum_value(screening_pb2.RISK_CATEGORY_ABUSE, description="辱骂")
    GAMBLING = strawberry.enum_value(screening_pb2.RISK_CATEGORY_GAMBLING, description="涉赌")
    FRAUD = strawberry.enum_value(screening_pb2.RISK_CATEGORY_FRAUD, description="诈骗")
    VIOLENCE = strawberry.enum_value(screening_pb2.RISK_CATEGORY_VIOLENCE, description="暴恐、涉枪涉爆")
    PERSONAL_DATA = strawberry.enum_value(
        screening_pb2.RISK_CATEGORY_PERSONAL_DATA, description="联系方式、证件号等个人信息"
    )
    LINK = strawberry.enum_value(screening_pb2.RISK_CATEGORY_LINK, description="外部链接、二维码")
    FLOODING = strawberry.enum_value(screening_pb2.RISK_CATEGORY_FLOODING, description="刷屏")


@strawberry.enum(description="Where a text stands.")
class ScreeningPurpose(Enum):
    MESSAGE = strawberry.enum_value(
        screening_pb2.SCREENING_PURPOSE_MESSAGE, description="A member's message in a group."
    )
    CONTENT = strawberry.enum_value(
        screening_pb2.SCREENING_PURPOSE_CONTENT, description="Content of the brand, before approval."
    )


@strawberry.enum(description="States of a violation (违规).")
class ViolationStatus(Enum):
    OPEN = strawberry.enum_value(
        violations_pb2.VIOLATION_STATUS_OPEN, description="待处理: waits for its moderator task."
    )
    HANDLED = strawberry.enum_value(violations_pb2.VIOLATION_STATUS_HANDLED, description="已处理")
    APPEALED = strawberry.enum_value(
        violations_pb2.VIOLATION_STATUS_APPEALED, description="申诉中: waits for a decision."
    )
    REVERSED = strawberry.enum_value(
        violations_pb2.VIOLATION_STATUS_REVERSED, description="已撤销: its strike does not count."
    )


@strawberry.enum(description="Steps of the action ladder (处置阶梯).")
class LadderAction(Enum):
    WARN = strawberry.enum_value(violations_pb2.LADDER_ACTION_WARN, description="警告")
    MUTE = strawberry.enum_value(violations_pb2.LADDER_ACTION_MUTE, description="禁言")
    REMOVE = strawberry.enum_value(violations_pb2.LADDER_ACTION_REMOVE, description="移出群")


@strawberry.enum(description="States of a moderator task (管理员任务).")
class ModeratorTaskStatus(Enum):
    OPEN = strawberry.enum_value(violations_pb2.MODERATOR_TASK_STATUS_OPEN, description="待执行")
    CONFIRMED = strawberry.enum_value(violations_pb2.MODERATOR_TASK_STATUS_CONFIRMED, description="已执行")
    OVERDUE = strawberry.enum_value(violations_pb2.MODERATOR_TASK_STATUS_OVERDUE, description="已逾期")
    CANCELLED = strawberry.enum_value(
        violations_pb2.MODERATOR_TASK_STATUS_CANCELLED, description="已取消: the violation was reversed."
    )


VERDICTS = by_number(Verdict)
RISK_CATEGORIES = by_number(RiskCategory)
VIOLATION_STATUSES = by_number(ViolationStatus)
LADDER_ACTIONS = by_number(LadderAction)
MODERATOR_TASK_STATUSES = by_number(ModeratorTaskStatus)


@strawberry.type(description="One thing found in a text.")
class Finding:
    category: RiskCategory | None = strawberry.field(description="Why it is risky.")
    verdict: Verdict = strawberry.field(description="What it leads to.")
    detector: str = strawberry.field(
        description="`lexicon`, `pattern`, `flooding`, `duplicate` or `classifier`."
    )
    rule: str = strawberry.field(
        description="The lexicon word, the name of the pattern or the version of the model."
    )
    start: int = strawberry.field(description="First code point in the text as it was sent.")
    end: int = strawberry.field(description="Code point after the last.")
    overruled: bool = strawberry.field(
        description="It leads to nothing: the classifier found the whole text innocent (模型判为正常)."
    )

    @classmethod
    def of(cls, finding: screening_pb2.Finding) -> Self:
        return cls(
            category=RISK_CATEGORIES.get(finding.category),
            verdict=VERDICTS[finding.verdict],
            detector=finding.detector,
            rule=finding.rule,
            start=finding.start,
            end=finding.end,
            overruled=finding.overruled,
        )


@strawberry.type(description="The decision about one text (审核结果).")
class ScreeningDecision:
    verdict: Verdict = strawberry.field(description="What was decided.")
    findings: list[Finding] = strawberry.field(description="What was found.")
    normal_form: str = strawberry.field(description="The normal form that was matched, personal data masked.")
    masked_text: str = strawberry.field(description="The text, personal data masked (脱敏).")
    lexicon_version: int = strawberry.field(description="Version of the lexicon used.")
    policy_version: int = strawberry.field(description="Version of the policy used.")
    model_version: str | None = strawberry.field(
        description="Version of the classifier, if one was in force."
    )
    probability: float | None = strawberry.field(
        description="How likely it is risky, 0 to 1, by the classifier (风险概率); null: it was not asked."
    )
    decided_at: datetime | None = strawberry.field(description="When.")
    message: strawberry.Private[screening_pb2.ScreeningDecision]

    @resolved("Activity id of the message; null for text that was only asked about.")
    def activity_id(self) -> str | None:
        return self.message.id or None

    @resolved("Who wrote it.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @classmethod
    def of(cls, decision: screening_pb2.ScreeningDecision) -> Self:
        return cls(
            verdict=VERDICTS[decision.verdict],
            findings=[Finding.of(finding) for finding in decision.findings],
            normal_form=decision.normal_form,
            masked_text=decision.masked_text,
            lexicon_version=decision.lexicon_version,
            policy_version=decision.policy_version,
            model_version=decision.model_version or None,
            probability=decision.probability if decision.HasField("probability") else None,
            decided_at=optional_moment(decision.decided_at),
            message=decision,
        )


@strawberry.type(description="Work only a person or a partner tool can do in WeCom: warn, mute, remove.")
class ModeratorTask(Node):
    action: LadderAction = strawberry.field(description="What to do.")
    status: ModeratorTaskStatus = strawberry.field(description="State.")
    instruction: str = strawberry.field(description="What to do, in Chinese.")
    due_at: datetime = strawberry.field(description="Until when.")
    confirmed_at: datetime | None = strawberry.field(description="When it was carried out.")
    confirmed_by: str | None = strawberry.field(description="Who said so.")
    mute_hours: int = strawberry.field(description="How long a mute is to last; 0: it is none.")
    muted_until: datetime | None = strawberry.field(description="Until when the member is muted (禁言至).")
    assignee: str | None = strawberry.field(description="Who is to act; null: anybody.")
    reminded_at: datetime | None = strawberry.field(description="When its deadline was reminded of.")
    message: strawberry.Private[violations_pb2.ModeratorTask]

    @resolved("The violation behind it.")
    async def violation(self, info: Info) -> "Violation | None":
        return await info.context.loaders.risk.violations.load(self.message.violation_id)

    @resolved("Whom it concerns.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @classmethod
    def of(cls, task: violations_pb2.ModeratorTask) -> Self:
        return cls(
            id=global_id("ModeratorTask", task.id),
            action=LADDER_ACTIONS[task.action],
            status=MODERATOR_TASK_STATUSES[task.status],
            instruction=task.instruction,
            due_at=moment(task.due_at),
            confirmed_at=optional_moment(task.confirmed_at),
            confirmed_by=task.confirmed_by or None,
            mute_hours=task.mute_hours,
            muted_until=optional_moment(task.muted_until),
            assignee=task.assignee or None,
            reminded_at=optional_moment(task.reminded_at),
            message=task,
        )


@strawberry.type(description="A breach of a mandatory rule by a member in a group (违规).")
class Violation(Node):
    category: RiskCategory | None = strawberry.field(description="Why it is risky.")
    verdict: Verdict = strawberry.field(description="What screening said.")
    status: ViolationStatus = strawberry.field(description="State.")
    strike: int = strawberry.field(description="The member's strikes in the window, this one included.")
    action: LadderAction = strawberry.field(description="What follows (处置).")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    handled_at: datetime | None = strawberry.field(description="When the action was carried out.")
    masked_text: str = strawberry.field(description="The message, personal data masked.")
    rule: str = strawberry.field(description="Key of the rule that was broken (群规).")
    appeal_reason: str | None = strawberry.field(description="Why the member objects (申诉理由).")
    message: strawberry.Private[violations_pb2.Violation]

    @resolved("Activity id of the message.")
    def activity_id(self) -> str:
        return self.message.activity_id

    @resolved("Who.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @resolved("The work that follows (管理员任务).")
    async def tasks(self, info: Info) -> list[ModeratorTask] | None:
        return await info.context.loaders.risk.tasks.load(self.message.id)

    @classmethod
    def of(cls, violation: violations_pb2.Violation) -> Self:
        return cls(
            id=global_id("Violation", violation.id),
            category=RISK_CATEGORIES.get(violation.category),
            verdict=VERDICTS[violation.verdict],
            status=VIOLATION_STATUSES[violation.status],
            strike=violation.strike,
            action=LADDER_ACTIONS[violation.action],
            opened_at=moment(violation.opened_at),
            handled_at=optional_moment(violation.handled_at),
            masked_text=violation.masked_text,
            rule=violation.rule,
            appeal_reason=violation.appeal_reason or None,
            message=violation,
        )


@strawberry.type(description="A word of the tenant's lexicon (敏感词).")
class LexiconWord:
    word: str = strawberry.field(description="The word.")
    category: RiskCategory | None = strawberry.field(description="Why it is risky.")
    verdict: Verdict = strawberry.field(description="What it leads to; ALLOW is the allow-list (白名单).")
    match_homophones: bool = strawberry.field(description="What sounds alike matches too (同音).")
    match_splits: bool = strawberry.field(description="What is taken apart matches too (拆字).")
    note: str = strawberry.field(description="Why it is there.")

    @classmethod
    def of(cls, word: lexicon_pb2.LexiconWord) -> Self:
        return cls(
            word=word.word,
            category=RISK_CATEGORIES.get(word.category),
            verdict=VERDICTS[word.verdict],
            match_homophones=word.match_homophones,
            match_splits=word.match_splits,
            note=word.note,
        )
