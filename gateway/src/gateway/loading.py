"""DataLoaders over batch RPCs: one call for all keys of a moment, a value or an error for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import grpc
from strawberry.dataloader import DataLoader

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
A = TypeVar("A", bound=Hashable)

MAX_KEYS = 500


def loader(
    fetch: Callable[[list[K]], Awaitable[Mapping[K, T]]], max_keys: int = MAX_KEYS
) -> DataLoader[K, T | None]:
    """None for a key that the service does not know; the failure of a call for each key that was in it."""

    async def load(keys: list[K]) -> Sequence[T | BaseException | None]:
        try:
            found = await fetch(keys)
        except grpc.aio.AioRpcError as failed:
            return [failed] * len(keys)
        return [found.get(key) for key in keys]

    return DataLoader(load, max_batch_size=max_keys)


def many_loader(
    fetch: Callable[[list[K]], Awaitable[Iterable[tuple[K, T]]]], max_keys: int = MAX_KEYS
) -> DataLoader[K, list[T]]:
    """All values of a key, in the order of the service; an empty list for a key without any."""

    async def load(keys: list[K]) -> Sequence[list[T] | BaseException]:
        found: defaultdict[K, list[T]] = defaultdict(list)
        try:
            for key, value in await fetch(keys):
                found[key].append(value)
        except grpc.aio.AioRpcError as failed:
            return [failed] * len(keys)
        return [found[key] for key in keys]

    return DataLoader(load, max_batch_size=max_keys)


def argument_loader(
    fetch: Callable[[A, list[K]], Awaitable[Mapping[K, T]]], max_keys: int
) -> DataLoader[tuple[K, A], T | None]:
    """For fields with an argument: as `loader`, one call for each distinct argument, and each fails alone."""

    async def load(keys: list[tuple[K, A]]) -> Sequence[T | BaseException | None]:
        answers: dict[A, Mapping[K, T] | grpc.aio.AioRpcError] = {}
        for argument, of_it in by_argument(keys).items():
            try:
                answers[argument] = await fetch(argument, of_it)
            except grpc.aio.AioRpcError as failed:
                answers[argument] = failed
        return [
            found if isinstance(found := answers[argument], grpc.aio.AioRpcError) else found.get(key)
            for key, argument in keys
        ]

    return DataLoader(load, max_batch_size=max_keys)


def by_argument(keys: Iterable[tuple[K, A]]) -> dict[A, list[K]]:
    """Keys of loaders whose field has an argument, grouped by it: one call for each distinct argument."""
    groups: defaultdict[A, list[K]] = defaultdict(list)
    for key, argument in keys:
        groups[argument].append(key)
    return groups
