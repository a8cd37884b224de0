from chassis.runtime import run
from support.bootstrap import build

run(build)
