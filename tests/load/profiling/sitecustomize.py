"""On the path of the processes only when a profile is asked for: samples the stack every 2 ms of CPU time."""

from __future__ import annotations

import atexit
import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

SERVICES = {"segmentation", "content", "campaigns", "support", "risk", "gateway"}
SECONDS = 0.002


def _sample(service: str) -> None:
    alone: Counter[str] = Counter()
    with_callees: Counter[str] = Counter()

    def take(_: int, frame: FrameType | None) -> None:
        if frame:
            alone[_place(frame)] += 1
        stack = set()
        while frame:
            stack.add(_place(frame))
            frame = frame.f_back
        with_callees.update(stack)

    def keep() -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        shares = {"samples": alone.total(), "alone": alone, "with_callees": with_callees}
        (Path(os.environ["QUANZI_PROFILE_FOLDER"]) / f"{service}.json").write_text(json.dumps(shares))

    signal.signal(signal.SIGPROF, take)
    signal.setitimer(signal.ITIMER_PROF, SECONDS, SECONDS)
    atexit.register(keep)


def _place(frame: FrameType) -> str:
    code = frame.f_code
    return f"{'/'.join(code.co_filename.rsplit('/', 3)[1:])}:{code.co_qualname}"


if sys.orig_argv[1:2] == ["-m"] and sys.orig_argv[2] in SERVICES:
    _sample(sys.orig_argv[2])
