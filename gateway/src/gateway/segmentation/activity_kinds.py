"""Kinds of activities."""

from enum import Enum

import strawberry

from gateway.values import by_number
from quanzi.inbound.v1 import activity_pb2


@strawberry.enum(description="What a member did.")
class ActivityKind(Enum):
    JOINED = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_JOINED, description="入群")
    LEFT = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_LEFT, description="退群")
    MESSAGE = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_MESSAGE, description="发言")
    LIKE = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_LIKE, description="点赞")
    SHARE = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_SHARE, description="分享")
    CLICK = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_CLICK, description="点击")
    FAVORITE = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_FAVORITE, description="收藏")
    CHECK_IN = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_CHECK_IN, description="打卡")
    UGC = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_UGC, description="用户UGC")
    ORDER_PAID = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_ORDER_PAID, description="订单支付")
    ORDER_REFUNDED = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_ORDER_REFUNDED, description="订单退款")
    INVITE = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_INVITE, description="邀请")
    ANSWER = strawberry.enum_value(activity_pb2.ACTIVITY_KIND_ANSWER, description="回答")


ACTIVITY_KINDS = by_number(ActivityKind)
