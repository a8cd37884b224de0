"""Messages of the last days judged by another model: what would be different."""

from collections.abc import Sequence

from risk.domain.classification import Thresholds
from risk.domain.judgement import by_probability
from risk.domain.lexicon import Lexicon
from risk.domain.replay import OF_BEHAVIOUR, KeptText, Replay, Sample, found_in_text
from risk.domain.verdict import Verdict, highest

Probabilities = Sequence[float | None]
"""One per message, in order; None: no model was asked."""


def replay_models(
    kept: Sequence[KeptText],
    before: Probabilities,
    after: Probabilities,
    thresholds: Thresholds,
    lexicon: Lexicon,
) -> Replay:
    """Of the same texts by both models, so that nothing but the model makes the difference.

    What else was found stays; own words of `lexicon` are firm.
    """
    result = Replay()
    for message, then, now in zip(kept, before, after, strict=True):
        verdicts = [_verdict(message, probability, thresholds, lexicon) for probability in (then, now)]
        result.add(Sample(message.activity_id, message.text, *verdicts))
    return result


def _verdict(
    message: KeptText, probability: float | None, thresholds: Thresholds, lexicon: Lexicon
) -> Verdict:
    of_text = by_probability(found_in_text(message.findings), probability, thresholds, lexicon)
    return max(of_text, highest(it for it in message.findings if it.detector in OF_BEHAVIOUR))
