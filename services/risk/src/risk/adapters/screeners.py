"""Screeners kept between batches: made anew when, and only when, the tenant's lexicon has another version."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

from risk.adapters.aho_corasick import AhoCorasickMatcher
from risk.adapters.classifiers import CachedClassifiers
from risk.application.classifier_ports import Classifier, Classifiers
from risk.application.lexicon_ports import TenantWords
from risk.domain.lexicon import Lexicon, Word
from risk.domain.normal_form import Normaliser
from risk.domain.screening import Screener
from risk.domain.spellings import Spellings

UNCHANGED = 1
_KEPT_TENANTS = 64


class CachedScreeners:
    """Asks the transaction for the version, so that every replica is exact without being told of changes."""

    def __init__(
        self,
        normaliser: Normaliser,
        default_words: Sequence[Word],
        spellings: Spellings | None = None,
        classifier: Classifier | None = None,
    ) -> None:
        self.classifiers: Classifiers = CachedClassifiers(classifier)
        self._normaliser = normaliser
        self._spellings = spellings or Spellings()
        self._default_words = default_words
        self._unchanged = self._build(UNCHANGED, [])
        self._by_tenant: OrderedDict[UUID, Screener] = OrderedDict()

    async def current(self, tenant_id: UUID, words: TenantWords) -> Screener:
        """Tenants that changed nothing share one. Building takes a thread, about 5 µs per word."""
        version = await words.version()
        if version == UNCHANGED:
            return self._unchanged
        screener = self._by_tenant.get(tenant_id)
        if screener is None or screener.lexicon.version != version:
            screener = await asyncio.to_thread(self._build, version, await words.all())
            self._by_tenant[tenant_id] = screener
        self._by_tenant.move_to_end(tenant_id)
        if len(self._by_tenant) > _KEPT_TENANTS:
            self._by_tenant.popitem(last=False)
        return screener

    async def with_words(self, own: Sequence[Word]) -> Screener:
        return await asyncio.to_thread(self._build, UNCHANGED, own)

    async def of_words(self, words: Sequence[Word]) -> Screener:
        return await asyncio.to_thread(self._screener, UNCHANGED, words)

    def _build(self, version: int, own: Sequence[Word]) -> Screener:
        return self._screener(version, [*self._default_words, *own])

    def _screener(self, version: int, words: Sequence[Word]) -> Screener:
        lexicon = Lexicon(version, words, self._normaliser, AhoCorasickMatcher, self._spellings)
        return Screener(lexicon, self._normaliser)
