"""Raise one's own limits and priority, and leave the memory killer's list."""

# expect: ok
import os
import resource

from attack import breach, done, refused

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
refused("files", lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 1, hard + 1)))
refused("cores", lambda: resource.setrlimit(resource.RLIMIT_CORE, (1, 1)))
refused("nice", lambda: os.setpriority(os.PRIO_PROCESS, 0, -5))
refused("real time", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)))


def lower():
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("-1000")


refused("oom score", lower)
with open("/proc/self/oom_score_adj") as file:
    if int(file.read()) < 900:
        breach("the memory killer would not start here")
done()
