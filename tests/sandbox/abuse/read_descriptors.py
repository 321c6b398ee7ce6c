"""Use whatever descriptors were left open: the status pipe would forge a verdict."""

# expect: ok
import os

from attack import breach, done

for number in range(3, 4096):
    try:
        target = os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        continue
    if not target.startswith("/proc/"):
        breach(f"descriptor {number} is {target}")
    try:
        os.write(number, b'{ "exit-code": 0 }\n')
        breach(f"descriptor {number} can be written")
    except OSError:
        pass
if not os.path.samestat(os.fstat(0), os.stat("/dev/null")):
    breach("stdin is not /dev/null")
done()
