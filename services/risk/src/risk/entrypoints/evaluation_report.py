"""An evaluation as text for people, as Markdown, and as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from risk.domain.accuracy import Tally
from risk.domain.screening_accuracy import Accuracy, Evaluation

_COLUMNS = ("texts", "accuracy", "precision", "recall", "F1", "false-positive rate")
_SPEED_COLUMNS = ("by processor time", "texts/s in one batch", "p99 of one text")
_DISGUISED_COLUMNS = (
    "written with",
    "texts",
    "words and patterns, not normalised",
    "words and patterns, normalised",
    "whole verdict",
    "whole verdict, same texts undisguised",
)
_EXPLAINED = (
    "A text counts as flagged when its verdict is review or block. *Whole verdict* is words, patterns and "
    "the classifier together. Where only one label occurs, what needs the other is left out."
)


def as_lines(evaluation: Evaluation, about: str) -> Iterator[str]:
    """Markdown, which reads well in a terminal too."""
    yield f"{about}. Model {evaluation.model_version}."
    yield ""
    yield _EXPLAINED
    for title, accuracy in (
        ("Whole verdict", evaluation.whole),
        ("Words and patterns alone", evaluation.words_and_patterns),
    ):
        yield from _section(title, _accuracy_rows(accuracy), ("", *_COLUMNS))
    naming = evaluation.naming
    if naming.texts:
        yield ""
        named = _percent(naming.right, naming.texts)
        yield f"Of {naming.texts:,} flagged texts with a category of ours, {named} were given it."
    speeds = [
        (name, f"{speed.texts_per_second:,.0f}", f"{speed.single_p99_ms:.2f} ms")
        for name, speed in (
            ("whole verdict", evaluation.speed),
            ("words and patterns", evaluation.words_and_patterns_speed),
        )
    ]
    yield from _section("Speed on one core", speeds, _SPEED_COLUMNS)
    if evaluation.disguised:
        yield from _section("Recall of disguised texts", _disguised_rows(evaluation), _DISGUISED_COLUMNS)


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Counts and shares; a share of nothing is null."""
    return {
        "model_version": evaluation.model_version,
        "whole": _accuracy_json(evaluation.whole),
        "words_and_patterns": _accuracy_json(evaluation.words_and_patterns),
        "naming": {"texts": evaluation.naming.texts, "right": evaluation.naming.right},
        "speed": evaluation.speed,
        "words_and_patterns_speed": evaluation.words_and_patterns_speed,
        "disguised": [
            {
                "way": each.way.value,
                "texts": each.texts,
                "undisguised": each.undisguised,
                "not_normalised": each.not_normalised,
                "words_and_patterns": each.words_and_patterns,
                "whole_verdict": each.whole_verdict,
            }
            for each in evaluation.disguised
        ],
    }


def _accuracy_json(accuracy: Accuracy) -> dict[str, Any]:
    def groups(tallies: Mapping[str, Tally]) -> dict[str, Any]:
        return {name: _tally_json(tally) for name, tally in tallies.items()}

    return {
        "overall": _tally_json(accuracy.overall),
        "by_source": groups(accuracy.by_source),
        "by_category": groups(accuracy.by_category),
    }


def _tally_json(tally: Tally) -> dict[str, Any]:
    return {
        "true_positives": tally.true_positives,
        "false_positives": tally.false_positives,
        "false_negatives": tally.false_negatives,
        "true_negatives": tally.true_negatives,
        "accuracy": tally.accuracy,
        "precision": tally.precision,
        "recall": tally.recall,
        "f1": tally.f1,
        "false_positive_rate": tally.false_positive_rate,
    }


def _accuracy_rows(accuracy: Accuracy) -> Iterator[Sequence[str]]:
    yield _tally_row("all", accuracy.overall)
    for kind, tallies in (("source", accuracy.by_source), ("category", accuracy.by_category)):
        for name, tally in tallies.items():
            yield _tally_row(f"{kind} {name or '(none)'}", tally)


def _tally_row(name: str, tally: Tally) -> Sequence[str]:
    both = tally.recall is not None and tally.false_positive_rate is not None
    shares = (
        tally.accuracy,
        tally.precision if both else None,
        tally.recall,
        tally.f1 if both else None,
        tally.false_positive_rate,
    )
    return (name, f"{tally.texts:,}", *("" if share is None else f"{share:.1%}" for share in shares))


def _disguised_rows(evaluation: Evaluation) -> Iterator[Sequence[str]]:
    for each in evaluation.disguised:
        counts = (each.not_normalised, each.words_and_patterns, each.whole_verdict, each.undisguised)
        yield each.way.value, f"{each.texts:,}", *(_percent(count, each.texts) for count in counts)


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""


def _section(title: str, rows: Iterable[Sequence[str]], header: Sequence[str]) -> Iterator[str]:
    """A heading and a table; the first column is text, the others are numbers."""
    yield from ("", f"## {title}", "")
    yield _row(header)
    yield "|---" + "|---:" * (len(header) - 1) + "|"
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
