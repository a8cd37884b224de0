"""Becomes another program that cannot outlive the process that started it. Run as a script, never imported.

Arguments: PARENT_PID DEATH_SIGNAL UID GID WATCH_FD PROGRAM [ARGUMENT …]; UID and GID of -1 keep the user.
On Linux the kernel delivers the signal (PR_SET_PDEATHSIG; a change of user clears it, so it comes after).
Elsewhere, or when WATCH_FD is not -1, a watchdog reads a pipe of which only the parent holds the other end.
"""

import ctypes
import os
import select
import sys

PR_SET_PDEATHSIG = 1


def drop_privileges(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def ask_kernel(death_signal: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")


def watch(pipe: int, death_signal: int) -> None:
    """Forks a watchdog, a child of the program to be: ends with it, or ends it when the pipe closes."""
    program = os.getpid()
    if os.fork() != 0:
        os.close(pipe)
        return
    os.closerange(0, pipe)
    while os.getppid() == program:
        if select.select([pipe], [], [], 0.5)[0]:
            os.kill(program, death_signal)
            break
    os._exit(0)


def main() -> None:
    parent, death_signal, uid, gid, pipe = (int(argument) for argument in sys.argv[1:6])
    program = sys.argv[6:]
    if uid != -1:
        drop_privileges(uid, gid)
    if pipe == -1:
        ask_kernel(death_signal)
    else:
        watch(pipe, death_signal)
    if os.getppid() != parent:  # it died before we could ask
        sys.exit("the starting process is gone")
    os.execv(program[0], program)  # noqa: S606


main()
