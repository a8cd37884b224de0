"""Approval is of a version, after screening."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from content.domain.content_type import ContentFormat, ContentType, Verdict
from content.domain.errors import ItemIncomplete, ReasonMissing, StaleVersion, WrongItemStatus
from content.domain.item import Item, ItemStatus

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def draft() -> Item:
    return Item.draft(
        UUID(int=1), None, ContentType.UGC, ContentFormat.TEXT, "晒单", "真好用", "", NOW
    )  # fmt: skip


def submitted(verdict: Verdict = Verdict.ALLOW) -> Item:
    return draft().submit(1, verdict, "原因", NOW)


def test_from_draft_to_approved() -> None:
    item = submitted().review(1, approve=True, reason="", now=NOW)
    assert item.status is ItemStatus.APPROVED
    assert item.screening_verdict is Verdict.ALLOW


def test_review_is_a_matter_for_people() -> None:
    assert submitted(Verdict.REVIEW).status is ItemStatus.SUBMITTED


def test_blocked_content_says_why_and_cannot_be_approved() -> None:
    item = submitted(Verdict.BLOCK)
    assert (item.status, item.status_reason) == (ItemStatus.BLOCKED, "原因")
    with pytest.raises(WrongItemStatus):
        item.review(1, approve=True, reason="", now=NOW)


def test_a_revision_is_a_draft_again() -> None:
    item = submitted().review(1, approve=True, reason="", now=NOW).revise(1, "晒单", "更好用", "", NOW)
    assert (item.version, item.status, item.screening_verdict) == (2, ItemStatus.DRAFT, None)
    with pytest.raises(StaleVersion):
        item.submit(1, Verdict.ALLOW, "", NOW)


def test_a_rejection_needs_a_reason() -> None:
    with pytest.raises(ReasonMissing):
        submitted().review(1, approve=False, reason="", now=NOW)


@pytest.mark.parametrize("content_format", list(ContentFormat))
def test_every_format_needs_its_part(content_format: ContentFormat) -> None:
    with pytest.raises(ItemIncomplete):
        Item.draft(UUID(int=1), None, ContentType.UGC, content_format, "标题", "", "", NOW)
