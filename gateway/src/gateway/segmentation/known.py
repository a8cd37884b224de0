"""Groups and members that an input names. The other services trust their ids, so they are looked up here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from gateway.context import Info
from gateway.errors import PublicError
from gateway.global_ids import uuid_of


async def known_member(info: Info, text: str, field: str = "member") -> str:
    """The uuid of a member of the tenant, as it goes on. Raises PublicError BAD_USER_INPUT, NOT_FOUND."""
    member = await info.context.loaders.segmentation.members.load(uuid_of(text, "Member", field))
    if member is None:
        raise PublicError("NOT_FOUND", f"there is no member {text}", field=field)
    return member.message.id


async def known_group(info: Info, text: str | None, field: str = "group") -> str:
    """The uuid of a group of the tenant; empty for none. Raises PublicError BAD_USER_INPUT, NOT_FOUND."""
    if text is None:
        return ""
    uuid = uuid_of(text, "Group", field)
    if await info.context.loaders.segmentation.groups.load(uuid) is None:
        raise PublicError("NOT_FOUND", f"there is no group {text}", field=field)
    return uuid


async def known_groups(info: Info, texts: Sequence[str], field: str = "groups") -> list[str]:
    """Looked up in one call. Raises PublicError BAD_USER_INPUT, NOT_FOUND."""
    return await asyncio.gather(*(known_group(info, text, field) for text in texts))
