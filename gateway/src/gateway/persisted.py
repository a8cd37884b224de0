"""Documents stored beside the gateway: clients may send the hash alone, or may send nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from gateway.errors import PublicError


class PersistedDocuments:
    """Files `*.graphql` of a folder, known by the SHA-256 of their text."""

    def __init__(self, folder: Path | None) -> None:
        texts = (
            [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.graphql"))] if folder else []
        )
        self._documents = {_hash(text): text for text in texts}

    def __contains__(self, text: str) -> bool:
        return _hash(text) in self._documents

    def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """A request that names its document by `extensions.persistedQuery.sha256Hash`, with the text put in.

        Raises PublicError PERSISTED_QUERY_NOT_FOUND.
        """
        extensions = body.get("extensions")
        named = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
        if not isinstance(named, dict) or body.get("query"):
            return body
        text = self._documents.get(str(named.get("sha256Hash")))
        if text is None:
            raise PublicError("PERSISTED_QUERY_NOT_FOUND", "no stored document has this hash")
        return {**body, "query": text}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
