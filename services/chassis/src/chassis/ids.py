"""Ids: new ones sort by time (UUIDv7), derived ones are the same wherever they are computed (UUIDv5)."""

from uuid import UUID, uuid5

from uuid_utils import compat


def new_id() -> UUID:
    return compat.uuid7()


def optional_id(text: str) -> UUID | None:
    """An id of the contract; None if it is left empty."""
    return UUID(text) if text else None


def derived_id(tenant_id: UUID, kind: str, external_reference: str) -> UUID:
    """The id of what a source calls `external_reference`: no lookup, and importing twice changes nothing."""
    return uuid5(tenant_id, f"{kind}/{external_reference}")
