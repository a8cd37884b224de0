"""Lists of members that call for attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID


class LossKind(IntEnum):
    """Numbered as in quanzi.segmentation.v1.LossKind. Who left is not silent as well."""

    LEFT = 1
    SILENT = 2


@dataclass(frozen=True, slots=True)
class LostCustomer:
    """VIP within the last 365 days, lost `since`; `net_spend_minor` of the same days."""

    member_id: UUID
    kind: LossKind
    since: datetime
    vip_until: datetime
    net_spend_minor: int


@dataclass(frozen=True, slots=True)
class MultiGroupMember:
    """Present in several groups."""

    member_id: UUID
    group_ids: Sequence[UUID]
