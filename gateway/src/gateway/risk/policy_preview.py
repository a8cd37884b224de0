"""A risk policy tried on past messages before it is in force."""

from typing import Annotated, Self

import strawberry

from gateway.clients import WHOLE_TENANT
from gateway.context import Info
from gateway.fields import resolved
from gateway.risk.lexicon import VerdictChange, VerdictSample
from gateway.risk.policy import RiskPolicyInput
from quanzi.risk.v1 import violations_pb2


@strawberry.type(description="Messages found risky by how their member behaved.")
class BehaviourCount:
    rule: str = strawberry.field(
        description="`flood` (刷屏), `copied_across_groups` and `copied_by_members` (复制粘贴), `quota:` "
        "with the key of a rule."
    )
    before: int = strawberry.field(description="As it was decided.")
    after: int = strawberry.field(description="By the policy tried.")


@strawberry.type(description="What another risk policy would have decided about past messages (试算).")
class RiskPolicyPreview:
    messages: int = strawberry.field(description="Messages looked at: the newest, at most 50,000.")
    complete: bool = strawberry.field(description="No message of these days was left out.")
    changes: list[VerdictChange] = strawberry.field(description="Verdicts that would change, by kind.")
    behaviour: list[BehaviourCount] = strawberry.field(description="Flooding, copies and quotas, by rule.")
    samples: list[VerdictSample] = strawberry.field(description="Up to 20 of them, newest first.")

    @classmethod
    def of(cls, preview: violations_pb2.PreviewRiskPolicyResponse) -> Self:
        return cls(
            messages=preview.messages,
            complete=preview.complete,
            changes=[VerdictChange.of(change) for change in preview.changes],
            behaviour=[
                BehaviourCount(rule=it.rule, before=it.before, after=it.after) for it in preview.behaviour
            ],
            samples=[VerdictSample.of(sample) for sample in preview.samples],
        )


@strawberry.type
class RiskPolicyQueries:
    @resolved(
        "What another risk policy would have decided about the messages of the last days (试算): words, "
        "patterns and the probability as they were, flooding and copies found anew; nothing is stored."
    )
    async def risk_policy_preview(
        self,
        info: Info,
        policy: Annotated[
            RiskPolicyInput, strawberry.argument(description="What is absent is as it is now.")
        ],
        days: Annotated[int, strawberry.argument(description="Messages of so many days, 1 to 90.")] = 7,
    ) -> RiskPolicyPreview | None:
        request = violations_pb2.PreviewRiskPolicyRequest(policy=policy.to_wire(), days=days)
        preview = info.context.clients.violations.PreviewRiskPolicy(request, timeout=WHOLE_TENANT)
        return RiskPolicyPreview.of(await preview)
