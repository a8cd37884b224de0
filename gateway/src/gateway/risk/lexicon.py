"""The lexicon beyond its list: versions, words tried on past messages, what is taken elsewhere."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from gateway.clients import WHOLE_TENANT
from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.risk.mutations import LexiconWordInput
from gateway.risk.types import RISK_CATEGORIES, VERDICTS, LexiconWord, RiskCategory, Verdict
from gateway.values import moment, number
from quanzi.risk.v1 import lexicon_pb2


@strawberry.type(description="A version of the tenant's lexicon (词库版本).")
class LexiconVersion:
    version: int = strawberry.field(description="Counts changes; 1, not listed, are the shipped words alone.")
    edited_at: datetime = strawberry.field(description="When.")
    edited_by: str = strawberry.field(description="Who.")
    added: int = strawberry.field(description="Words added.")
    changed: int = strawberry.field(description="Words changed.")
    removed: int = strawberry.field(description="Words removed.")
    restored_version: int | None = strawberry.field(description="The version whose words it put back.")

    @classmethod
    def of(cls, version: lexicon_pb2.LexiconVersion) -> Self:
        return cls(
            version=version.version,
            edited_at=moment(version.edited_at),
            edited_by=version.edited_by,
            added=version.added,
            changed=version.changed,
            removed=version.removed,
            restored_version=version.restored_version or None,
        )


@strawberry.type(description="How often a word would have hit.")
class LexiconWordHits:
    word: str = strawberry.field(description="The word as it was asked about.")
    messages: int = strawberry.field(description="Messages with it.")


@strawberry.type(description="How many messages would be decided otherwise.")
class VerdictChange:
    before: Verdict = strawberry.field(description="What was decided.")
    after: Verdict = strawberry.field(description="What would have been.")
    messages: int = strawberry.field(description="How many.")

    @classmethod
    def of(cls, change: lexicon_pb2.VerdictChange) -> Self:
        return cls(before=VERDICTS[change.before], after=VERDICTS[change.after], messages=change.messages)


@strawberry.type(description="A message that would be decided otherwise.")
class VerdictSample:
    activity_id: str = strawberry.field(description="Activity id of the message.")
    masked_text: str | None = strawberry.field(
        description="Its text, personal data masked (脱敏); null: it is no longer kept."
    )
    before: Verdict = strawberry.field(description="What was decided.")
    after: Verdict = strawberry.field(description="What would have been.")

    @classmethod
    def of(cls, sample: lexicon_pb2.LexiconSample) -> Self:
        return cls(
            activity_id=sample.activity_id,
            masked_text=sample.masked_text or None,
            before=VERDICTS[sample.before],
            after=VERDICTS[sample.after],
        )


@strawberry.type(description="What other words would have decided about past messages (试运行).")
class LexiconTrial:
    messages: int = strawberry.field(description="Messages looked at: the newest, at most 20,000.")
    complete: bool = strawberry.field(description="No message of these days was left out.")
    hits: list[LexiconWordHits] = strawberry.field(description="Of each word, in the order of the arguments.")
    changes: list[VerdictChange] = strawberry.field(description="Verdicts that would change, by kind.")
    samples: list[VerdictSample] = strawberry.field(description="Up to 20 of them, newest first.")

    @classmethod
    def of(cls, trial: lexicon_pb2.TestLexiconResponse) -> Self:
        return cls(
            messages=trial.messages,
            complete=trial.complete,
            hits=[LexiconWordHits(word=it.word, messages=it.messages) for it in trial.hits],
            changes=[VerdictChange.of(change) for change in trial.changes],
            samples=[VerdictSample.of(sample) for sample in trial.samples],
        )


@strawberry.type(description="Words of the lexicon by the thousand, in order.")
class LexiconExport:
    words: list[LexiconWord] = strawberry.field(description="At most 2,000.")
    has_more: bool = strawberry.field(description="More follow the last of them.")
    version: int = strawberry.field(description="Version of the lexicon.")


@strawberry.enum(description="Where in WeCom's own console keywords go.")
class KeywordTarget(Enum):
    INTERCEPT_RULES = strawberry.enum_value(
        lexicon_pb2.KEYWORD_TARGET_INTERCEPT_RULES, description="敏感词拦截: 100 rules of 300 words."
    )
    ANTI_SPAM = strawberry.enum_value(
        lexicon_pb2.KEYWORD_TARGET_ANTI_SPAM, description="防骚扰: one list per category."
    )


@strawberry.type(description="Words of one category, for one rule.")
class KeywordList:
    category: RiskCategory | None = strawberry.field(description="Why they are risky.")
    name: str = strawberry.field(description="Name of the rule, in Chinese.")
    words: list[str] = strawberry.field(description="Blocked ones first.")


@strawberry.type(description="Risky words in the portions that WeCom takes (关键词导出).")
class KeywordExport:
    lists: list[KeywordList] = strawberry.field(description="One per rule.")
    left_out: int = strawberry.field(description="Words no list has room for.")
    version: int = strawberry.field(description="Version of the lexicon they are from.")


_WORDS = strawberry.argument(description="As if these were put; 1,000 at most.")
_REMOVED = strawberry.argument(description="As if these were removed; 1,000 at most.")


@strawberry.type
class LexiconQueries:
    @resolved("Versions of the lexicon (词库版本), newest first.")
    async def lexicon_versions(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[LexiconVersion] | None:
        request = lexicon_pb2.ListLexiconVersionsRequest(page=page(info, first, after))
        answer = await info.context.clients.lexicon.ListLexiconVersions(request)
        return connection(map(LexiconVersion.of, answer.versions), answer.page_info, after)

    @resolved("What other words would have decided about past messages (发布前试运行); nothing is stored.")
    async def lexicon_trial(
        self,
        info: Info,
        days: Annotated[int, strawberry.argument(description="Messages of so many days, 1 to 366.")] = 7,
        put: Annotated[list[LexiconWordInput] | None, _WORDS] = None,
        remove: Annotated[list[str] | None, _REMOVED] = None,
        version: Annotated[
            int | None, strawberry.argument(description="On the words of this version; null: those in force.")
        ] = None,
    ) -> LexiconTrial | None:
        request = lexicon_pb2.TestLexiconRequest(
            put=[word.to_wire() for word in put or ()], remove=remove, version=version, days=days
        )
        trial = info.context.clients.lexicon.TestLexicon(request, timeout=WHOLE_TENANT)
        return LexiconTrial.of(await trial)

    @resolved("Words by the thousand, to be taken elsewhere (导出词库).")
    async def lexicon_export(
        self,
        info: Info,
        after: Annotated[str, strawberry.argument(description="Go on after this word.")] = "",
        with_shipped: Annotated[
            bool, strawberry.argument(description="Also the words shipped with the service.")
        ] = False,
    ) -> LexiconExport | None:
        request = lexicon_pb2.ExportWordsRequest(after=after, with_shipped=with_shipped)
        answer = await info.context.clients.lexicon.ExportWords(request)
        words = [LexiconWord.of(word) for word in answer.words]
        return LexiconExport(words=words, has_more=answer.has_more, version=answer.version)

    @resolved("Risky words in the portions that WeCom's own console takes (导出企业微信关键词).")
    async def wecom_keywords(
        self,
        info: Info,
        target: Annotated[KeywordTarget, strawberry.argument(description="Where they go.")],
    ) -> KeywordExport | None:
        request = lexicon_pb2.ExportKeywordsRequest(target=number(target))
        answer = await info.context.clients.lexicon.ExportKeywords(request)
        lists = [
            KeywordList(category=RISK_CATEGORIES.get(it.category), name=it.name, words=list(it.words))
            for it in answer.lists
        ]
        return KeywordExport(lists=lists, left_out=answer.left_out, version=answer.version)
