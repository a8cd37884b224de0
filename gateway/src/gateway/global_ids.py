"""Global ids: `gid://quanzi/<Type>/<uuid>`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

import strawberry

from gateway.errors import invalid

PREFIX = "gid://quanzi/"


def global_id(type_name: str, uuid: str) -> strawberry.ID:
    return strawberry.ID(f"{PREFIX}{type_name}/{uuid}")


def parse(text: str, field: str) -> tuple[str, str]:
    """The type name and the uuid. Raises PublicError BAD_USER_INPUT naming `field`."""
    type_name, _, uuid = text.removeprefix(PREFIX).partition("/")
    if not text.startswith(PREFIX) or not type_name or not _is_uuid(uuid):
        raise invalid(field, f"{text[:100]!r} is not an id of the form {PREFIX}<Type>/<uuid>")
    return type_name, uuid


def uuid_of(text: str, type_name: str, field: str) -> str:
    """The uuid in an id of the type. Raises PublicError BAD_USER_INPUT naming `field`."""
    found, uuid = parse(text, field)
    if found != type_name:
        raise invalid(field, f"{text!r} is the id of a {found}, not of a {type_name}")
    return uuid


def optional_uuid(text: str | None, type_name: str, field: str) -> str:
    """Empty, as in the protos, when there is no id."""
    return "" if text is None else uuid_of(text, type_name, field)


def uuids_of(texts: Iterable[str] | None, type_name: str, field: str) -> list[str]:
    """Empty, as in the protos, when there are no ids."""
    return [uuid_of(text, type_name, field) for text in texts or ()]


@strawberry.interface(description="Anything with a global id.")
class Node:
    id: strawberry.ID = strawberry.field(description="Global id, `gid://quanzi/<Type>/<uuid>`.")


NodeId = Annotated[strawberry.ID, strawberry.argument(description="Global id.")]


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
