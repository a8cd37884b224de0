"""A process as the launcher sees one: logs, writes its ready file, lives until it is told to end."""

import json
import os
import signal
import sys
import time
from pathlib import Path

name = os.environ["QUANZI_SERVICE"]


def end(*_: object) -> None:
    print(json.dumps({"event": "stopped", "level": "info"}), flush=True)
    sys.exit(0)


signal.signal(signal.SIGTERM, signal.SIG_IGN if name == "stubborn" else end)
print(json.dumps({"event": "listening", "level": "info", "port": 1}), flush=True)
if name == "failing":
    print("Traceback: the reason of it all", flush=True)
    sys.exit(3)
Path(os.environ["QUANZI_READY_FILE"]).write_text("{}")
while True:
    time.sleep(1)
