"""The committed schema is the code's, and says what everything is."""

from __future__ import annotations

import re

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from gateway.schema import FILE, build_schema, main


def test_the_committed_schema_is_that_of_the_code() -> None:
    assert main(["--check"]) == 0, f"run `python -m gateway.schema` to renew {FILE}"


def test_every_type_field_argument_and_value_is_described() -> None:
    missing = []
    for name, kind in build_schema()._schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if not kind.description:
            missing.append(name)
        if isinstance(kind, GraphQLEnumType):
            missing += [f"{name}.{value}" for value, one in kind.values.items() if not one.description]
        if isinstance(kind, GraphQLInputObjectType | GraphQLObjectType | GraphQLInterfaceType):
            missing += [f"{name}.{field}" for field, one in kind.fields.items() if not one.description]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            missing += [
                f"{name}.{field}({argument})"
                for field, one in kind.fields.items()
                for argument, given in one.args.items()
                if not given.description
            ]
    assert missing == []


def test_mutations_keep_to_the_manner() -> None:
    mutations = build_schema()._schema.mutation_type
    assert mutations is not None
    for name, field in mutations.fields.items():
        assert list(field.args) in (["input"], []), name
        answer = field.type
        assert isinstance(answer, GraphQLObjectType), f"{name} must be nullable"
        assert answer.name == f"{name[0].upper()}{name[1:]}Payload"
        assert str(answer.fields["userErrors"].type) == f"[{answer.name.removesuffix('Payload')}UserError!]!"
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", name), name
