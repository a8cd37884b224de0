"""The vocabularies of content and those of the contract."""

from chassis.enums import WireEnum
from content.domain.content_type import ContentFormat, ContentType, Verdict
from content.domain.item import ItemStatus
from content.domain.plan import PlanStatus
from content.domain.post import DeliveryOutcome, PostStatus
from quanzi.content.v1 import items_pb2, plans_pb2
from quanzi.risk.v1 import screening_pb2

CONTENT_TYPES = WireEnum(ContentType, items_pb2.ContentType)
CONTENT_FORMATS = WireEnum(ContentFormat, items_pb2.ContentFormat)
ITEM_STATUSES = WireEnum(ItemStatus, items_pb2.ItemStatus)
PLAN_STATUSES = WireEnum(PlanStatus, plans_pb2.PlanStatus)
POST_STATUSES = WireEnum(PostStatus, plans_pb2.PostStatus)
DELIVERY_OUTCOMES = WireEnum(DeliveryOutcome, plans_pb2.DeliveryOutcome)
VERDICTS = WireEnum(Verdict, screening_pb2.Verdict)
