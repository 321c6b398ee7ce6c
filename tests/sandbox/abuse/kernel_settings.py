"""Write the kernel's settings and the box's control groups."""

# expect: ok
from attack import done, refused

for path in (
    "/proc/sys/kernel/core_pattern",
    "/proc/sysrq-trigger",
    "/proc/sys/kernel/hostname",
    "/proc/self/uid_map",
    "/proc/sys/user/max_user_namespaces",
    "/proc/sys/vm/drop_caches",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    "/sys/fs/cgroup/cgroup.procs",
    "/sys/kernel/uevent_helper",
):
    refused(path, lambda path=path: open(path, "r+b", buffering=0).write(b"1"))
done()
