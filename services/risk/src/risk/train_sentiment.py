"""`quanzi train sentiment FILE --out MODEL`, also `python -m risk.train_sentiment`."""

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from risk.adapters.simplified_characters import simplified_characters
from risk.adapters.spelling_tables import lookalikes
from risk.domain.accuracy import is_held_back, plain_form
from risk.domain.classification import Labelled
from risk.domain.normal_form import Normaliser
from risk.entrypoints.review_files import ReviewFile, read_reviews

_FOLDED_ALONE = (0, 5, 0, 0, 0, 0)
"""Characters of the longest n-gram, by view: what is meant to be understood needs no other."""


def main(
    file: ReviewFile,
    out: Annotated[Path, typer.Option(help="Where the model goes; shipped: src/risk/data/sentiment.npz.")],
) -> None:
    """Make the model from judged reviews without their held-back fifth; same file, same model."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # sums in one order
    from risk.adapters.classifier.characters import character_views
    from risk.adapters.classifier.training import Example, train

    reviews = read_reviews(file)
    learnt = [
        Example(Labelled(review.text, review.is_negative), plain_form(review.text))
        for review in reviews
        if not is_held_back(review.text)
    ]
    views = character_views(Normaliser(simplified_characters(), lookalikes()), {})
    trained = train(learnt, views, partial(typer.echo, err=True), longest=_FOLDED_ALONE, of_kinds=False)
    model = trained.model
    stored = model.to_bytes()
    out.write_bytes(stored)
    typer.echo(
        f"{out}: version {model.version}, {len(stored):,} bytes, from {len(learnt):,} texts "
        f"({len(reviews) - len(learnt):,} held back)"
    )


if __name__ == "__main__":
    typer.run(main)
