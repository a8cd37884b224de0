"""What front ends were given is only taken away after it was deprecated for a release."""

from __future__ import annotations

from pathlib import Path

from graphql import BreakingChange, GraphQLSchema, build_schema, find_breaking_changes

GATEWAY = Path(__file__).resolve().parents[1]
RELEASED = GATEWAY / "released.graphql"


def breaking(before: GraphQLSchema, after: GraphQLSchema) -> list[BreakingChange]:
    """Breaking changes, save the removal of fields that the release had deprecated."""
    deprecated = {
        f"{name}.{field}"
        for name, kind in before.type_map.items()
        for field, one in getattr(kind, "fields", {}).items()
        if getattr(one, "deprecation_reason", None)
    }
    return [
        change
        for change in find_breaking_changes(before, after)
        if not any(change.description.startswith(f"Field {field} was removed") for field in deprecated)
    ]


def test_nothing_released_is_broken() -> None:
    before = build_schema(RELEASED.read_text(encoding="utf-8"))
    after = build_schema((GATEWAY / "schema.graphql").read_text(encoding="utf-8"))
    changes = [change.description for change in breaking(before, after)]
    assert changes == [], "deprecate for a release first; `make release` takes the schema as released"


def test_a_removed_field_breaks_unless_it_was_deprecated() -> None:
    after = build_schema("type Query { kept: Int }")
    removed = build_schema("type Query { kept: Int, gone: Int }")
    announced = build_schema('type Query { kept: Int, gone: Int @deprecated(reason: "use kept") }')
    assert [change.description for change in breaking(removed, after)] == ["Field Query.gone was removed."]
    assert breaking(announced, after) == []
