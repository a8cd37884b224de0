"""The manner of every mutation: one input, and an answer that carries the object or the user's errors.

A refusal that the service meant for the user becomes a `userError`; its reason is the code where the mutation
names it, else the kind of refusal is. Everything else stays a top-level error.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Annotated, Any, ClassVar, TypeVar, dataclass_transform

import grpc
import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types.base import StrawberryOptional
from strawberry.types.field import StrawberryField

from chassis.rpc.errors import Refusal
from gateway.errors import PublicError
from gateway.reasons import KINDS, REASONS

T = TypeVar("T")

INPUT = strawberry.argument(description="What to do.")
IDEMPOTENCY_KEY = "Your own key of this request: repeated with the same input it gives the same answer again."

_KINDS: Mapping[grpc.StatusCode, str] = {
    grpc.StatusCode.INVALID_ARGUMENT: "INVALID",
    grpc.StatusCode.OUT_OF_RANGE: "INVALID",
    grpc.StatusCode.NOT_FOUND: "NOT_FOUND",
    grpc.StatusCode.ALREADY_EXISTS: "CONFLICT",
    grpc.StatusCode.ABORTED: "CONFLICT",
    grpc.StatusCode.FAILED_PRECONDITION: "REFUSED",
}
# The same for what the gateway itself refuses, by the code of its PublicError.
_OWN_REFUSALS: Mapping[str, grpc.StatusCode] = {
    "BAD_USER_INPUT": grpc.StatusCode.INVALID_ARGUMENT,
    "NOT_FOUND": grpc.StatusCode.NOT_FOUND,
    "CONFLICT": grpc.StatusCode.ALREADY_EXISTS,
}


class UserError:
    """A refusal meant for the user. Each mutation has its own type of it, with its own codes."""

    def __init__(self, field: str | None, message: str, code: Enum) -> None:
        self.field = field
        self.message = message
        self.code = code


class Payload:
    """The answer of a mutation. Its object is None when `user_errors` is not empty."""

    codes: ClassVar[type[Enum]]
    renamed: ClassVar[Mapping[str, str]]
    user_errors: list[UserError]

    @classmethod
    def refused(cls, refusal: Refusal) -> Payload | None:
        """The answer for a refusal; None when it is not one for the user."""
        kind = _KINDS.get(refusal.code)
        name = refusal.reason if refusal.reason in cls.codes.__members__ else kind
        if name is None:
            return None
        error = UserError(input_field(refusal.field, cls.renamed), refusal.message, cls.codes[name])
        return cls(user_errors=[error])  # type: ignore[call-arg]


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def payload(*reasons: str, **renamed: str) -> Callable[[type[T]], type[T]]:
    """Make `<Name>Payload` the answer of a mutation, and with it `<Name>UserError` and `<Name>ErrorCode`.

    `reasons` are the refusals of the services that this mutation can meet, described in `gateway.reasons`;
    `renamed` are fields of the services' requests by other names than in the input.
    """

    def decorate(cls: type[T]) -> type[T]:
        name = cls.__name__.removesuffix("Payload")
        mutation = name[0].lower() + name[1:]
        described = {code: {**KINDS, **REASONS}[code] for code in (*KINDS, *reasons)}
        codes: Any = Enum(  # type: ignore[misc]
            f"{name}ErrorCode",
            {code: strawberry.enum_value(code, description=text) for code, text in described.items()},
            module=cls.__module__,
        )
        strawberry.enum(description=f"Why `{mutation}` was refused.")(codes)
        error = type(
            f"{name}UserError",
            (),
            {
                "__annotations__": {"field": str | None, "message": str, "code": codes},
                "field": strawberry.field(description="Path of the input field to blame, if one is."),
                "message": strawberry.field(description="What is wrong and what to do, for people."),
                "code": strawberry.field(description="The same for programs."),
            },
        )
        strawberry.type(description=f"A refusal of `{mutation}`.")(error)
        cls.codes = codes  # type: ignore[attr-defined]
        cls.renamed = renamed  # type: ignore[attr-defined]
        cls.__annotations__["user_errors"] = list[error]  # type: ignore[valid-type]
        cls.user_errors = strawberry.field(  # type: ignore[attr-defined]
            description="Why nothing was done; empty when it was done.", default_factory=list
        )
        return strawberry.type(description=f"Answer of `{mutation}`.")(cls)

    return decorate


def mutation(description: str) -> Callable[[Callable[..., Awaitable[Payload | None]]], Any]:
    decorate: Callable[[Callable[..., Awaitable[Payload | None]]], Any]
    decorate = strawberry.mutation(description=description, extensions=[_Refusable()])
    return decorate


class _Refusable(FieldExtension):
    """Turns refusals into the user errors of the mutation's payload."""

    def apply(self, field: StrawberryField) -> None:
        answer = field.type
        self._payload: type[Payload] = answer.of_type if isinstance(answer, StrawberryOptional) else answer  # type: ignore[assignment]

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: strawberry.Info, **kwargs: Any
    ) -> Any:
        try:
            return await next_(source, info, **kwargs)
        except grpc.aio.AioRpcError as failed:
            if answer := self._payload.refused(Refusal.of(failed)):
                return answer
            raise
        except PublicError as error:
            if (code := _OWN_REFUSALS.get(error.code)) is None:
                raise
            return self._payload.refused(Refusal(code, "", str(error), error.field, "gateway"))


def input_field(field: str | None, renamed: Mapping[str, str]) -> str | None:
    """Field path of the proto → that of the input: `member_id` → `member`, `words[0].word` stays."""
    if field is None:
        return None
    first, dot, rest = field.partition(".")
    field = renamed.get(first, first) + dot + rest.replace(".conditions[", "[")
    named = re.sub(r"_ids\b", "s", re.sub(r"_id\b", "", field))
    return re.sub(r"_(\w)", lambda match: match[1].upper(), named)


Input = Annotated[T, INPUT]
