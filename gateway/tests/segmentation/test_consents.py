"""Consents: rows are refused one by one, and a page of members takes two calls."""

from __future__ import annotations

from quanzi.paging.v1.paging_pb2 import PageInfo
from quanzi.segmentation.v1 import consents_pb2

from ..conftest import Door
from ..fakes import FakeServices
from ..test_members import NOW, serve

ROW = {
    "source": "crm",
    "sourceId": "1",
    "member": "wm-1",
    "purpose": "marketing",
    "state": "GIVEN",
    "channel": "store",
    "noticeVersion": "2026-01",
    "occurredAt": "2026-11-02T08:00:00+08:00",
}


async def test_refused_rows_are_named_as_the_input_does(door: Door, services: FakeServices) -> None:
    asked: list[consents_pb2.RecordConsentsRequest] = []

    def record(request: consents_pb2.RecordConsentsRequest) -> consents_pb2.RecordConsentsResponse:
        asked.append(request)
        fields = ("member_reference", "source_id", "notice_version", "state")
        rejections = [
            consents_pb2.ConsentRejection(index=index, code="X", field=field, message="why")
            for index, field in enumerate(fields)
        ]
        return consents_pb2.RecordConsentsResponse(accepted=1, rejections=rejections)

    services.answers["RecordConsents"] = record
    query = """
    mutation ($input: ConsentsRecordInput!) {
      consentsRecord(input: $input) { accepted rejections { index code field message } userErrors { code } }
    }
    """
    answer = await door.ask(query, input={"consents": [ROW]})
    payload = answer["data"]["consentsRecord"]
    assert (payload["accepted"], payload["userErrors"]) == (1, [])
    assert [it["field"] for it in payload["rejections"]] == ["member", "sourceId", "noticeVersion", "state"]
    [row] = asked[0].rows
    assert (row.member_reference, row.state) == ("wm-1", consents_pb2.CONSENT_STATE_GIVEN)
    assert row.occurred_at.ToJsonString() == "2026-11-02T00:00:00Z"


async def test_a_page_of_members_takes_two_calls(door: Door, services: FakeServices) -> None:
    serve(services)
    marketing = consents_pb2.ConsentPurpose(code="marketing", name="营销推送")
    record = consents_pb2.ConsentRecord(
        purpose="marketing", state=consents_pb2.CONSENT_STATE_WITHDRAWN, occurred_at=NOW, recorded_at=NOW
    )
    services.answers["BatchListConsents"] = lambda request: consents_pb2.BatchListConsentsResponse(
        consents=[
            consents_pb2.Consent(member_id=one, purpose=marketing, state=record.state, record=record)
            for one in request.member_ids
        ]
    )
    services.answers["BatchListConsentRecords"] = lambda request: (
        consents_pb2.BatchListConsentRecordsResponse(
            members=[
                consents_pb2.MemberConsentRecords(
                    member_id=one, records=[record], page_info=PageInfo(cursors=[request.purpose])
                )
                for one in request.member_ids
            ]
        )
    )
    answer = await door.ask(
        """
        { members { nodes {
            consents { purpose { code name } state record { noticeVersion evidence } }
            consentRecords(first: 1, purpose: "marketing") { nodes { state } pageInfo { endCursor } }
        } } }
        """
    )
    nodes = answer["data"]["members"]["nodes"]
    assert len(nodes) > 1
    assert nodes[0]["consents"] == [
        {
            "purpose": {"code": "marketing", "name": "营销推送"},
            "state": "WITHDRAWN",
            "record": {"noticeVersion": None, "evidence": None},
        }
    ]
    assert nodes[-1]["consentRecords"] == {
        "nodes": [{"state": "WITHDRAWN"}],
        "pageInfo": {"endCursor": "marketing"},
    }
    assert (services.calls["BatchListConsents"], services.calls["BatchListConsentRecords"]) == (1, 1)
