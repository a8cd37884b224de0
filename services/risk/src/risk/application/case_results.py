"""Many cases in one request: each is done, or refused, for itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from risk.domain.case import Case
from risk.domain.errors import CaseNotFound, DomainError


@dataclass(frozen=True, slots=True)
class CaseResult:
    """`case` as it is now, or why it was refused."""

    case_id: UUID
    case: Case | None = None
    refusal: DomainError | None = None


def attempt(
    ids: Iterable[UUID], held: Mapping[UUID, Case], change: Callable[[Case], Case]
) -> list[CaseResult]:
    """One result for each id, in order."""
    return attempt_all([(case_id, change) for case_id in ids], held)


def attempt_all(
    changes: Iterable[tuple[UUID, Callable[[Case], Case]]], held: Mapping[UUID, Case]
) -> list[CaseResult]:
    """One result for each change, in order; of the same case one after another."""
    cases = dict(held)
    results = []
    for case_id, change in changes:
        try:
            if case_id not in cases:
                raise CaseNotFound(f"There is no case {case_id}")
            cases[case_id] = change(cases[case_id])
            results.append(CaseResult(case_id, cases[case_id]))
        except DomainError as refusal:
            results.append(CaseResult(case_id, refusal=refusal))
    return results


def changed(results: Iterable[CaseResult], held: Mapping[UUID, Case]) -> list[Case]:
    """Cases that are no longer as they were, each once."""
    last = {it.case_id: it.case for it in results if it.case is not None}
    return [case for case in last.values() if case != held[case.id]]
