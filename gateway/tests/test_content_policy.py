"""The content policy through the graph: what is read can be written back."""

from __future__ import annotations

from gateway.content.policy import ContentPolicy, ContentPolicyUpdateInput
from quanzi.content.v1 import policy_pb2


def test_every_field_of_the_contract_can_be_read_and_written() -> None:
    fields = {field.name for field in policy_pb2.ContentPolicy.DESCRIPTOR.fields}
    assert set(ContentPolicy.__annotations__) == fields
    assert set(ContentPolicyUpdateInput.__annotations__) == fields - {"version"} | {"expected_version"}
