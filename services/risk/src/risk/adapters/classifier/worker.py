"""The process that learns from a tenant's labels: JSON [[text, is risky]…] in, the model's bytes out.

A process of its own, so that scipy takes neither the service's time nor its memory.
"""

import json
import os
import sys

from risk.adapters.classifier.model import Model
from risk.adapters.classifier.shipped import shipped_model
from risk.adapters.classifier.training import adapt
from risk.domain.classification import Labelled

NICENESS = 10


def main() -> None:
    os.nice(NICENESS)
    labelled = [Labelled(text, is_risky) for text, is_risky in json.load(sys.stdin.buffer)]
    sys.stdout.buffer.write(adapt(Model.from_bytes(shipped_model()), labelled).to_bytes())


if __name__ == "__main__":
    main()
