from chassis.runtime import run
from risk.bootstrap import build

run(build)
