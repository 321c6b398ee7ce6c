"""Become root, by number, by set-id bit and by capability."""

# expect: ok
import os

from attack import breach, done, refused

refused("setuid", lambda: os.setuid(0))
refused("setgid", lambda: os.setgid(0))
refused("setgroups", lambda: os.setgroups([0]))
open("x", "w").close()
refused("set-id bit", lambda: os.chmod("x", 0o4755))
refused("set-gid bit", lambda: os.chmod("x", 0o2755))
with open("/proc/self/status") as file:
    status = dict(line.split(":", 1) for line in file)
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    if int(status[name], 16):
        breach(f"{name}{status[name]}")
if status["NoNewPrivs"].strip() != "1" or status["Seccomp"].strip() != "2":
    breach("no filter, or new privileges")
done()
