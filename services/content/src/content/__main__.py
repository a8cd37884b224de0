from chassis.runtime import run
from content.bootstrap import build

run(build)
