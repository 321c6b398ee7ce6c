"""The system-call filter: a denylist in classic BPF, assembled here. An allowlist would break torch and CUDA.

Layout of `struct seccomp_data`: nr at 0, arch at 4, args (64 bits each, little-endian) from 16. Numbers are Linux's
for x86-64 (arch/x86/entry/syscalls/syscall_64.tbl).
"""

from __future__ import annotations

import errno
import platform
import struct

AUDIT_ARCH_X86_64 = 0xC000003E
X32_BIT, NO_CALL = 0x40000000, 0xFFFFFFFF
# removexattrat, Linux 6.13: every call up to here was looked at. A newer kernel's further ones do not exist here before they were
LAST_REVIEWED = 466
ALLOW, KILL = 0x7FFF0000, 0x80000000
EPERM, ENOSYS = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06

# mounts, roots, namespaces; other processes' memory; keys, tracing, modules, clocks; ways around file permissions
DENIED = {
    "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "mount_setattr": 442, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "process_madvise": 440,
    "pidfd_getfd": 438, "kcmp": 312, "add_key": 248, "request_key": 249, "keyctl": 250, "bpf": 321,
    "perf_event_open": 298, "userfaultfd": 323, "init_module": 175, "finit_module": 313, "delete_module": 176,
    "kexec_load": 246, "kexec_file_load": 320, "reboot": 169, "swapon": 167, "swapoff": 168, "quotactl": 179,
    "quotactl_fd": 443, "open_by_handle_at": 304, "name_to_handle_at": 303, "fanotify_init": 300,
    "settimeofday": 164, "clock_settime": 227, "clock_adjtime": 305, "adjtimex": 159, "syslog": 103,
    "personality": 135, "mbind": 237, "set_mempolicy": 238, "migrate_pages": 256, "move_pages": 279,
    "set_mempolicy_home_node": 450, "statmount": 457, "listmount": 458, "modify_ldt": 154, "uselib": 134,
    "fanotify_mark": 301, "memfd_secret": 447, "acct": 163, "iopl": 172, "ioperm": 173, "lookup_dcookie": 212, "vhangup": 153,
}  # fmt: skip
ABSENT = {"clone3": 435, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427}
CLONE, SOCKET, SOCKETPAIR, IOCTL = 56, 41, 53, 16
NEW_NAMESPACES = 0x7E020080
FAMILIES = (1, 2, 10)  # UNIX, INET, INET6
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
# without cgroups nothing would count memory behind an unmapped memfd, a detached System V segment or a queue
UNCOUNTED = {"memfd_create": 319, "shmget": 29, "msgget": 68, "mq_open": 240}
# ... nor behind a socket whose buffer was made larger
SETSOCKOPT, SOL_SOCKET, BUFFERS = 54, 1, (7, 8, 32, 33)
# calls that take a file mode, and the place of that argument: setuid and setgid bits are refused
MODES = {"chmod": (90, 1), "fchmod": (91, 1), "fchmodat": (268, 2), "fchmodat2": (452, 2), "creat": (85, 1)}
SET_ID_BITS = 0o6000


def is_supported() -> bool:
    return platform.machine() == "x86_64"


def program(*, deny_uncounted_memory: bool = False) -> bytes:
    """The filter as an array of `struct sock_filter`, ready for bubblewrap's --seccomp."""
    code: list[tuple[int, int, int, int]] = [
        (LOAD, 0, 0, 4),
        (EQUAL, 1, 0, AUDIT_ARCH_X86_64),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
        (EQUAL, 0, 1, NO_CALL),
        (RETURN, 0, 0, ENOSYS),
        (AT_LEAST, 0, 1, X32_BIT),
        (RETURN, 0, 0, KILL),
        (AT_LEAST, 0, 1, LAST_REVIEWED + 1),
        (RETURN, 0, 0, ENOSYS),
    ]
    denied = DENIED | (UNCOUNTED if deny_uncounted_memory else {})
    for number in sorted(denied.values()):
        code += [(EQUAL, 0, 1, number), (RETURN, 0, 0, EPERM)]
    for number in sorted(ABSENT.values()):
        code += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ENOSYS)]
    code += [(EQUAL, 0, 4, CLONE), (LOAD, 0, 0, 16), (ANY_BIT, 0, 1, NEW_NAMESPACES), (RETURN, 0, 0, EPERM), _allow()]
    for number, place in MODES.values():
        code += [(EQUAL, 0, 4, number), (LOAD, 0, 0, 16 + 8 * place), (ANY_BIT, 0, 1, SET_ID_BITS)]
        code += [(RETURN, 0, 0, EPERM), _allow()]
    for number in (SOCKET, SOCKETPAIR):
        code += [(EQUAL, 0, 3 + len(FAMILIES), number), (LOAD, 0, 0, 16)]
        for left, family in enumerate(reversed(FAMILIES)):
            code.append((EQUAL, len(FAMILIES) - left, 0, family))
        code += [(RETURN, 0, 0, EPERM), _allow()]
    code += [
        (EQUAL, 0, 5, IOCTL), (LOAD, 0, 0, 24), (EQUAL, 1, 0, TIOCSTI), (EQUAL, 0, 1, TIOCLINUX),
        (RETURN, 0, 0, EPERM), _allow(),
    ]  # fmt: skip
    if deny_uncounted_memory:
        code += [(EQUAL, 0, 5 + len(BUFFERS), SETSOCKOPT), (LOAD, 0, 0, 24), (EQUAL, 0, 1 + len(BUFFERS), SOL_SOCKET)]
        code.append((LOAD, 0, 0, 32))
        code += [(EQUAL, len(BUFFERS) - left, 0, option) for left, option in enumerate(BUFFERS)]
        code += [_allow(), (RETURN, 0, 0, EPERM)]
    code.append(_allow())
    return b"".join(struct.pack("<HBBI", op, true, false, value) for op, true, false, value in code)


def _allow() -> tuple[int, int, int, int]:
    return (RETURN, 0, 0, ALLOW)
