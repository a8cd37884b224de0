"""What a member did. The numbers are those of the contract (proto/quanzi/inbound/v1)."""

from enum import IntEnum


class ActivityKind(IntEnum):
    """Acts that rules speak of; joining, leaving and orders are none."""

    MESSAGE = 3
    LIKE = 4
    SHARE = 5
    CLICK = 6
    FAVORITE = 7
    CHECK_IN = 8
    UGC = 9
    INVITE = 12
    ANSWER = 13
