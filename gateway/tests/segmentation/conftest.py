"""Services that have an answer to every call."""

from __future__ import annotations

import pytest
from google.protobuf import message_factory

from gateway.clients import _FILES

from ..fakes import FakeServices
from .filled import filled


@pytest.fixture
def everything_is_answered(services: FakeServices) -> None:
    for files in _FILES.values():
        for file in files:
            for service in file.services_by_name.values():
                for method in service.methods:
                    answer = filled(message_factory.GetMessageClass(method.output_type))
                    services.answers[method.name] = lambda _, answer=answer: answer
