"""The graph over all domains. `python -m gateway.schema` writes schema.graphql; `--check` compares it."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import strawberry
from graphql import GraphQLError
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from gateway.campaigns.mutations import CampaignMutations
from gateway.campaigns.queries import CampaignQueries
from gateway.campaigns.subscriptions import CampaignSubscriptions
from gateway.content.mutations import ContentMutations
from gateway.content.policy import ContentPolicyMutations, ContentPolicyQueries
from gateway.content.queries import ContentQueries
from gateway.errors import make_public
from gateway.inbound.mutations import InboundMutations
from gateway.limits.extension import Exploring, Limits
from gateway.nodes import NodeQueries
from gateway.partners.mutations import PartnerMutations
from gateway.partners.queries import PartnerQueries
from gateway.risk.audits import AuditQueries
from gateway.risk.audits_mutations import AuditMutations
from gateway.risk.cases_mutations import CaseMutations
from gateway.risk.cases_queries import CaseQueries
from gateway.risk.cases_subscriptions import CaseSubscriptions
from gateway.risk.classifier import ClassifierQueries
from gateway.risk.classifier_mutations import ClassifierMutations
from gateway.risk.fraud_mutations import FraudMutations
from gateway.risk.fraud_queries import FraudQueries
from gateway.risk.fraud_subscriptions import FraudSubscriptions
from gateway.risk.lexicon import LexiconQueries
from gateway.risk.mutations import RiskMutations
from gateway.risk.opinions_mutations import OpinionMutations
from gateway.risk.opinions_queries import OpinionQueries
from gateway.risk.opinions_subscriptions import OpinionSubscriptions
from gateway.risk.policy_preview import RiskPolicyQueries
from gateway.risk.queries import RiskQueries
from gateway.risk.rota_mutations import RotaMutations
from gateway.risk.rota_queries import RotaQueries
from gateway.risk.rota_subscriptions import RotaSubscriptions
from gateway.risk.rules_mutations import RuleMutations
from gateway.risk.rules_queries import RuleQueries
from gateway.risk.rules_subscriptions import RuleSubscriptions
from gateway.risk.subscriptions import RiskSubscriptions
from gateway.risk.training import TrainingQueries
from gateway.risk.training_mutations import TrainingMutations
from gateway.scalars import SCALARS
from gateway.segmentation.mutations import SegmentationMutations
from gateway.segmentation.queries import SegmentationQueries
from gateway.segmentation.subscriptions import SegmentationSubscriptions
from gateway.support.answer_mutations import AnswerMutations
from gateway.support.mutations import TicketMutations
from gateway.support.queries import SupportQueries
from gateway.support.subscriptions import SupportSubscriptions
from gateway.tenants.mutations import TenantMutations
from gateway.tenants.queries import TenantQueries
from gateway.webhooks.mutations import WebhookMutations
from gateway.webhooks.queries import WebhookQueries

FILE = Path(__file__).resolve().parents[2] / "schema.graphql"


@strawberry.type(description="Everything that can be read.")
class Query(
    NodeQueries,
    TenantQueries,
    SegmentationQueries,
    ContentQueries,
    ContentPolicyQueries,
    CampaignQueries,
    SupportQueries,
    RiskQueries,
    RuleQueries,
    CaseQueries,
    FraudQueries,
    AuditQueries,
    LexiconQueries,
    ClassifierQueries,
    RiskPolicyQueries,
    RotaQueries,
    TrainingQueries,
    OpinionQueries,
    PartnerQueries,
    WebhookQueries,
):
    pass


@strawberry.type(description="Everything that can be done: one mutation, one action.")
class Mutation(
    SegmentationMutations,
    ContentMutations,
    ContentPolicyMutations,
    CampaignMutations,
    TicketMutations,
    AnswerMutations,
    RiskMutations,
    RuleMutations,
    CaseMutations,
    FraudMutations,
    AuditMutations,
    ClassifierMutations,
    RotaMutations,
    TrainingMutations,
    OpinionMutations,
    InboundMutations,
    TenantMutations,
    PartnerMutations,
    WebhookMutations,
):
    pass


@strawberry.type(description="What happens, as it happens; graphql-transport-ws only.")
class Subscription(
    SegmentationSubscriptions,
    CampaignSubscriptions,
    SupportSubscriptions,
    RiskSubscriptions,
    RuleSubscriptions,
    CaseSubscriptions,
    RotaSubscriptions,
    FraudSubscriptions,
    OpinionSubscriptions,
):
    pass


class GatewaySchema(strawberry.Schema):
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Only surprises are logged; what goes out is public."""
        explores = execution_context is not None and execution_context.context.may_explore
        make_public(errors, suggestions=explores)


@cache
def build_schema() -> GatewaySchema:
    return GatewaySchema(
        Query,
        Mutation,
        Subscription,
        extensions=[Exploring, ParserCache, ValidationCache, Limits],
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def main(arguments: list[str]) -> int:
    text = build_schema().as_str() + "\n"
    if arguments != ["--check"]:
        FILE.write_text(text, encoding="utf-8")
        return 0
    if FILE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{FILE} differs from the code: run `python -m gateway.schema`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
