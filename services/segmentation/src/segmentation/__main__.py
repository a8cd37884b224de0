from chassis.runtime import run
from segmentation.bootstrap import build

if __name__ == "__main__":
    run(build)
