"""What an operation may cost at most, told from its document and variables before anything runs.

An object costs 1 point, a connection `first` times what one item costs, any other list LIST_SIZE times (or as
many ids as are asked for), a mutation or subscription ACTION points more. Leaves and introspection are free.
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
    depth: int = 0
    aliases: int = 0
    cost: int = 0

    def __add__(self, other: Measure) -> Measure:
        """Side by side."""
        return Measure(max(self.depth, other.depth), self.aliases + other.aliases, self.cost + other.cost)


def measure(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any] | None,
) -> Measure:
    """The document must be valid for the schema."""
    walk = _Walk(schema, document, operation, variables or {})
    root = schema.get_root_type(operation.operation)
    size = walk.selections(operation.selection_set, root)
    if operation.operation is not OperationType.QUERY:
        size += Measure(cost=ACTION * len(operation.selection_set.selections))
    return size


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
        self._measured: dict[str, Measure] = {}

    def selections(self, chosen: SelectionSetNode | None, parent: Any) -> Measure:
        """Of what is chosen of a type."""
        size = Measure()
        for node in chosen.selections if chosen else ():
            match node:
                case FieldNode():
                    size += self._field(node, parent)
                case FragmentSpreadNode():
                    size += self._fragment(node.name.value)
                case InlineFragmentNode():
                    condition = node.type_condition
                    within = self._types[condition.name.value] if condition else parent
                    size += self.selections(node.selection_set, within)
        return size

    def _fragment(self, name: str) -> Measure:
        """Walked once, however often it is spread: fragments of fragments grow exponentially."""
        if name not in self._measured:
            fragment = self._fragments[name]
            within = self._types[fragment.type_condition.name.value]
            self._measured[name] = self.selections(fragment.selection_set, within)
        return self._measured[name]

    def _field(self, node: FieldNode, parent: Any) -> Measure:
        aliases = 1 if node.alias else 0
        leaf = Measure(depth=1, aliases=aliases)
        name = node.name.value
        if name.startswith("__"):
            return leaf
        field_type = parent.fields[name].type
        named = get_named_type(field_type)
        if not isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            return leaf
        below = self.selections(node.selection_set, named)
        own = 0 if named.name.endswith(_FREE) else 1
        size = self._size(node, field_type, named.name, parent.name)
        return Measure(below.depth + 1, below.aliases + aliases, (own + below.cost) * size)

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
