"""Copy and paste (复制粘贴): one text by a member in many groups, or by many members, within a window."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import blake2b
from uuid import UUID

# Greetings and answers of the day are the same by nature.
_SHORTEST = 12


def fingerprint(compact: str) -> int | None:
    """64 bits of a compact form; None for a short one, which is alike by chance."""
    if len(compact) < _SHORTEST:
        return None
    digest = blake2b(compact.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class CopyRule(Enum):
    """Why a text is a copy; the value is the rule of the finding."""

    ACROSS_GROUPS = "copied_across_groups"
    BY_MEMBERS = "copied_by_members"


@dataclass(frozen=True, slots=True)
class Posting:
    """A text as a member wrote it in a group."""

    activity_id: UUID
    member_id: UUID
    group_id: UUID
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class CopyLimits:
    """How many groups of one member, or members together, make a text a copy; by time of the messages."""

    groups: int
    members: int
    window: timedelta


def find_copies(
    decided: Iterable[Posting], fresh: Iterable[Posting], limits: CopyLimits
) -> Mapping[UUID, CopyRule]:
    """Fresh postings of one text that reach a limit, by activity: the rule they come under.

    A posting is judged by those that happened before it; what was decided stays decided.
    """
    timeline = [(seen, False) for seen in decided] + [(new, True) for new in fresh]
    timeline.sort(key=lambda entry: (entry[0].occurred_at, entry[1], entry[0].activity_id))
    recent: deque[Posting] = deque()
    by_member: defaultdict[UUID, defaultdict[UUID, int]] = defaultdict(lambda: defaultdict(int))
    copies = {}
    for posting, is_fresh in timeline:
        while recent and recent[0].occurred_at <= posting.occurred_at - limits.window:
            _forget(by_member, recent.popleft())
        recent.append(posting)
        by_member[posting.member_id][posting.group_id] += 1
        if is_fresh and len(by_member[posting.member_id]) >= limits.groups:
            copies[posting.activity_id] = CopyRule.ACROSS_GROUPS
        elif is_fresh and len(by_member) >= limits.members:
            copies[posting.activity_id] = CopyRule.BY_MEMBERS
    return copies


def _forget(by_member: defaultdict[UUID, defaultdict[UUID, int]], gone: Posting) -> None:
    groups = by_member[gone.member_id]
    groups[gone.group_id] -= 1
    if not groups[gone.group_id]:
        del groups[gone.group_id]
    if not groups:
        del by_member[gone.member_id]
