from campaigns.bootstrap import build
from chassis.runtime import run

run(build)
