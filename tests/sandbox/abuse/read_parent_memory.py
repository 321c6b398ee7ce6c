"""Read the memory and the descriptors of the parent processes."""

# expect: ok
import os

import host
from attack import breach, denied, done

parent = os.getppid()
words = [host.DATA, host.RUNTIME, host.ROOT, "CANARY" + "-"]
try:
    with open("/proc/1/maps") as maps, open("/proc/1/mem", "rb", buffering=0) as memory:
        for line in maps:
            first, last = (int(n, 16) for n in line.split()[0].split("-"))
            if "rw" not in line or last - first > 50_000_000:
                continue
            memory.seek(first)
            data = memory.read(last - first)
            for word in words:
                if word.encode() in data:
                    breach(f"the parent's memory holds {word}")
    for number in os.listdir("/proc/1/fd"):
        target = os.readlink(f"/proc/1/fd/{number}")
        if not target.startswith(("/dev/null", "pipe:", "anon_inode:[eventfd]")):
            breach(f"the parent holds {target}")
except OSError as error:
    print(error)
denied("process_vm_readv", 310, parent, 0, 0, 0, 0, 0)
denied("process_vm_writev", 311, parent, 0, 0, 0, 0, 0)
denied("ptrace attach", 101, 16, parent, 0, 0)
denied("ptrace seize", 101, 0x4206, parent, 0, 0)
done()
