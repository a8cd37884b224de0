"""On the path of the processes only when a profile is asked for: profiles each until it ends."""

import atexit
import cProfile
import os
import sys
from pathlib import Path

SERVICES = {"segmentation", "content", "campaigns", "support", "risk", "gateway"}


def _profile() -> None:
    module = sys.orig_argv[2] if sys.orig_argv[1:2] == ["-m"] else ""
    if module not in SERVICES:
        return
    profile = cProfile.Profile()

    def keep() -> None:
        profile.disable()
        profile.dump_stats(Path(os.environ["QUANZI_PROFILE_FOLDER"]) / f"{module}.prof")

    atexit.register(keep)
    profile.enable()


_profile()
