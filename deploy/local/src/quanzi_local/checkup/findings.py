"""What `quanzi doctor` says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """`advice`: what to do about it."""

    state: State
    subject: str
    text: str
    advice: str = ""


def judged(subject: str, text: str, *, fine: bool, advice: str, otherwise: State = State.FAIL) -> Finding:
    return Finding(State.OK, subject, text) if fine else Finding(otherwise, subject, text, advice)
