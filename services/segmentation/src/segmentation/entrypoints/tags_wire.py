"""Tag rules as the messages of proto/quanzi/segmentation/v1/tags.proto, and back."""

from chassis.ids import optional_id
from chassis.timestamps import timestamp
from quanzi.segmentation.v1 import tags_pb2
from segmentation.application.save_tag_rule import SaveTagRule
from segmentation.domain.tags import Keywords, TagAccuracy, TagRule
from segmentation.entrypoints.conditions_wire import condition_from_wire, condition_to_wire


def rule_to_wire(rule: TagRule) -> tags_pb2.TagRule:
    return tags_pb2.TagRule(
        id=str(rule.id),
        name=rule.name,
        condition=None if isinstance(rule.when, Keywords) else condition_to_wire(rule.when),
        keywords=tags_pb2.Keywords(words=rule.when.words) if isinstance(rule.when, Keywords) else None,
        enabled=rule.enabled,
        version=rule.version,
        updated_at=timestamp(rule.updated_at),
    )


def rule_from_wire(request: tags_pb2.SaveTagRuleRequest) -> SaveTagRule:
    """Raises InvalidCondition."""
    by_words = request.WhichOneof("when") == "keywords"
    return SaveTagRule(
        rule_id=optional_id(request.id),
        expected_version=request.expected_version,
        name=request.name,
        when=Keywords(tuple(request.keywords.words)) if by_words else condition_from_wire(request.condition),
        enabled=request.enabled,
    )


def accuracy_to_wire(measured: TagAccuracy) -> tags_pb2.TagAccuracy:
    return tags_pb2.TagAccuracy(
        rule_id=str(measured.rule_id) if measured.rule_id else None,
        name=measured.name,
        confirmed=measured.confirmed,
        rejected=measured.rejected,
        unjudged=measured.unjudged,
        accuracy=measured.accuracy,
    )
