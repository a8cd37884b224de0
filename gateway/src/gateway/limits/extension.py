"""Limits in front of every operation: who, what it explores, tokens, depth, aliases, cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
)
from opentelemetry import trace
from strawberry.extensions import SchemaExtension

from gateway.authentication import Identity
from gateway.context import Context
from gateway.errors import PublicError
from gateway.limits.buckets import Rate
from gateway.limits.measure import Measure, measure
from gateway.settings import GatewaySettings


class Exploring(SchemaExtension):
    """Closes introspection to those who may not explore. Goes before the validation cache."""

    def on_validate(self) -> Iterator[None]:
        operation = self.execution_context
        if not operation.context.may_explore:
            operation.validation_rules = (*operation.validation_rules, NoSchemaIntrospectionCustomRule)
        yield


class Limits(SchemaExtension):
    """Refuses what is too much, and tells what the rest costs. Goes after the validation cache."""

    _cost: dict[str, int] | None = None

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = self._settings.graphql_max_tokens
        yield

    def on_validate(self) -> Iterator[None]:
        operation = self.execution_context
        if not operation.pre_execution_errors:
            try:
                self._admit()
            except PublicError as refused:
                operation.pre_execution_errors = [GraphQLError(str(refused), original_error=refused)]
        yield

    def get_results(self) -> dict[str, Any]:
        return {"cost": self._cost} if self._cost else {}

    def _admit(self) -> None:
        context: Context = self.execution_context.context
        document = self.execution_context.graphql_document or DocumentNode()
        operation = _chosen(self.execution_context)
        trace.get_current_span().set_attribute(
            "graphql.operation.name", operation.name.value if operation.name else ""
        )
        if _only_explores(operation):
            return
        execution = self.execution_context
        identity = context.identity
        self._check_stored(execution.query or "", identity)
        size = measure(execution.schema._schema, document, operation, execution.variables)
        self._check(size)
        self._charge(size.cost, identity)

    def _check_stored(self, text: str, identity: Identity) -> None:
        """Front ends may be held to stored documents; partners are held to their budget."""
        stored = self.execution_context.context.gateway.documents
        if self._settings.persisted_documents_only and identity.partner_id is None and text not in stored:
            raise PublicError("PERSISTED_QUERY_ONLY", "only stored documents are taken here")

    def _check(self, size: Measure) -> None:
        settings = self._settings
        for code, what, found, most in (
            ("QUERY_TOO_DEEP", "levels", size.depth, settings.graphql_max_depth),
            ("TOO_MANY_ALIASES", "aliases", size.aliases, settings.graphql_max_aliases),
            ("QUERY_TOO_EXPENSIVE", "cost points", size.cost, settings.cost_per_operation),
        ):
            if found > most:
                raise PublicError(code, f"the operation has {found} {what}, at most {most} are allowed")

    def _charge(self, cost: int, identity: Identity) -> None:
        settings = self._settings
        client = Rate(settings.cost_capacity, settings.cost_refill)
        factor = settings.cost_tenant_factor
        tenant = Rate(client.capacity * factor, client.refill * factor)
        caller = identity.caller
        allowed, remaining = self.execution_context.context.gateway.buckets.take(
            cost,
            (f"{caller.tenant_id}/{caller.subject}", client),
            (str(caller.tenant_id), tenant),
        )
        self._cost = {"requested": cost, "limit": settings.cost_capacity, "remaining": remaining}
        if not allowed:
            wait = (cost - remaining) / client.refill
            raise PublicError("RATE_LIMITED", f"the budget of points is spent; try again in {wait:.1f} s")

    @property
    def _settings(self) -> GatewaySettings:
        context: Context = self.execution_context.context
        return context.gateway.settings


def _chosen(execution: Any) -> OperationDefinitionNode:
    name = execution.operation_name
    return next(
        node
        for node in execution.graphql_document.definitions
        if isinstance(node, OperationDefinitionNode)
        and (name is None or (node.name and node.name.value == name))
    )


def _only_explores(operation: OperationDefinitionNode) -> bool:
    return all(
        isinstance(node, FieldNode) and node.name.value.startswith("__")
        for node in operation.selection_set.selections
    )
