"""`quanzi eval sentiment FILE`, also `python -m risk.evaluate_sentiment`: how right the model is."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import Annotated

import typer

from risk.adapters.classifier.shipped import SENTIMENT, StoredClassifier
from risk.domain.accuracy import Tally, is_held_back
from risk.entrypoints.review_files import Review, ReviewFile, read_reviews

_EVEN = 0.5


def main(
    file: ReviewFile,
    held_back: Annotated[
        bool, typer.Option("--held-back", help="Only the fifth that training leaves out.")
    ] = False,
    model: Annotated[
        Path | None, typer.Option(help="Of `train sentiment`; by default the shipped one.")
    ] = None,
) -> None:
    """Judge reviews of which the sentiment is known; what is looked for are the negative ones."""
    reviews = [it for it in read_reviews(file) if is_held_back(it.text) or not held_back]
    judge = StoredClassifier(model.read_bytes()) if model else StoredClassifier.shipped(SENTIMENT)
    typer.echo(f"{len(reviews):,} reviews of {file.name}, model {judge.version}")
    began = process_time()
    scores = judge.score_all([review.text for review in reviews])
    seconds = process_time() - began
    typer.echo("\n| product | reviews | accuracy | precision | recall | F1 |\n|---|---:|---:|---:|---:|---:|")
    for line in _lines(reviews, [score.probability >= _EVEN for score in scores]):
        typer.echo(line)
    characters = sum(len(review.text) for review in reviews) / len(reviews)
    typer.echo(f"\n{len(reviews) / seconds:,.0f} reviews/s on one core, {characters:.0f} characters each")


def _lines(reviews: Sequence[Review], flagged: Sequence[bool]) -> Iterator[str]:
    judged: defaultdict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for review, is_flagged in zip(reviews, flagged, strict=True):
        for name in (review.category, "all"):
            judged[name].append((review.is_negative, is_flagged))
    for name in sorted(judged, key=lambda name: (name == "all", name)):
        tally = Tally.of(judged[name])
        figures = (tally.accuracy, tally.precision, tally.recall, tally.f1)
        shown = " | ".join("—" if figure is None else f"{figure:.1%}" for figure in figures)
        yield f"| {name} | {tally.texts:,} | {shown} |"


if __name__ == "__main__":
    typer.run(main)
