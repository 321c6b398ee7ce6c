"""The last steps before bubblewrap, in a process of its own so that the worker's threads are never forked.

Run as `python -I -S launch.py`, with one JSON object on standard input. Attaches itself to the job's control groups,
shows the job's folders in a private mount namespace (as root, so that a checkout under a closed home folder works),
gives up root, and becomes bubblewrap with an empty environment.
"""

import ctypes
import json
import os
import resource
import sys

PR_SET_PDEATHSIG, SIGKILL = 1, 9
CLONE_NEWNS = 0x20000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000


def main() -> None:
    plan = json.load(sys.stdin)
    libc = ctypes.CDLL(None, use_errno=True)

    def call(name: str, *arguments: object) -> None:
        if getattr(libc, name)(*arguments) != 0:
            error = ctypes.get_errno()
            raise OSError(error, f"{name}: {os.strerror(error)}")

    for path in plan["attach"]:
        with open(path, "w", encoding="ascii") as file:  # noqa: PTH123 - this script starts in milliseconds
            file.write(str(os.getpid()))
    if plan["stage"] is not None:
        call("unshare", CLONE_NEWNS)
        call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
        stage = plan["stage"]
        call("mount", b"tmpfs", stage.encode(), b"tmpfs", 0, b"size=64k,mode=755")
        for name, source in plan["binds"].items():
            target = f"{stage}/{name}"
            os.mkdir(target, 0o755)  # noqa: PTH102
            call("mount", source.encode(), target.encode(), None, MS_BIND | MS_REC, None)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if plan["max_user_processes"]:
        resource.setrlimit(resource.RLIMIT_NPROC, (plan["max_user_processes"],) * 2)
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123
        file.write("1000")
    if plan["uid"] is not None:
        os.setgroups([])
        os.setresgid(plan["uid"], plan["uid"], plan["uid"])
        os.setresuid(plan["uid"], plan["uid"], plan["uid"])
    call("prctl", PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    os.dup2(plan["go_fd"], 0)
    os.close(plan["go_fd"])
    os.execve(plan["bwrap"], ["bwrap", "--args", str(plan["args_fd"]), "--", *plan["command"]], {})


if __name__ == "__main__":
    main()
