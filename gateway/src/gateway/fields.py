"""Fields that are resolved by a function."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

import strawberry


def resolved(description: str) -> Callable[[Callable[..., object]], Any]:
    """A field of the graph whose value the function below gives."""
    decorate: Callable[[Callable[..., object]], Any] = strawberry.field(description=description)
    return decorate


def subscribed(description: str) -> Callable[[Callable[..., AsyncGenerator[Any, None]]], Any]:
    """A subscription whose values the generator below gives."""
    decorate: Callable[[Callable[..., AsyncGenerator[Any, None]]], Any]
    decorate = strawberry.subscription(description=description)
    return decorate
