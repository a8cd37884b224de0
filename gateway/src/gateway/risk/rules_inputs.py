"""Rules of groups as inputs."""

import strawberry

from gateway.errors import invalid
from gateway.risk.types import LadderAction, RiskCategory, Verdict
from gateway.segmentation.activity_kinds import ActivityKind
from gateway.values import number
from quanzi.risk.v1 import rules_pb2


@strawberry.input(description="A message with such a finding is a violation (强制).")
class MandatoryConditionsInput:
    categories: list[RiskCategory] = strawberry.field(description="One at least.")
    least_verdict: Verdict = strawberry.field(description="REVIEW or BLOCK.", default=Verdict.BLOCK)
    ladder: list[LadderAction] = strawberry.field(
        description="Actions by strike, the last repeats; empty: those of the policy.", default_factory=list
    )
    points: int = strawberry.field(description="Taken with each violation, 0 to 10000.", default=0)
    once_within_minutes: int = strawberry.field(
        description="Further breaches within this time belong to the violation; 0: each is one.", default=0
    )

    def message(self) -> rules_pb2.MandatoryConditions:
        return rules_pb2.MandatoryConditions(
            categories=map(number, self.categories),
            least_verdict=number(self.least_verdict),
            ladder=map(number, self.ladder),
            points=self.points,
            once_within_minutes=self.once_within_minutes,
        )


@strawberry.input(description="What earns points (倡导).")
class EncouragedConditionsInput:
    kinds: list[ActivityKind] = strawberry.field(description="One at least; no orders, no joining.")
    points: int = strawberry.field(description="For each act, 1 to 10000.")
    daily_limit: int = strawberry.field(description="Acts of a member rewarded in a local day, 1 to 1000.")

    def message(self) -> rules_pb2.EncouragedConditions:
        return rules_pb2.EncouragedConditions(
            kinds=map(number, self.kinds), points=self.points, daily_limit=self.daily_limit
        )


@strawberry.input(description="What is allowed so often (弹性); more is flooding.")
class FlexibleConditionsInput:
    words: list[str] = strawberry.field(
        description="Messages with one of these words, up to 500.", default_factory=list
    )
    stickers: bool = strawberry.field(
        description="Messages of stickers or emoji alone (表情包).", default=False
    )
    daily_quota: int = strawberry.field(description="Of a member in a group in a local day, 0 to 1000.")
    ladder: list[LadderAction] = strawberry.field(
        description="Actions by strike, the last repeats; empty: those of the policy.", default_factory=list
    )

    def message(self) -> rules_pb2.FlexibleConditions:
        return rules_pb2.FlexibleConditions(
            words=self.words,
            stickers=self.stickers,
            daily_quota=self.daily_quota,
            ladder=map(number, self.ladder),
        )


@strawberry.input(description="A rule of a group (群规), of exactly one level.")
class GroupRuleInput:
    key: str = strawberry.field(description="Small letters, digits and _, a letter first.")
    title: str = strawberry.field(description="In Chinese, 1 to 100 characters.")
    enabled: bool = strawberry.field(description="Whether it holds.", default=True)
    mandatory: MandatoryConditionsInput | None = strawberry.field(description="强制", default=None)
    encouraged: EncouragedConditionsInput | None = strawberry.field(description="倡导", default=None)
    flexible: FlexibleConditionsInput | None = strawberry.field(description="弹性", default=None)

    def message(self, field: str) -> rules_pb2.Rule:
        """Raises PublicError BAD_USER_INPUT naming `field`."""
        levels = (self.mandatory, self.encouraged, self.flexible)
        if sum(level is not None for level in levels) != 1:
            raise invalid(field, "A rule is mandatory, encouraged or flexible: give exactly one of them")
        return rules_pb2.Rule(
            key=self.key,
            title=self.title,
            enabled=self.enabled,
            mandatory=self.mandatory.message() if self.mandatory else None,
            encouraged=self.encouraged.message() if self.encouraged else None,
            flexible=self.flexible.message() if self.flexible else None,
        )


def to_wire(rules: list[GroupRuleInput]) -> list[rules_pb2.Rule]:
    return [rule.message(f"rules[{index}]") for index, rule in enumerate(rules)]
