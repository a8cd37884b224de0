"""Who may ask about partners: administrators about all of their tenant, a partner about itself."""

from __future__ import annotations

from uuid import UUID

from chassis.keyset import InvalidCursor
from chassis.paging import PageRequest
from gateway.authentication import Identity
from gateway.connections import page
from gateway.context import Info
from gateway.errors import forbidden, invalid
from gateway.global_ids import uuid_of


def administered_tenant(info: Info) -> UUID:
    """Raises PublicError FORBIDDEN for anybody but an administrator."""
    identity = info.context.identity
    identity.require("admin")
    return identity.caller.tenant_id


def tenant_and_owner(info: Info) -> tuple[UUID, UUID | None]:
    """The tenant, and the partner that asks; None for an administrator. Raises PublicError FORBIDDEN."""
    return tenant_and_owner_of(info.context.identity)


def tenant_and_owner_of(identity: Identity) -> tuple[UUID, UUID | None]:
    """As `tenant_and_owner`."""
    if "admin" in identity.caller.roles:
        return identity.caller.tenant_id, None
    if identity.partner_id is None:
        raise forbidden("this needs the role admin, or the API key of a partner")
    return identity.caller.tenant_id, identity.partner_id


def tenant_and_partner(info: Info, partner: str | None) -> tuple[UUID, UUID]:
    """The tenant, and the partner that asks or that an administrator names."""
    tenant_id, owner = tenant_and_owner(info)
    named = UUID(uuid_of(partner, "Partner", "partner")) if partner else None
    if owner and named not in (None, owner):
        raise forbidden("this is another partner")
    if chosen := owner or named:
        return tenant_id, chosen
    raise invalid("partner", "an administrator must name the partner")


def list_request(info: Info, first: int, after: str | None) -> PageRequest:
    """Raises PublicError BAD_USER_INPUT."""
    try:
        return PageRequest.of(page(info, first, after))
    except InvalidCursor as error:
        raise invalid("after", str(error)) from error
