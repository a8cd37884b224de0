from chassis.runtime import run
from gateway.bootstrap import build

if __name__ == "__main__":
    run(build)
