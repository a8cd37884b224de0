"""Ids: new ones sort by time (UUIDv7), derived ones are the same wherever they are computed (UUIDv5)."""

from functools import lru_cache
from uuid import UUID

import uuid_utils
from uuid_utils import compat


def new_id() -> UUID:
    return compat.uuid7()


def id_prefix() -> str:
    """A UUIDv7 of now but for its last 8 digits, for IDS_IN_SQL. For one statement: 42 bits are random."""
    return str(new_id())[:28]


# UUIDv7 for the rows of one statement, counted; a random one for each would take it ten times as long.
# Bind `id_prefix`.
IDS_IN_SQL = "cast(:{prefix} || to_hex(2147483648 + row_number() over ()) as uuid)"


def optional_id(text: str) -> UUID | None:
    """An id of the contract; None if it is left empty."""
    return UUID(text) if text else None


def derived_id(tenant_id: UUID, kind: str, external_reference: str) -> UUID:
    """The id of what a source calls `external_reference`: no lookup, and importing twice changes nothing."""
    return UUID(derived_text(tenant_id, kind, external_reference))


def derived_text(tenant_id: UUID, kind: str, external_reference: str) -> str:
    """The same as the wire carries it, for a tenth of the time."""
    return str(uuid_utils.uuid5(_namespace(tenant_id), f"{kind}/{external_reference}"))


@lru_cache
def _namespace(tenant_id: UUID) -> uuid_utils.UUID:
    return uuid_utils.UUID(int=tenant_id.int)
