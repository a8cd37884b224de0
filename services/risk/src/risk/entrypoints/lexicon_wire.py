"""Domain values of the lexicon as the messages of lexicon.proto, and back."""

from collections.abc import Callable

from chassis.timestamps import timestamp
from quanzi.risk.v1 import lexicon_pb2 as pb
from risk.application.export_keywords import Keywords, KeywordTarget
from risk.application.lexicon_ports import LexiconVersion
from risk.application.try_words import Trial, TrialResult
from risk.domain.verdict import RiskCategory
from risk.entrypoints.replay_wire import changes_to_wire, samples_to_wire
from risk.entrypoints.wire import word_of
from risk.enums import number

TARGETS = {
    pb.KEYWORD_TARGET_INTERCEPT_RULES: KeywordTarget.INTERCEPT_RULES,
    pb.KEYWORD_TARGET_ANTI_SPAM: KeywordTarget.ANTI_SPAM,
}


def version_to_wire(version: LexiconVersion) -> pb.LexiconVersion:
    return pb.LexiconVersion(
        version=version.version,
        edited_at=timestamp(version.edited_at),
        edited_by=version.edited_by,
        added=version.edit.added,
        changed=version.edit.changed,
        removed=version.edit.removed,
        restored_version=version.restored_version or 0,
    )


def trial_of(request: pb.TestLexiconRequest) -> Trial:
    version = request.version if request.HasField("version") else None
    return Trial([word_of(word) for word in request.put], request.remove, version, request.days)


def trial_to_wire(trial: Trial, result: TrialResult) -> pb.TestLexiconResponse:
    replay = result.replay
    tested = [*(word.text for word in trial.put), *trial.remove]
    return pb.TestLexiconResponse(
        messages=replay.messages,
        complete=result.is_complete,
        hits=[pb.WordHits(word=word, messages=replay.hits[word]) for word in tested],
        changes=changes_to_wire(replay),
        samples=samples_to_wire(replay),
    )


def keywords_to_wire(keywords: Keywords, name_of: Callable[[RiskCategory], str]) -> pb.ExportKeywordsResponse:
    return pb.ExportKeywordsResponse(
        lists=[
            pb.KeywordList(
                category=number(it.category), name=f"{name_of(it.category)} {it.number}", words=it.words
            )
            for it in keywords.lists
        ],
        left_out=keywords.left_out,
        version=keywords.version,
    )
