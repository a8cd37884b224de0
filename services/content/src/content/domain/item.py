"""A library item: versions, screening, approval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from content.domain.content_type import ContentFormat, ContentType, Verdict
from content.domain.errors import ItemIncomplete, ReasonMissing, StaleVersion, WrongItemStatus


class ItemStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Item:
    """Approval is of a version: a revision is a draft again. Made by `draft`; the constructor rehydrates."""

    id: UUID
    external_reference: str | None
    type: ContentType
    format: ContentFormat
    title: str
    body: str
    url: str
    status: ItemStatus
    version: int
    screening_verdict: Verdict | None
    status_reason: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def draft(
        cls,
        item_id: UUID,
        external_reference: str | None,
        content_type: ContentType,
        content_format: ContentFormat,
        title: str,
        body: str,
        url: str,
        now: datetime,
    ) -> Item:
        """Raises ItemIncomplete."""
        _check_complete(content_format, body, url)
        return cls(
            item_id, external_reference, content_type, content_format, title, body, url,
            ItemStatus.DRAFT, 1, None, "", now, now,
        )  # fmt: skip

    def revise(self, expected_version: int, title: str, body: str, url: str, now: datetime) -> Item:
        """Raises StaleVersion, ItemIncomplete."""
        self.check_version(expected_version)
        _check_complete(self.format, body, url)
        return replace(
            self, title=title, body=body, url=url, version=self.version + 1, status=ItemStatus.DRAFT,
            screening_verdict=None, status_reason="", updated_at=now,
        )  # fmt: skip

    def submit(self, version: int, verdict: Verdict, reason: str, now: datetime) -> Item:
        """Hand in a screened draft; a blocked one must be revised. Raises StaleVersion, WrongItemStatus."""
        self.check_version(version)
        if self.status is not ItemStatus.DRAFT:
            raise WrongItemStatus(f"Only a draft can be submitted; this item is {self.status}.")
        blocked = verdict is Verdict.BLOCK
        return replace(
            self,
            status=ItemStatus.BLOCKED if blocked else ItemStatus.SUBMITTED,
            screening_verdict=verdict,
            status_reason=reason if blocked else "",
            updated_at=now,
        )

    def review(self, version: int, *, approve: bool, reason: str, now: datetime) -> Item:
        """Raises StaleVersion, WrongItemStatus, ReasonMissing."""
        self.check_version(version)
        if self.status is not ItemStatus.SUBMITTED:
            raise WrongItemStatus(f"Only a submitted item can be reviewed; this one is {self.status}.")
        if not approve and not reason:
            raise ReasonMissing("Say why the item is rejected.")
        status = ItemStatus.APPROVED if approve else ItemStatus.REJECTED
        return replace(self, status=status, status_reason=reason, updated_at=now)

    def check_version(self, expected: int) -> None:
        """Raises StaleVersion."""
        if self.version != expected:
            raise StaleVersion(
                f"The item is at version {self.version}, not {expected}; read it again.", "version"
            )


def _check_complete(content_format: ContentFormat, body: str, url: str) -> None:
    if content_format is ContentFormat.TEXT and not body:
        raise ItemIncomplete("A text item needs a body.", "body")
    if content_format is not ContentFormat.TEXT and not url:
        raise ItemIncomplete(f"An item of format {content_format} needs a URL.", "url")
