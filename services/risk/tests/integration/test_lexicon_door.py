"""The lexicon through the running service: versions, trials, exports."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.testbed.waiting import eventually
from quanzi.risk.v1 import lexicon_pb2 as pb
from quanzi.risk.v1 import screening_pb2

from .conftest import StartDoor
from .door import FIRST, activity, as_caller, refusal

BLOCK, ALLOW = screening_pb2.VERDICT_BLOCK, screening_pb2.VERDICT_ALLOW
ADVERT = screening_pb2.RISK_CATEGORY_ADVERT


async def test_words_are_put_tried_restored_and_taken_elsewhere(
    open_door: StartDoor, tenant_id: UUID
) -> None:
    door = open_door()
    word = pb.LexiconWord(
        word="竞品面膜", category=ADVERT, verdict=BLOCK, match_homophones=True, match_splits=True, note="法务"
    )
    with as_caller(tenant_id):
        await door.send(tenant_id, [activity("这个竞品面膜"), activity("早上好"), activity("晶品面膜")])

        async def looked_at() -> int:
            trial = pb.TestLexiconRequest(put=[word], days=1)
            return (await door.lexicon.TestLexicon(trial)).messages

        await eventually(looked_at, 3)
        tried = await door.lexicon.TestLexicon(pb.TestLexiconRequest(put=[word], days=1))
        assert [(hit.word, hit.messages) for hit in tried.hits] == [("竞品面膜", 2)]
        assert [(it.before, it.after, it.messages) for it in tried.changes] == [(ALLOW, BLOCK, 2)]
        assert {sample.masked_text for sample in tried.samples} == {"这个竞品面膜", "晶品面膜"}
        assert tried.complete

        await door.lexicon.PutWords(pb.PutWordsRequest(words=[word]))
        assert await door.verdict("京品面莫") == BLOCK
        exported = await door.lexicon.ExportWords(pb.ExportWordsRequest())
        assert list(exported.words) == [word]
        shipped = await door.lexicon.ExportWords(pb.ExportWordsRequest(with_shipped=True))
        assert len(shipped.words) > 900

        rules = await door.lexicon.ExportKeywords(
            pb.ExportKeywordsRequest(target=pb.KEYWORD_TARGET_INTERCEPT_RULES)
        )
        assert all(len(rule.words) <= 300 for rule in rules.lists)
        assert "竞品面膜" in {it for rule in rules.lists for it in rule.words}
        assert (rules.lists[0].name, rules.left_out) == ("恶意营销 1", 0)

        restored = await door.lexicon.RestoreLexicon(pb.RestoreLexiconRequest(version=1))
        assert (restored.version, restored.changed) == (3, 1)
        assert await door.verdict("竞品面膜") == ALLOW
        listed = await door.lexicon.ListLexiconVersions(pb.ListLexiconVersionsRequest(page=FIRST))
        assert [(it.version, it.added, it.removed, it.edited_by) for it in listed.versions] == [
            (3, 0, 1, "moderator-1"),
            (2, 1, 0, "moderator-1"),
        ]
        assert listed.versions[0].edited_at.ToDatetime(UTC) <= datetime.now(UTC)
        unknown = door.lexicon.RestoreLexicon(pb.RestoreLexiconRequest(version=9))
        assert await refusal(unknown) == ("LEXICON_VERSION_NOT_FOUND", "version")
        assert (await door.published(tenant_id))["lexicon.changed"] in (1, 2)


@pytest.mark.parametrize("target", [pb.KEYWORD_TARGET_INTERCEPT_RULES, pb.KEYWORD_TARGET_ANTI_SPAM])
async def test_a_large_lexicon_is_cut_to_what_wecom_takes(
    open_door: StartDoor, tenant_id: UUID, target: pb.KeywordTarget
) -> None:
    door = open_door()
    with as_caller(tenant_id):
        for start in range(0, 40_000, 5_000):
            words = [
                pb.LexiconWord(word=f"词语{n}号", category=ADVERT, verdict=BLOCK)
                for n in range(start, start + 5_000)
            ]
            await door.lexicon.PutWords(pb.PutWordsRequest(words=words))
        answer = await door.lexicon.ExportKeywords(pb.ExportKeywordsRequest(target=target))
        most_lists, most_words = (100, 300) if target == pb.KEYWORD_TARGET_INTERCEPT_RULES else (9, 1_000)
        assert len(answer.lists) <= most_lists
        assert all(len(it.words) <= most_words for it in answer.lists)
        assert answer.left_out > 0
        assert {screening_pb2.RISK_CATEGORY_FRAUD, ADVERT} <= {it.category for it in answer.lists}
