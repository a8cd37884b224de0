"""Loaders over the batch calls of risk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from strawberry.dataloader import DataLoader

from gateway.clients import Clients
from gateway.loading import loader, many_loader
from gateway.risk.audits import Audit
from gateway.risk.cases import Case, CaseStep
from gateway.risk.classifier import ClassifierModel
from gateway.risk.fraud import StaffMember
from gateway.risk.labels import EvaluationResult
from gateway.risk.opinions import OpinionIncident
from gateway.risk.types import ModeratorTask, Violation
from quanzi.risk.v1 import (
    audits_pb2,
    cases_pb2,
    classifier_pb2,
    fraud_pb2,
    labels_pb2,
    opinions_pb2,
    violations_pb2,
)


class RiskLoaders:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    @cached_property
    def violations(self) -> DataLoader[str, Violation | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Violation]:
            request = violations_pb2.BatchGetViolationsRequest(ids=ids)
            answer = await self._clients.violations.BatchGetViolations(request)
            return {violation.id: Violation.of(violation) for violation in answer.violations}

        return loader(fetch)

    @cached_property
    def tasks_by_id(self) -> DataLoader[str, ModeratorTask | None]:
        async def fetch(ids: list[str]) -> Mapping[str, ModeratorTask]:
            request = violations_pb2.BatchGetModeratorTasksRequest(ids=ids)
            answer = await self._clients.violations.BatchGetModeratorTasks(request)
            return {task.id: ModeratorTask.of(task) for task in answer.tasks}

        return loader(fetch)

    @cached_property
    def tasks(self) -> DataLoader[str, list[ModeratorTask]]:
        """By violation."""

        async def fetch(ids: list[str]) -> Iterable[tuple[str, ModeratorTask]]:
            request = violations_pb2.BatchGetModeratorTasksRequest(violation_ids=ids)
            answer = await self._clients.violations.BatchGetModeratorTasks(request)
            return ((task.violation_id, ModeratorTask.of(task)) for task in answer.tasks)

        return many_loader(fetch)

    @cached_property
    def cases(self) -> DataLoader[str, Case | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Case]:
            answer = await self._clients.cases.BatchGetCases(cases_pb2.BatchGetCasesRequest(ids=ids))
            return {case.id: Case.of(case) for case in answer.cases}

        return loader(fetch)

    @cached_property
    def case_steps(self) -> DataLoader[str, list[CaseStep]]:
        """By case."""

        async def fetch(ids: list[str]) -> Iterable[tuple[str, CaseStep]]:
            request = cases_pb2.BatchGetCaseStepsRequest(case_ids=ids)
            answer = await self._clients.cases.BatchGetCaseSteps(request)
            return ((one.case_id, CaseStep.of(step)) for one in answer.histories for step in one.steps)

        return many_loader(fetch)

    @cached_property
    def opinion_incidents(self) -> DataLoader[str, OpinionIncident | None]:
        async def fetch(ids: list[str]) -> Mapping[str, OpinionIncident]:
            request = opinions_pb2.BatchGetOpinionIncidentsRequest(ids=ids)
            answer = await self._clients.opinions.BatchGetOpinionIncidents(request)
            return {incident.id: OpinionIncident.of(incident) for incident in answer.incidents}

        return loader(fetch)

    @cached_property
    def evaluation_results(self) -> DataLoader[str, list[EvaluationResult]]:
        """By evaluation set."""

        async def fetch(ids: list[str]) -> Iterable[tuple[str, EvaluationResult]]:
            request = labels_pb2.BatchGetEvaluationResultsRequest(set_ids=ids)
            answer = await self._clients.labels.BatchGetEvaluationResults(request)
            return ((result.set_id, EvaluationResult.of(result)) for result in answer.results)

        return many_loader(fetch)

    @cached_property
    def staff(self) -> DataLoader[str, StaffMember | None]:
        async def fetch(ids: list[str]) -> Mapping[str, StaffMember]:
            answer = await self._clients.fraud.BatchGetStaff(fraud_pb2.BatchGetStaffRequest(ids=ids))
            return {member.id: StaffMember.of(member) for member in answer.staff}

        return loader(fetch)

    @cached_property
    def audits(self) -> DataLoader[str, Audit | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Audit]:
            answer = await self._clients.audits.BatchGetAudits(audits_pb2.BatchGetAuditsRequest(ids=ids))
            return {audit.id: Audit.of(audit) for audit in answer.audits}

        return loader(fetch)

    @cached_property
    def classifier_models(self) -> DataLoader[str, ClassifierModel | None]:
        async def fetch(ids: list[str]) -> Mapping[str, ClassifierModel]:
            request = classifier_pb2.BatchGetClassifierModelsRequest(ids=ids)
            answer = await self._clients.classifier.BatchGetClassifierModels(request)
            return {model.id: ClassifierModel.of(model) for model in answer.models}

        return loader(fetch)
