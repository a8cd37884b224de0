"""What an operation may cost at most, told from its document and variables before anything runs.

An object costs 1 point, a connection `first` times what one item costs, any other list LIST_SIZE times (or as many
ids as are asked for), a mutation or subscription ACTION points more. Leaves and introspection are free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from gateway.connections import MAX_FIRST

LIST_SIZE = 5
ACTION = 10
_FREE = ("Edge", "PageInfo")


@dataclass(frozen=True, slots=True)
class Measure:
    depth: int
    aliases: int
    cost: int


def measure(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any] | None,
) -> Measure:
    """The document must be valid for the schema."""
    walk = _Walk(schema, document, operation, variables or {})
    root = schema.get_root_type(operation.operation)
    cost, depth = walk.selections(operation.selection_set, root)
    if operation.operation is not OperationType.QUERY:
        cost += ACTION * len(operation.selection_set.selections)
    return Measure(depth, walk.aliases, cost)


class _Walk:
    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> None:
        self._types = schema.type_map
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._defaults = {
            node.variable.name.value: node.default_value for node in operation.variable_definitions or ()
        }
        self._variables = variables
        self.aliases = 0

    def selections(self, chosen: SelectionSetNode | None, parent: Any) -> tuple[int, int]:
        """Cost and depth below a type."""
        cost = depth = 0
        for node in chosen.selections if chosen else ():
            match node:
                case FieldNode():
                    more, below = self._field(node, parent)
                case FragmentSpreadNode():
                    fragment = self._fragments[node.name.value]
                    condition = self._types[fragment.type_condition.name.value]
                    more, below = self.selections(fragment.selection_set, condition)
                case InlineFragmentNode(type_condition=None):
                    more, below = self.selections(node.selection_set, parent)
                case InlineFragmentNode(type_condition=condition):
                    more, below = self.selections(node.selection_set, self._types[condition.name.value])
                case _:
                    continue
            cost += more
            depth = max(depth, below)
        return cost, depth

    def _field(self, node: FieldNode, parent: Any) -> tuple[int, int]:
        if node.alias:
            self.aliases += 1
        name = node.name.value
        if name.startswith("__") or not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return 0, 1
        field_type = parent.fields[name].type
        named = get_named_type(field_type)
        if not isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            return 0, 1
        cost, depth = self.selections(node.selection_set, named)
        own = 0 if named.name.endswith(_FREE) or (parent.name.endswith("Edge") and name != "node") else 1
        return (own + cost) * self._size(node, field_type, named.name, parent.name), depth + 1

    def _size(self, node: FieldNode, field_type: Any, type_name: str, parent: str) -> int:
        if type_name.endswith("Connection"):
            return self._argument(node, "first", default=20)
        if not _is_list(field_type) or parent.endswith("Connection"):
            return 1
        return self._argument(node, "ids", default=LIST_SIZE)

    def _argument(self, node: FieldNode, name: str, default: int) -> int:
        """An int as it is, a list by its length; the worst case for what cannot be understood."""
        given: ArgumentNode | None = next((a for a in node.arguments or () if a.name.value == name), None)
        value: Any = given.value if given else None
        if isinstance(value, VariableNode):
            variable = value.name.value
            value = self._variables.get(variable, self._defaults.get(variable))
        match value:
            case None:
                return default
            case bool():
                return MAX_FIRST
            case int() | IntValueNode():
                size = int(value.value) if isinstance(value, IntValueNode) else value
                return max(1, min(size, MAX_FIRST))
            case list():
                return max(1, min(len(value), MAX_FIRST))
            case ListValueNode():
                return max(1, min(len(value.values), MAX_FIRST))
            case _:
                return MAX_FIRST


def _is_list(field_type: Any) -> bool:
    inner = field_type.of_type if isinstance(field_type, GraphQLNonNull) else field_type
    return isinstance(inner, GraphQLList)
