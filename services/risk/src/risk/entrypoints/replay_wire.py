"""What would be decided otherwise, as messages of lexicon.proto and violations.proto."""

from quanzi.risk.v1 import lexicon_pb2 as pb
from quanzi.risk.v1 import violations_pb2
from risk.application.preview_risk_policy import PolicyPreview
from risk.domain.replay import Replay
from risk.enums import number


def changes_to_wire(replay: Replay) -> list[pb.VerdictChange]:
    return [
        pb.VerdictChange(before=number(before), after=number(after), messages=count)
        for (before, after), count in sorted(replay.changes.items())
    ]


def samples_to_wire(replay: Replay) -> list[pb.LexiconSample]:
    return [
        pb.LexiconSample(
            activity_id=str(sample.activity_id),
            masked_text=sample.text,
            before=number(sample.before),
            after=number(sample.after),
        )
        for sample in replay.samples
    ]


def policy_preview_to_wire(preview: PolicyPreview) -> violations_pb2.PreviewRiskPolicyResponse:
    replay = preview.replay
    return violations_pb2.PreviewRiskPolicyResponse(
        messages=replay.messages,
        complete=preview.is_complete,
        changes=changes_to_wire(replay),
        behaviour=[
            violations_pb2.BehaviourCount(rule=rule, before=replay.before[rule], after=replay.after[rule])
            for rule in sorted(replay.before | replay.after)
        ],
        samples=samples_to_wire(replay),
    )
